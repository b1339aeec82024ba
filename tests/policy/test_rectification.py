from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from apps.policy.levels import Level, Tier
from apps.policy.parameters import Parameters
from apps.policy.rectification import (
    Attempt,
    CancellationScope,
    Clock,
    cancellation_scope,
    cancellation_term,
    extended_term,
    may_decide_cancellation,
    may_extend_rectification,
    may_propose_cancellation,
    may_submit_rectification,
    rectification_clock,
    rectification_term,
    statement_term,
    verification_term,
)
from tests.policy.scenes import DEFAULT, holding, real_calendar

SERVED = date(2026, 3, 9)
DEADLINE = date(2026, 6, 9)
DAY = timedelta(days=1)


def _clock(*attempts: Attempt, on: date) -> Clock:
    return rectification_clock(DEADLINE, attempts, on=on, work=real_calendar())


@pytest.mark.rule("R-37")
def test_three_months_from_service() -> None:
    assert rectification_term(SERVED, real_calendar()).ends_on == DEADLINE
    assert rectification_term(date(2025, 11, 15), real_calendar()).ends_on == date(2026, 2, 24)


@pytest.mark.rule("R-37")
@pytest.mark.parametrize(
    ("tier", "reason", "before", "extra", "count"),
    [
        (Tier.MUNICIPAL, "设备到货延迟", 0, 30, 0),
        (Tier.MUNICIPAL, "设备到货延迟", 10, 20, 0),
        (Tier.MUNICIPAL, "设备到货延迟", 10, 21, 1),
        (Tier.MUNICIPAL, "设备到货延迟", 0, 0, 1),
        (Tier.DISTRICT, "设备到货延迟", 0, 30, 1),
        (Tier.MUNICIPAL, "", 0, 30, 1),
    ],
)
def test_extension_where_it_is_allowed(tier: Tier, reason: str, before: int, extra: int, count: int) -> None:
    parameters = Parameters(rectification_extension=True)
    verdict = may_extend_rectification(
        tier=tier, reason=reason, already_extended_days=before, extra_days=extra, parameters=parameters
    )
    assert len(verdict.refusals) == count


@pytest.mark.rule("R-37")
def test_no_extension_by_default() -> None:
    verdict = may_extend_rectification(
        tier=Tier.MUNICIPAL, reason="x", already_extended_days=0, extra_days=1, parameters=DEFAULT
    )
    assert verdict.rules == {"R-37"}


@pytest.mark.rule("R-37")
def test_an_extension_runs_from_the_nominal_end() -> None:
    term = rectification_term(date(2026, 7, 3), real_calendar())
    assert (term.nominal, term.ends_on) == (date(2026, 10, 3), date(2026, 10, 8))
    assert extended_term(term, 10, real_calendar()).ends_on == date(2026, 10, 13)


@pytest.mark.rule("R-37", "R-40")
@pytest.mark.parametrize(
    ("on", "overdue", "unused"), [(DEADLINE - DAY, False, 1), (DEADLINE, False, 0), (DEADLINE + DAY, True, 0)]
)
def test_the_clock_runs_through_the_last_day(on: date, unused: int, *, overdue: bool) -> None:
    clock = _clock(on=on)
    assert (clock.deadline, clock.running, clock.overdue, clock.unused_days, clock.done) == (
        DEADLINE,
        not overdue,
        overdue,
        unused,
        False,
    )
    assert may_submit_rectification(clock, unanswered=[]).ok is not overdue
    assert may_propose_cancellation(clock).ok is overdue


@pytest.mark.rule("R-38")
def test_submission_stops_the_clock_even_on_the_last_day() -> None:
    clock = _clock(Attempt(DEADLINE), on=DEADLINE + 40 * DAY)
    assert (clock.running, clock.overdue, clock.unused_days, clock.done) == (False, False, 0, False)
    assert may_propose_cancellation(clock).rules == {"R-40"}
    assert may_submit_rectification(clock, unanswered=[]).rules == {"R-38"}


@pytest.mark.rule("R-38")
def test_passing_verification_ends_it() -> None:
    clock = _clock(Attempt(DEADLINE, DEADLINE + 10 * DAY, passed=True), on=DEADLINE + 60 * DAY)
    assert (clock.done, clock.overdue, clock.running) == (True, False, False)
    assert not may_propose_cancellation(clock).ok


@pytest.mark.rule("R-38")
def test_unused_days_run_again_after_a_failed_verification() -> None:
    failed = Attempt(date(2026, 5, 30), date(2026, 6, 12), passed=False)  # ten days unused
    clock = _clock(failed, on=date(2026, 6, 22))
    assert (clock.deadline, clock.running, clock.overdue) == (date(2026, 6, 22), True, False)
    assert _clock(failed, on=date(2026, 6, 23)).overdue
    again = _clock(failed, Attempt(date(2026, 6, 22)), on=date(2026, 8, 1))
    assert (again.overdue, again.unused_days) == (False, 0)


