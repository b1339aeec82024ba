"""Time as an argument: an instant and its Shanghai date always travel together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.db import connection

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Moment:
    """An aware instant `at` and the Shanghai calendar date `on` it falls on."""

    at: datetime
    on: date

    @staticmethod
    def of(at: datetime) -> Moment:
        """Build from an aware datetime.

        Raises:
            ValueError: *at* is naive.
        """
        if at.tzinfo is None:
            msg = "a moment needs an aware datetime"
            raise ValueError(msg)
        return Moment(at=at, on=at.astimezone(SHANGHAI).date())

    @staticmethod
    def in_shanghai(on: date, hour: int = 9, minute: int = 0) -> Moment:
        """Build from a Shanghai date and wall-clock time."""
        return Moment.of(datetime.combine(on, time(hour, minute), SHANGHAI))

    def plus(self, delta: timedelta) -> Moment:
        """Return the moment *delta* later."""
        return Moment.of(self.at + delta)


class Clock(Protocol):
    """Where a service learns the time; asked after the row lock is held."""

    def now(self) -> Moment:
        """Return the present moment."""
        ...


class DatabaseClock:
    """The legal clock: PostgreSQL's `clock_timestamp()`, not the start of the transaction (SECURITY 9, M12)."""

    def now(self) -> Moment:
        """Return the database server's present instant."""
        with connection.cursor() as cursor:
            cursor.execute("select clock_timestamp()")
            return Moment.of(cursor.fetchone()[0])


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until moved: tests and the demo world."""

    moment: Moment

    def now(self) -> Moment:
        """Return the moment it was set to."""
        return self.moment

    def set(self, moment: Moment) -> None:
        """Move to *moment*."""
        self.moment = moment

    def advance(self, delta: timedelta) -> None:
        """Move forward by *delta*."""
        self.moment = self.moment.plus(delta)


def end_of_day(on: date) -> datetime:
    """Return 24:00 of a Shanghai date: the exclusive end of a deadline that falls on it."""
    return datetime.combine(on + timedelta(days=1), time(0), SHANGHAI)
