from __future__ import annotations

from datetime import date

import pytest

from apps.policy.levels import Level
from apps.policy.obligations import (
    annual_form_due_on,
    annual_form_level,
    annual_review_term,
    files_on_national_platform,
    is_late,
    may_file_annual_form,
    trial_period,
    under_dynamic_management,
)
from apps.policy.parameters import MonthDay, Parameters
from apps.policy.standing import HeldTitle
from tests.policy.scenes import DEFAULT, TODAY, real_calendar


@pytest.mark.rule("R-28")
@pytest.mark.parametrize(
    ("starts", "ends", "on", "runs", "days_left"),
    [
        (None, None, date(2040, 1, 1), True, None),
        (None, date(2026, 6, 10), date(2026, 6, 10), True, 0),
        (None, date(2026, 6, 10), date(2026, 6, 11), False, None),
        (date(2026, 6, 10), None, date(2026, 6, 9), False, None),
        (date(2026, 6, 10), None, date(2026, 6, 10), True, None),
    ],
)
def test_the_trial_period(
    starts: date | None, ends: date | None, on: date, days_left: int | None, *, runs: bool
) -> None:
    parameters = Parameters(trial_starts_on=starts, trial_ends_on=ends)
    period = trial_period(on=on, parameters=parameters)
    assert (period.runs, period.days_left) == (runs, days_left)
    assert under_dynamic_management(Level.A3, on=on, parameters=parameters) is runs


@pytest.mark.rule("R-28")
@pytest.mark.parametrize(("on", "soon"), [(date(2026, 6, 30), False), (date(2026, 7, 1), True)])
def test_the_end_is_told_half_a_year_before(on: date, *, soon: bool) -> None:
    parameters = Parameters(trial_ends_on=date(2026, 12, 28), successor_edition="苏工信〔2026〕8号")
    period = trial_period(on=on, parameters=parameters)
    assert period.ends_soon is soon
    assert period.successor == "苏工信〔2026〕8号"


@pytest.mark.rule("R-29", "R-33")
@pytest.mark.parametrize(
    ("lower", "expected"), [(False, [False, False, True, True, True]), (True, [True] * 5)]
)
def test_from_3a_on_and_lower_levels_by_switch(expected: list[bool], *, lower: bool) -> None:
    parameters = Parameters(monitor_lower_levels=lower)
    assert [under_dynamic_management(level, on=TODAY, parameters=parameters) for level in Level] == expected


@pytest.mark.rule("R-29", "R-30")
@pytest.mark.parametrize(
    ("titles", "level"),
    [
        ((), None),
        ((HeldTitle(Level.A2, date(2024, 5, 1)),), None),
        ((HeldTitle(Level.A3, date(2025, 12, 31)),), Level.A3),
        ((HeldTitle(Level.A3, date(2026, 1, 1)),), None),
        ((HeldTitle(Level.A3, date(2024, 5, 1), valid=False),), None),
        ((HeldTitle(Level.A3, date(2024, 5, 1)), HeldTitle(Level.A5, date(2025, 5, 1))), Level.A5),
        ((HeldTitle(Level.A3, date(2024, 5, 1)), HeldTitle(Level.A4, date(2026, 1, 1))), Level.A3),
    ],
)
def test_the_annual_form_is_owed_at_the_highest_level_from_the_year_after(
    titles: tuple[HeldTitle, ...], level: Level | None
) -> None:
    assert annual_form_level(titles, year=2026, parameters=DEFAULT) is level


@pytest.mark.rule("R-30")
def test_the_due_date_is_a_setting_and_does_not_move() -> None:
    assert annual_form_due_on(2026, DEFAULT) == date(2026, 4, 15)
    assert annual_form_due_on(2028, DEFAULT) == date(2028, 4, 15)  # a Saturday: a date set by notice stays
    assert annual_form_due_on(2026, Parameters(annual_form_due=MonthDay(3, 10))) == date(2026, 3, 10)


@pytest.mark.rule("R-30")
def test_4a_and_5a_report_on_the_national_platform() -> None:
    assert [files_on_national_platform(level) for level in Level] == [False, False, False, True, True]


DUE = date(2026, 4, 15)


@pytest.mark.rule("R-31")
@pytest.mark.parametrize(
    ("submitted", "on", "late"),
    [
        (None, date(2026, 4, 15), False),
        (None, date(2026, 4, 16), True),
        (date(2026, 4, 15), date(2026, 9, 1), False),
        (date(2026, 4, 16), date(2026, 9, 1), True),
    ],
)
def test_late(submitted: date | None, on: date, *, late: bool) -> None:
    assert is_late(due_on=DUE, submitted_on=submitted, on=on) is late


@pytest.mark.rule("R-30", "R-31")
@pytest.mark.parametrize(
    ("on", "accepted", "rules"),
    [
        (date(2025, 12, 31), False, {"R-30"}),
        (date(2026, 1, 1), False, set()),
        (date(2026, 11, 1), False, set()),
        (date(2026, 11, 1), True, {"R-31"}),
    ],
)
def test_filing_opens_with_the_tasks_and_stays_open_when_late(
    on: date, rules: set[str], *, accepted: bool
) -> None:
    assert may_file_annual_form(year=2026, on=on, accepted=accepted, parameters=DEFAULT).rules == rules


@pytest.mark.rule("R-32")
def test_review_term() -> None:
    assert annual_review_term(date(2026, 4, 15), DEFAULT, real_calendar()).ends_on == date(2026, 4, 29)
