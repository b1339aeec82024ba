"""Telephone numbers and mail addresses in the form in which they are stored."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.core.errors import Invalid

_MOBILE = re.compile(r"^1[3-9]\d{9}$")
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
