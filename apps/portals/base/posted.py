"""Reading what a form sent: text, whole numbers and days, strictly; a faulty day is an error of its field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import TypeVar, cast

from django.http import HttpRequest

from apps.core.days import read_day
from apps.core.errors import Invalid
from apps.core.faults import Faults
from apps.core.moment import SHANGHAI

_LONGEST_NUMBER = 9
#: Characters of 09:30.
_TIME_LENGTH = 5
Read = TypeVar("Read")


class FormFaults(Faults):
    """The faults of one posted form, with the readings that forms share."""

    def add(self, field: str, message: str) -> None:
        """Note one more fault of a field."""
        self.errors.setdefault(field, []).append(message)

    def reads(self, reader: Callable[[], Read]) -> Read:
        """Return what *reader* reads; after a fault what is returned is never used: leaving the block raises."""
        return self.read(reader, cast("Read", None))

    def wanted(self, request: HttpRequest, name: str, label: str, *, verb: str = "填写") -> str:
        """Return a posted text that must not be empty; the service checks its content."""
        sent = text(request, name)
        if not sent.strip():
            self.add(name, f"请{verb}{label}。")
        return sent

    def day_after(self, request: HttpRequest, name: str, label: str, today: date) -> date:
        """Return a posted day that must lie behind *today*; the service decides again by its own clock."""
        found = self.reads(lambda: required_day(request, name, label))
        if found is not None and found <= today:
            self.add(name, f"{label}应晚于今天。")
        return found


def text(request: HttpRequest, name: str) -> str:
    """Return a posted text ("" when absent); the service checks its content."""
    return request.POST.get(name, "")


def whole(sent: str | None, default: int = 0) -> int:
    """Return *sent* as a whole number, or *default* when it is none (page numbers, row versions)."""
    cleaned = (sent or "").strip()
    usable = cleaned.isascii() and cleaned.isdigit() and len(cleaned) <= _LONGEST_NUMBER
    return int(cleaned) if usable else default


def day(request: HttpRequest, name: str, label: str) -> date | None:
    """Return a posted day in any customary spelling, None when the field is empty.

    Raises:
        Invalid: not a day of the calendar; keyed by *name*.
    """
    return read_day(request.POST.get(name, ""), field=name, label=label)


def required_day(request: HttpRequest, name: str, label: str) -> date:
    """Return a posted day.

    Raises:
        Invalid: none given, or not a day of the calendar; keyed by *name*.
    """
    found = day(request, name, label)
    if found is None:
        raise Invalid.of(name, f"请填写{label}。")
    return found


def instant(request: HttpRequest, name: str, label: str) -> datetime:
    """Return a posted moment; one without a zone is Shanghai's.

    Raises:
        Invalid: none given, or no moment; keyed by *name*.
    """
    sent = text(request, name).strip()
    if not sent:
        raise Invalid.of(name, f"请填写{label}。")
    try:
        found = datetime.fromisoformat(sent)
    except ValueError:
        raise Invalid.of(name, f"{label}不是有效时间，示例：2026-10-08 09:00。") from None
    return found.replace(tzinfo=SHANGHAI) if found.tzinfo is None else found


def time_of_day(request: HttpRequest, name: str, label: str) -> time | None:
    """Return a posted time of day in Shanghai, None when the field is empty.

    Raises:
        Invalid: not a time of day; keyed by *name*.
    """
    typed = text(request, name).strip().replace("：", ":")
    if not typed:
        return None
    try:
        found = time.fromisoformat(typed.zfill(_TIME_LENGTH))
    except ValueError:
        raise Invalid.of(name, f"{label}应为一天中的时刻，示例：09:30。") from None
    return found.replace(second=0, microsecond=0, tzinfo=None)


def required_instant(request: HttpRequest, name: str, label: str) -> datetime:
    """Return a posted instant as typed in Shanghai time.

    Raises:
        Invalid: none given, or not an instant; keyed by *name*.
    """
    try:
        typed = datetime.fromisoformat(text(request, name).strip())
    except ValueError:
        raise Invalid.of(name, f"请填写{label}，示例：2026-12-05 21:15。") from None
    return typed.replace(tzinfo=SHANGHAI) if typed.tzinfo is None else typed
