"""Telephone numbers and mail addresses in the form in which they are stored."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.core.errors import Invalid

_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_OFFICE = re.compile(r"^[0-9+()（）\- 转]{5,30}$")
_FEWEST_DIGITS = 5
_LANDLINE = re.compile(r"^0\d{2,3}-?\d{7,8}(-\d{1,6})?$")


def checked_phone(text: str, *, field: str) -> str:
    """Return a mobile (without +86) or landline number.

    Raises:
        Invalid: neither.
    """
    digits = re.sub(r"[\s()（）]", "", text)
    digits = re.sub(r"^(\+?86-?)(?=1)", "", digits)
    if _MOBILE.match(digits) or _LANDLINE.match(digits):
        return digits
    raise Invalid.of(field, "请输入 11 位手机号，或带区号的固定电话（如 0512-12345678）。")


def checked_office_phones(text: str, *, field: str, label: str) -> str:
    """Return the telephone numbers a bureau prints under a notice; several stand apart by 、 or a comma.

    Short service numbers and extensions are in order; words are not, because people are to dial what stands there.

    Raises:
        Invalid: something that is not a number.
    """
    numbers = [part.strip() for part in re.split(r"[、，,；;/]", text)]
    if all(_OFFICE.match(number) and _enough_digits(number) for number in numbers):
        return text
    raise Invalid.of(field, f"{label}应为电话号码，如 0512-12345678；有多个的用顿号隔开。")


def _enough_digits(number: str) -> bool:
    return sum(character.isdigit() for character in number) >= _FEWEST_DIGITS


def checked_email(text: str, *, field: str) -> str:
    """Return a mail address, or "" when none is given.

    Raises:
        Invalid: not an address.
    """
    try:
        if text:
            validate_email(text)
    except ValidationError:
        raise Invalid.of(field, "邮箱格式不正确，请填写一个邮箱地址。") from None
    return text
