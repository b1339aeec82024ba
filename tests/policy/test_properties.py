"""What must hold for every input, not only at the boundaries."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.policy.award import CreditResult, ObjectionState, may_award, notice_term
from apps.policy.calendar import (
    DayKind,
    add_months,
    add_workdays,
    months_deadline,
    publicity_period,
    shift_workdays,
    workdays_between,
)
from apps.policy.levels import Level, level_for_score, printed
from apps.policy.panel import panel_score
from apps.policy.parameters import Averaging, Parameters, Rounding
from apps.policy.recommendation import may_recommend
from apps.policy.rectification import Attempt, rectification_clock
from apps.policy.reminders import reminder_steps
from apps.policy.rules import RULES
from apps.policy.standing import Ban, HeldTitle, Standing, ban_until, current_level, not_banned
from tests.policy.scenes import DEFAULT, credit, real_calendar

quick = settings(max_examples=60, deadline=None)
scores = st.decimals(min_value=0, max_value=100, places=4, allow_nan=False)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2032, 12, 31))
levels = st.sampled_from(list(Level))
titles = st.lists(st.builds(HeldTitle, levels, days, st.booleans()), max_size=5).map(tuple)
ALL_RULES = [row.id for row in RULES]


@pytest.mark.rule("R-02")
@quick
@given(scores, scores, st.sampled_from(list(Rounding)))
def test_level_never_falls_with_the_score(first: Decimal, second: Decimal, rounding: Rounding) -> None:
    low, high = sorted((first, second))
    assert (level_for_score(low, rounding) or 0) <= (level_for_score(high, rounding) or 0)


@pytest.mark.rule("R-02")
@quick
@given(scores, st.sampled_from(list(Rounding)))
def test_text_and_level_never_disagree(total: Decimal, rounding: Rounding) -> None:
    figure = printed(total, rounding)
    assert level_for_score(total, rounding) is level_for_score(figure, rounding)
    assert abs(figure - total) < Decimal("0.01")


@pytest.mark.rule("R-18")
@quick
@given(scores)
def test_recommended_exactly_when_the_score_gives_3a(total: Decimal) -> None:
    recommended = may_recommend(preliminary_total=total, parameters=DEFAULT).ok
    assert recommended is (level_for_score(total) is Level.A3)


@pytest.mark.rule("R-19")
@quick
@given(st.lists(scores, min_size=1, max_size=9), st.sampled_from(list(Averaging)))
def test_panel_score_lies_between_lowest_and_highest(values: list[Decimal], how: Averaging) -> None:
    result = panel_score(values, Parameters(panel_averaging=how))
    assert printed(min(values)) <= result.total <= printed(max(values))
    assert result == panel_score(values[::-1], Parameters(panel_averaging=how))


@pytest.mark.rule("R-11", "R-41")
@quick
@given(days, days, levels, levels, st.booleans())
def test_a_ban_is_never_waived_and_ends_to_the_day(
    decided: date,
    on: date,
    cancelled: Level,
    level: Level,
    lower: bool,  # noqa: FBT001  (pytest passes it by name)
) -> None:
    standing = Standing(bans=(Ban(cancelled, ban_until(decided)),))
    verdict = not_banned(standing, level=level, on=on, parameters=Parameters(ban_bars_lower_levels=lower))
    assert verdict.waiving(ALL_RULES) == verdict
    if level >= cancelled:
        assert verdict.ok is (on >= add_months(decided, 36))


@pytest.mark.rule("R-01")
@quick
@given(titles)
def test_current_level_is_held_and_nothing_valid_is_higher(held: tuple[HeldTitle, ...]) -> None:
    level = current_level(held, DEFAULT)
    valid = {title.level for title in held if title.valid}
    assert level == (max(valid) if valid else None)


@pytest.mark.rule("R-24")
@quick
@given(days, st.integers(1, 40))
def test_a_notice_holds_exactly_its_working_days(start: date, length: int) -> None:
    work = real_calendar()
    term = publicity_period(start, length, work)
    assert term.starts_on >= start
    assert work.is_workday(term.starts_on)
    assert workdays_between(term.starts_on - timedelta(days=1), term.ends_on, work) == length
    assert (publicity_period(start, length, work, DayKind.NATURAL).ends_on - start).days == length - 1


@pytest.mark.rule("R-37")
@quick
@given(days, st.integers(1, 48))
def test_a_month_deadline_ends_on_a_working_day_not_before_its_nominal_day(start: date, months: int) -> None:
    work = real_calendar()
    term = months_deadline(start, months, work)
    assert term.nominal == add_months(start, months)
    assert term.ends_on >= term.nominal
    assert work.is_workday(term.ends_on)
    assert workdays_between(term.nominal - timedelta(days=1), term.ends_on, work) == 1


@quick
@given(days, st.integers(-48, 48))
def test_months_there_and_back(start: date, months: int) -> None:
    back = add_months(add_months(start, months), -months)
    assert 0 <= (start - back).days <= 3
    assert (back == start) or start.day > 28


@quick
@given(days, st.integers(1, 40))
def test_working_day_arithmetic_agrees_with_itself(start: date, length: int) -> None:
    work = real_calendar()
    end = add_workdays(start, length, work).ends_on
    assert workdays_between(start, end, work) == length
    assert shift_workdays(start, length, work) == end
    assert workdays_between(end, start, work) == -length


@pytest.mark.rule("R-25")
@quick
@given(
    days,
    st.integers(-10, 30),
    st.lists(st.sampled_from(list(ObjectionState)), max_size=3),
    scores,
    st.sampled_from(list(CreditResult)),
)
def test_nothing_is_awarded_early_nor_against_an_objection(
    start: date, after: int, objections: list[ObjectionState], total: Decimal, result: CreditResult
) -> None:
    term = notice_term(start, DEFAULT, real_calendar())
    on = term.ends_on + timedelta(days=after)
    verdict = may_award(
        term=term,
        on=on,
        objections=objections,
        credit=credit(term.starts_on, result),
        panel_total=total,
        parameters=DEFAULT,
    )
    blocked = {ObjectionState.OPEN, ObjectionState.UPHELD} & set(objections)
    clean = result in {CreditResult.NORMAL, CreditResult.EXPLAINED}
    assert verdict.ok is (after > 0 and not blocked and clean and level_for_score(total) is Level.A3)
    assert verdict.waiving(ALL_RULES) == verdict


@pytest.mark.rule("R-38")
@quick
@given(days, st.integers(0, 90), st.integers(0, 60), st.integers(0, 120))
def test_verification_time_is_never_held_against_the_enterprise(
    deadline: date, early: int, verifying: int, later: int
) -> None:
    submitted = deadline - timedelta(days=early)
    verified = submitted + timedelta(days=verifying)
    on = verified + timedelta(days=later)
    clock = rectification_clock(
        deadline, [Attempt(submitted, verified, passed=False)], on=on, work=real_calendar()
    )
    if early == 0:
        assert clock.overdue
    else:
        assert (clock.deadline - verified).days >= early
        assert clock.overdue is (on > clock.deadline)


@pytest.mark.rule("R-39")
@quick
@given(days, st.integers(1, 400), st.integers(0, 60))
def test_reminders_come_once_a_day_in_order_after_the_opening(opened: date, length: int, late: int) -> None:
    due = opened + timedelta(days=length)
    steps = reminder_steps(
        opened_on=opened,
        due_on=due,
        work=real_calendar(),
        parameters=DEFAULT,
        until=due + timedelta(days=late),
    )
    when = [step.on for step in steps]
    assert when == sorted(set(when))
    assert len({step.key for step in steps}) == len(steps)
    assert all(day > opened for day in when)
    assert all(step.overdue is (step.on > due) for step in steps)
    assert any(step.key == "T0" for step in steps)
