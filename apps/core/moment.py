"""Time as an argument: an instant and its Shanghai date always travel together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DEMO_CLOCK = "demo_clock"


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
        """Return the database server's present instant (in the demo: moved by the demo's own offset)."""
        with connection.cursor() as cursor:
            cursor.execute("select clock_timestamp()")
            return Moment.of(cursor.fetchone()[0] + demo_offset())


def demo_offset() -> timedelta:
    """Return how far the demo's clock has been put forward; always zero outside the demo.

    A notice lasts five working days: whoever tries the product can put the clock forward (`manage.py demo_clock`)
    instead of waiting. The file lies in the state folder; production settings never read it.
    """
    if not settings.GF_DEMO:
        return timedelta(0)
    try:
        return timedelta(seconds=int((settings.STATE_DIR / _DEMO_CLOCK).read_text(encoding="ascii")))
    except (FileNotFoundError, ValueError):
        return timedelta(0)


def shown_at() -> datetime:
    """Return the web server's present instant, for pages that only show time left; acts ask the database clock.

    In the demo it is moved like the database clock, so that no page calls a notice open that services call over.
    """
    return timezone.now() + demo_offset()


def put_demo_clock_forward(days: int) -> timedelta:
    """Put the demo's clock forward by *days* more; return the whole offset.

    Raises:
        ValueError: outside the demo, or backwards.
    """
    if not settings.GF_DEMO or days < 0:
        msg = "only the demo's clock can be moved, and only forward"
        raise ValueError(msg)
    offset = demo_offset() + timedelta(days=days)
    path = settings.STATE_DIR / _DEMO_CLOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(int(offset.total_seconds())), encoding="ascii")
    return offset


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
