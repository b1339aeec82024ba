"""Working days, publicity periods and month arithmetic (民法典 201–203 条; State Council holiday notices).

Two different ways of counting, kept in two functions: a publicity period counts its first day (observed
practice of every notice measured), a period of days or months set by law does not count the day it starts
from (民法典 201 条). Years whose holidays are not yet published are computed with Monday to Friday and marked
暂定; nothing here fails because a year is unknown.
"""

from __future__ import annotations

import calendar as _gregorian
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

_DAY = timedelta(days=1)
_SATURDAY = 5


class DayKind(StrEnum):
    """How the days of a publicity period are counted."""

    WORKING = "working"
    NATURAL = "natural"

    @property
    def label(self) -> str:
        """工作日 or 自然日."""
        return "个工作日" if self is DayKind.WORKING else "个自然日"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked.

    ``days`` maps a date to True (worked, make-up days included) or False (rest day or holiday); a date it
    lacks is taken to be worked from Monday to Friday. ``known_until`` is the last day covered by a published
    holiday notice: a later day is provisional.
    """

    days: Mapping[date, bool]
    known_until: date

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))

    def is_workday(self, day: date) -> bool:
        """True when ``day`` is worked."""
        return self.days.get(day, day.weekday() < _SATURDAY)

    def is_provisional(self, day: date) -> bool:
        """True when the holidays of that time are not published yet and the day is not known."""
        return day > self.known_until and day not in self.days

    def next_workday(self, day: date) -> date:
        """``day`` itself when it is worked, else the first worked day after it."""
        while not self.is_workday(day):
            day += _DAY
        return day


@dataclass(frozen=True, slots=True)
class Term:
    """A computed period.

    ``starts_on``: the day it is counted from. ``ends_on``: its last day, which still belongs to it.
    ``nominal``: the last day before it was moved off a rest day. ``provisional``: it rests on a year whose
    holidays are not published. ``explanation``: how it was computed, in one Chinese sentence for pages and
    documents.
    """

    starts_on: date
    ends_on: date
    nominal: date
    provisional: bool
    explanation: str

    def is_over(self, on: date) -> bool:
        """True once the last day has fully passed."""
        return on > self.ends_on


def chinese(day: date) -> str:
    """2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _term(starts_on: date, ends_on: date, nominal: date, work: WorkCalendar, how: str) -> Term:
    provisional = any(work.is_provisional(day) for day in (starts_on, nominal, ends_on))
    note = ""
    if nominal != ends_on:
        note += f"{chinese(nominal)}为休息日，顺延至{chinese(ends_on)}。"
    if provisional:
        note += f"{ends_on.year}年放假安排尚未公布，暂按周一至周五推算，以公布后的日期为准。"
    return Term(starts_on, ends_on, nominal, provisional, how + note)


def publicity_period(start: date, days: int, work: WorkCalendar, kind: DayKind = DayKind.WORKING) -> Term:
    """The public notice that begins on ``start`` and lasts ``days`` days, first day counted.

    Working days: the first day is ``start`` or, when that is a rest day, the next working day. Natural days:
    every day counts and the end is not moved. ValueError when ``days`` is below 1.
    """
    if days < 1:
        raise ValueError("A publicity period has at least one day")
    if kind is DayKind.NATURAL:
        end = start + timedelta(days=days - 1)
        how = f"自{chinese(start)}起公示{days}个自然日，首日计入，至{chinese(end)}24时届满。"
        return Term(start, end, end, False, how)
    first = work.next_workday(start)
    end = first
    for _ in range(days - 1):
        end = work.next_workday(end + _DAY)
    how = f"自{chinese(first)}起公示{days}个工作日，首日计入，至{chinese(end)}24时届满。"
    return _term(first, end, end, work, how)


def add_months(start: date, months: int) -> date:
    """The corresponding day ``months`` later (earlier when negative); month's end if there is none."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month0 + 1, min(start.day, _gregorian.monthrange(year, month0 + 1)[1]))


def months_deadline(start: date, months: int, work: WorkCalendar) -> Term:
    """A period of ``months`` months after ``start`` (民法典 201–203 条).

    The starting day is not counted; the corresponding day is the last one (the month's end where there is
    none); when it is a rest day the period ends on the first working day after the rest. ValueError when
    ``months`` is below 1.
    """
    if months < 1:
        raise ValueError("A period has at least one month")
    nominal = add_months(start, months)
    how = f"自{chinese(start)}次日起算{months}个月，对应日为{chinese(nominal)}。"
    return _term(start, work.next_workday(nominal), nominal, work, how)


def days_deadline(start: date, days: int, work: WorkCalendar) -> Term:
    """A period of ``days`` natural days after ``start``: first day not counted, end moved off a rest day."""
    if days < 1:
        raise ValueError("A period has at least one day")
    nominal = start + timedelta(days=days)
    how = f"自{chinese(start)}次日起算{days}日，末日为{chinese(nominal)}。"
    return _term(start, work.next_workday(nominal), nominal, work, how)


def ban_end(start: date, months: int) -> date:
    """The first day on which one may apply again after a ban of ``months`` months from ``start``.

    A question of standing, not a period for an act: it is not moved off rest days.
    """
    return add_months(start, months)


def add_workdays(start: date, days: int, work: WorkCalendar) -> Term:
    """A period of ``days`` working days after ``start``, the starting day not counted (民法典 201 条).

    ValueError when ``days`` is below 1.
    """
    if days < 1:
        raise ValueError("A period has at least one working day")
    end = start
    for _ in range(days):
        end = work.next_workday(end + _DAY)
    how = f"自{chinese(start)}次日起算{days}个工作日，至{chinese(end)}届满。"
    return _term(start, end, end, work, how)


def shift_workdays(day: date, days: int, work: WorkCalendar) -> date:
    """The working day ``days`` working days after ``day`` (before it when negative); ``day`` itself for 0."""
    step = _DAY if days > 0 else -_DAY
    for _ in range(abs(days)):
        day += step
        while not work.is_workday(day):
            day += step
    return day


def workdays_between(start: date, end: date, work: WorkCalendar) -> int:
    """Count the working days after ``start`` up to and including ``end``; negative if ``end`` is earlier."""
    if end < start:
        return -workdays_between(end, start, work)
    return sum(work.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
