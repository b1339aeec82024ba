from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from apps.core.moment import SHANGHAI
from apps.policy.parameters import DEFAULTS, Parameters
from apps.policy.reminders import Ladder, after_quiet_hours, due_reminders, ladder_for, reminder_steps
from tests.policy.scenes import DEFAULT, real_calendar

OPENED = date(2026, 3, 9)


def _steps(due: date, opened: date = OPENED, until: date | None = None) -> list[tuple[str, date]]:
    steps = reminder_steps(
        opened_on=opened, due_on=due, work=real_calendar(), parameters=DEFAULT, until=until
    )
    return [(step.key, step.on) for step in steps]


@pytest.mark.rule("R-39")
@pytest.mark.parametrize(
    ("due", "ladder"),
    [
        (date(2026, 3, 23), Ladder.SHORT),  # 10 working days
        (date(2026, 3, 24), Ladder.MEDIUM),  # 11 working days
        (OPENED + timedelta(days=59), Ladder.MEDIUM),
        (OPENED + timedelta(days=60), Ladder.LONG),
        (date(2026, 6, 9), Ladder.LONG),
    ],
)
def test_which_ladder(due: date, ladder: Ladder) -> None:
    assert ladder_for(opened_on=OPENED, due_on=due, work=real_calendar(), parameters=DEFAULT) is ladder


@pytest.mark.rule("R-39")
def test_long_ladder_with_weekly_overdue_reminders() -> None:
    due = date(2026, 6, 9)
    assert _steps(due, until=date(2026, 6, 23)) == [
        ("T-30", date(2026, 5, 10)),
        ("T-15", date(2026, 5, 25)),
        ("T-7", date(2026, 6, 2)),
        ("T-3", date(2026, 6, 6)),
        ("T-1", date(2026, 6, 8)),
        ("T0", due),
        ("T+7", date(2026, 6, 16)),
        ("T+14", date(2026, 6, 23)),
    ]
    assert _steps(due)[-1] == ("T0", due)


@pytest.mark.rule("R-39")
def test_medium_ladder() -> None:
    due = date(2026, 4, 10)
    assert [key for key, _ in _steps(due, until=date(2026, 7, 1))] == ["T-7", "T-3", "T-1", "T0", "T+1"]


@pytest.mark.rule("R-39")
def test_short_ladder_counts_working_days() -> None:
    due = date(2026, 10, 9)
    assert _steps(due, opened=date(2026, 9, 28)) == [
        ("T-2", date(2026, 9, 30)),
        ("T-1", date(2026, 10, 8)),
        ("T0", due),
        ("T+1", date(2026, 10, 10)),
    ]


@pytest.mark.rule("R-39")
def test_nothing_is_called_to_mind_before_or_on_the_opening_day() -> None:
    opened = date(2026, 6, 10)
    assert [key for key, _ in _steps(date(2026, 6, 11), opened=opened)] == ["T0", "T+1"]


@pytest.mark.rule("R-39")
def test_the_city_is_copied_in_the_last_days() -> None:
    steps = reminder_steps(
        opened_on=OPENED, due_on=date(2026, 6, 9), work=real_calendar(), parameters=DEFAULT
    )
    assert [step.key for step in steps if step.copied_to_city] == ["T-7", "T-3", "T-1", "T0"]
    assert [step.overdue for step in steps] == [False] * 6


@pytest.mark.rule("R-39")
def test_ladders_are_settings() -> None:
    parameters = Parameters(reminders_medium=(-5, 0))
    steps = reminder_steps(
        opened_on=OPENED, due_on=date(2026, 4, 10), work=real_calendar(), parameters=parameters
    )
    assert [step.key for step in steps] == ["T-5", "T0"]


@pytest.mark.rule("R-39")
@pytest.mark.parametrize(("most", "last"), [(0, "T0"), (2, "T+14"), (4, "T+28")])
def test_what_fades_is_called_to_mind_a_few_times_only(most: int, last: str) -> None:
    steps = reminder_steps(
        opened_on=OPENED,
        due_on=date(2026, 6, 9),
        work=real_calendar(),
        parameters=Parameters(expiry_reminders_most=most),
        until=date(2027, 6, 9),
        fades=True,
    )
    assert steps[-1].key == last


@pytest.mark.rule("R-39")
def test_what_has_come_due() -> None:
    def keys(on: date) -> list[str]:
        steps = due_reminders(
            on=on, opened_on=OPENED, due_on=date(2026, 6, 9), work=real_calendar(), parameters=DEFAULT
        )
        return [step.key for step in steps]

    assert keys(date(2026, 5, 9)) == []
    assert keys(date(2026, 5, 10)) == ["T-30"]
    assert keys(date(2026, 6, 8)) == ["T-30", "T-15", "T-7", "T-3", "T-1"]
    assert keys(date(2026, 6, 17))[-2:] == ["T0", "T+7"]


@pytest.mark.rule("R-39")
@pytest.mark.parametrize(
    ("hours", "at", "goes"),
    [
        ((22, 8), (22, 21, 59), (22, 21, 59)),
        ((22, 8), (22, 22, 0), (23, 8, 0)),
        ((22, 8), (22, 0, 0), (22, 8, 0)),
        ((22, 8), (22, 7, 59), (22, 8, 0)),
        ((22, 8), (22, 8, 0), (22, 8, 0)),
        ((0, 7), (22, 3, 0), (22, 7, 0)),
        ((0, 7), (22, 23, 0), (22, 23, 0)),
        ((9, 9), (22, 3, 0), (22, 3, 0)),
    ],
)
def test_quiet_hours(hours: tuple[int, int], at: tuple[int, int, int], goes: tuple[int, int, int]) -> None:
    parameters = replace(DEFAULTS, quiet_from_hour=hours[0], quiet_until_hour=hours[1])
    assert after_quiet_hours(datetime(2026, 11, *at, tzinfo=SHANGHAI), parameters) == datetime(
        2026, 11, *goes, tzinfo=SHANGHAI
    )
