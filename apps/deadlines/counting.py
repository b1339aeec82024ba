"""How a deadline is counted, kept with the deadline so that it can be counted again when the calendar changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from apps.policy.calendar import (
    DayKind,
    Term,
    WorkCalendar,
    add_workdays,
    days_deadline,
    months_deadline,
    publicity_period,
)


class Method(StrEnum):
    """The four ways the plan and the law count."""

    WORKDAYS = "workdays"
    DAYS = "days"
    MONTHS = "months"
    PUBLICITY_WORKING = "publicity_working"
    PUBLICITY_NATURAL = "publicity_natural"


@dataclass(frozen=True, slots=True)
class Counting:
    """A recipe: *amount* units of *method* from *start* (a Shanghai date)."""

    method: Method
    start: date
    amount: int

    @classmethod
    def workdays(cls, start: date, amount: int) -> Self:
        """*amount* working days, the starting day not counted (民法典 201 条)."""
        return cls(Method.WORKDAYS, start, amount)

    @classmethod
    def days(cls, start: date, amount: int) -> Self:
        """*amount* natural days, the starting day not counted, the end moved off a rest day."""
        return cls(Method.DAYS, start, amount)

    @classmethod
    def months(cls, start: date, amount: int) -> Self:
        """*amount* months by 民法典 201–203 条."""
        return cls(Method.MONTHS, start, amount)

    @classmethod
    def publicity(cls, start: date, amount: int, kind: DayKind) -> Self:
        """A publicity period of *amount* days, the first day counted."""
        return cls(
            Method.PUBLICITY_WORKING if kind is DayKind.WORKING else Method.PUBLICITY_NATURAL, start, amount
        )

    def term(self, work: WorkCalendar) -> Term:
        """Count with *work*."""
        match self.method:
            case Method.WORKDAYS:
                return add_workdays(self.start, self.amount, work)
            case Method.DAYS:
                return days_deadline(self.start, self.amount, work)
            case Method.MONTHS:
                return months_deadline(self.start, self.amount, work)
            case Method.PUBLICITY_WORKING:
                return publicity_period(self.start, self.amount, work, DayKind.WORKING)
            case Method.PUBLICITY_NATURAL:
                return publicity_period(self.start, self.amount, work, DayKind.NATURAL)

    def stored(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"method": self.method.value, "start": self.start.isoformat(), "amount": self.amount}

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Return the recipe of its JSON form."""
        return cls(Method(data["method"]), date.fromisoformat(data["start"]), int(data["amount"]))
