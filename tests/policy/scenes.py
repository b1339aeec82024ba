"""Ready values for the policy's tests: the real calendar, the default parameters, small builders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

import chinese_calendar

from apps.policy.award import CreditCheck, CreditResult
from apps.policy.basic_requirements import requirements_for
from apps.policy.calendar import WorkCalendar
from apps.policy.eligibility import SubmissionFacts, Window
from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.policy.standing import HeldTitle, Standing

DEFAULT = Parameters()
TODAY = date(2026, 6, 10)
NOW = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)


@cache
def real_calendar() -> WorkCalendar:
    """Published holidays of 2020–2026, make-up days included."""
    first, last = date(2020, 1, 1), date(2026, 12, 31)
    days = {}
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        days[day] = chinese_calendar.is_workday(day)
    return WorkCalendar(days, last)


def points(text: str) -> Decimal:
    return Decimal(text)


def holding(*levels: Level, awarded_on: date = date(2024, 12, 20)) -> Standing:
    return Standing(titles=tuple(HeldTitle(level, awarded_on) for level in levels))


def conforming(level: Level) -> Mapping[str, bool]:
    return {item.code: True for item in requirements_for(level)}


def window() -> Window:
    return Window(
        opens_at=datetime(2026, 6, 1, 1, 0, tzinfo=UTC), closes_at=datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
    )


def submission(level: Level = Level.A3, **changes: object) -> SubmissionFacts:
    """A submission that is allowed, apart from ``changes``."""
    facts: dict[str, object] = {
        "level": level,
        "window": window(),
        "standing": holding(Level.A2) if level is Level.A3 else Standing(),
        "conformity": conforming(level),
    }
    return SubmissionFacts(**(facts | changes))  # type: ignore[arg-type]


def credit(checked_on: date = TODAY, result: CreditResult = CreditResult.NORMAL) -> CreditCheck:
    return CreditCheck(checked_on, result)
