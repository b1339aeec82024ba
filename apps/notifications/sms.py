"""Short messages: what a gateway is, and the one that writes them to a file.

A bureau that has a contract with an operator names its own class in `GF_SMS_BACKEND`; everything else (who wants
what, quiet hours, attempts, the log) stays as it is.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

_MOBILE = re.compile(r"1[3-9]\d{9}")
_COUNTRY = re.compile(r"^(?:\+|00)86")
_SIGN = "【苏州绿色工厂】"
#: Two short messages of 67 characters each, which is what a long one is split into.
_LENGTH = 134


class SmsRefused(Exception):
    """The operator refuses this number or text for good."""


class SmsUnavailable(Exception):
    """The operator did not take it now and did not send it: it may be tried again."""


class SmsGateway(Protocol):
    """A connection to an operator of short messages."""

    def send(self, *, phone: str, text: str, key: str, at: datetime) -> None:
        """Hand over one short message.

        Args:
            phone: eleven digits.
            text: with the signature in front.
            key: says which message it is; an operator that knows request numbers takes it as one.
            at: the instant of the attempt.

        Raises:
            SmsRefused: never to be tried again.
            SmsUnavailable: certainly not sent; to be tried again.
            OSError: the connection broke in the middle: sent or not cannot be known.
        """
        ...


class FileGateway:
    """Writes one line of JSON for each short message into a file a day, readable by the system's account only."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(settings.GF_SMS_FOLDER)

    def send(self, *, phone: str, text: str, key: str, at: datetime) -> None:
        """Append the line.

        Raises:
            SmsUnavailable: the folder cannot be made or the file not opened.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            target = (self._folder / f"{at:%Y-%m-%d}.jsonl").open("a", encoding="utf-8")
        except OSError as error:
            raise SmsUnavailable(str(error)) from error
        line = {"at": at.isoformat(), "phone": phone, "text": text, "key": key}
        with target:
            target.write(json.dumps(line, ensure_ascii=False) + "\n")


def sms_gateway() -> SmsGateway | None:
    """Return the gateway of the settings, None where short messages are not offered."""
    if not settings.GF_SMS_BACKEND:
        return None
    return cast("SmsGateway", import_string(settings.GF_SMS_BACKEND)())


def sms_offered() -> bool:
    """Whether people can choose short messages at all."""
    return bool(settings.GF_SMS_BACKEND)


def mobile(text: str) -> str:
    """Return a typed mobile number as eleven digits, "" for none.

    Raises:
        ValueError: no mainland mobile number.
    """
    plain = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text))
    plain = _COUNTRY.sub("", plain)
    if plain and not _MOBILE.fullmatch(plain):
        msg = "手机号应为 11 位数字，以 1 开头。"
        raise ValueError(msg)
    return plain


def sms_text(title: str) -> str:
    """Return what is sent: the title only; whose case it is stands on the platform, behind the sign-in."""
    tail = "请登录平台查看。"
    room = _LENGTH - len(_SIGN) - len(tail) - 1
    words = title if len(title) <= room else f"{title[: room - 1]}…"
    return f"{_SIGN}{words}。{tail}"