@pytest.mark.rule("R-38")
def test_no_day_left_after_a_failed_verification_is_overdue_at_once() -> None:
    failed = Attempt(DEADLINE, date(2026, 6, 20), passed=False)
    clock = _clock(failed, on=date(2026, 6, 20))
    assert (clock.overdue, clock.deadline) == (True, date(2026, 6, 20))
    assert may_propose_cancellation(clock).ok


@pytest.mark.rule("R-38")
@pytest.mark.parametrize(
    ("attempts", "text"),
    [
        ((Attempt(DEADLINE + DAY),), "after the deadline"),
        ((Attempt(date(2026, 5, 1)), Attempt(date(2026, 5, 2))), "not yet verified"),
        ((Attempt(date(2026, 5, 2), date(2026, 5, 1), passed=True),), "before it was submitted"),
    ],
)
def test_impossible_histories(attempts: tuple[Attempt, ...], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        _clock(*attempts, on=DEADLINE)


@pytest.mark.rule("R-38")
def test_every_item_is_answered() -> None:
    verdict = may_submit_rectification(_clock(on=DEADLINE), unanswered=["第1项", "第3项"])
    assert verdict.reasons == ("以下问题尚未填写整改措施或证明材料：第1项、第3项。",)


@pytest.mark.rule("R-38", "R-40")
def test_terms() -> None:
    work = real_calendar()
    assert verification_term(DEADLINE, DEFAULT, work).ends_on == date(2026, 7, 1)
    statement = statement_term(DEADLINE, DEFAULT, work)
    assert statement.ends_on == date(2026, 6, 16)
    assert cancellation_term(statement.ends_on, DEFAULT, work).ends_on == date(2026, 7, 15)


STATEMENT = statement_term(DEADLINE, DEFAULT, real_calendar())


@pytest.mark.rule("R-06", "R-40")
@pytest.mark.parametrize(
    ("level", "tier", "received", "on", "rules"),
    [
        (Level.A3, Tier.MUNICIPAL, False, date(2026, 6, 17), set()),
        (Level.A3, Tier.MUNICIPAL, False, date(2026, 6, 16), {"R-40"}),
        (Level.A3, Tier.MUNICIPAL, True, date(2026, 6, 12), set()),
        (Level.A3, Tier.DISTRICT, True, date(2026, 6, 17), {"R-06"}),
        (Level.A2, Tier.DISTRICT, True, date(2026, 6, 17), set()),
        (Level.A4, Tier.MUNICIPAL, True, date(2026, 6, 17), {"R-40"}),
        (Level.A5, Tier.MUNICIPAL, True, date(2026, 6, 17), {"R-40"}),
    ],
)
def test_who_may_cancel_and_when(
    level: Level, tier: Tier, on: date, rules: set[str], *, received: bool
) -> None:
    verdict = may_decide_cancellation(
        level=level, tier=tier, statement=STATEMENT, statement_received=received, on=on
    )
    assert verdict.rules == rules


L = Level


@pytest.mark.rule("R-40")
@pytest.mark.parametrize(
    ("held", "failed", "score", "vetoes", "expected"),
    [
        ((L.A3,), L.A3, "79.99", (), CancellationScope((L.A3,), (), ())),
        ((L.A2, L.A3), L.A3, "75", (), CancellationScope((L.A3,), (), (L.A2,))),
        ((L.A2, L.A3), L.A3, "70", (), CancellationScope((L.A3,), (), (L.A2,))),
        ((L.A2, L.A3), L.A3, "69.99", (), CancellationScope((L.A3, L.A2), (), ())),
        ((L.A1, L.A2, L.A3), L.A3, "65", (), CancellationScope((L.A3, L.A2), (), (L.A1,))),
        ((L.A2, L.A3), L.A3, "95", ("V-07",), CancellationScope((L.A3, L.A2), (), ())),
        ((L.A3, L.A4), L.A4, "75", (), CancellationScope((L.A3,), (L.A4,), ())),
        ((L.A3, L.A4, L.A5), L.A5, "75", (), CancellationScope((L.A3,), (L.A5, L.A4), ())),
        ((L.A3, L.A4), L.A3, "75", (), CancellationScope((L.A3,), (), (L.A4,))),
    ],
)
def test_cancellation_touches_only_what_failed(
    held: tuple[Level, ...], failed: Level, score: str, vetoes: tuple[str, ...], expected: CancellationScope
) -> None:
    scope = cancellation_scope(
        holding(*held).titles,
        failed_level=failed,
        recheck_score=Decimal(score),
        vetoes=vetoes,
        parameters=DEFAULT,
    )
    assert scope == expected
