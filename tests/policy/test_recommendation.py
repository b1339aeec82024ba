from __future__ import annotations

from decimal import Decimal

import pytest

from apps.policy.levels import Level
from apps.policy.parameters import Parameters, Rounding
from apps.policy.recommendation import (
    Below80,
    Below80Outcome,
    below80_outcome,
    may_leave_off_list,
    may_recommend,
)
from apps.policy.standing import Standing
from tests.policy.scenes import DEFAULT, holding


@pytest.mark.rule("R-18")
@pytest.mark.parametrize(
    ("total", "ok"),
    [("79.99", False), ("79.994", False), ("79.995", True), ("80", True), ("100", True), ("0", False)],
)
def test_recommended_from_80_on(total: str, *, ok: bool) -> None:
    verdict = may_recommend(preliminary_total=Decimal(total), parameters=DEFAULT)
    assert verdict.ok is ok
    assert verdict.rules <= {"R-18"}
    assert not verdict.waivable


@pytest.mark.rule("R-18")
def test_the_refusal_shows_the_printed_score() -> None:
    verdict = may_recommend(preliminary_total=Decimal("79.994"), parameters=DEFAULT)
    assert verdict.reasons == ("初评得分79.99分，未达到80分，不能推荐。",)
    down = Parameters(rounding=Rounding.DOWN)
    assert not may_recommend(preliminary_total=Decimal("79.999"), parameters=down).ok


@pytest.mark.rule("R-17")
def test_not_before_the_preliminary_scores_are_signed() -> None:
    assert may_recommend(preliminary_total=None, vetoes=["V-07"], parameters=DEFAULT).rules == {"R-17"}


@pytest.mark.rule("R-18")
def test_a_veto_bars_any_score() -> None:
    verdict = may_recommend(preliminary_total=Decimal(95), vetoes=["V-03", "V-07"], parameters=DEFAULT)
    assert verdict.reasons == ("基本要求V-03、V-07不符合，不予推荐。",)


@pytest.mark.rule("R-18")
@pytest.mark.parametrize(("reason", "ok"), [("企业书面撤回", True), (" ", False)])
def test_leaving_an_enterprise_off_needs_a_reason(reason: str, *, ok: bool) -> None:
    assert may_leave_off_list(reason=reason).ok is ok


@pytest.mark.rule("R-18")
@pytest.mark.parametrize(
    ("total", "held", "consent", "expected"),
    [
        ("59.99", (), True, Below80Outcome(Below80.NO_LEVEL, None)),
        ("60", (), None, Below80Outcome(Below80.CONVERT, Level.A1, awaits_consent=True)),
        ("60", (), True, Below80Outcome(Below80.CONVERT, Level.A1)),
        ("69.99", (), True, Below80Outcome(Below80.CONVERT, Level.A1)),
        ("70", (), True, Below80Outcome(Below80.CONVERT, Level.A2)),
        ("79.99", (), False, Below80Outcome(Below80.DECLINED, None)),
        ("79.99", (Level.A1,), True, Below80Outcome(Below80.CONVERT, Level.A2)),
        ("79.99", (Level.A2,), None, Below80Outcome(Below80.KEEP, Level.A2)),
        ("65", (Level.A2,), True, Below80Outcome(Below80.KEEP, Level.A2)),
        ("65", (Level.A4,), None, Below80Outcome(Below80.KEEP, Level.A4)),
    ],
)
def test_what_becomes_of_a_3a_application_below_80(
    total: str, held: tuple[Level, ...], expected: Below80Outcome, *, consent: bool | None
) -> None:
    outcome = below80_outcome(Decimal(total), standing=holding(*held), consent=consent, parameters=DEFAULT)
    assert outcome == expected


@pytest.mark.rule("R-18")
def test_with_a_veto_nothing_is_converted() -> None:
    outcome = below80_outcome(
        Decimal(75), standing=Standing(), consent=True, vetoes=["V-07"], parameters=DEFAULT
    )
    assert outcome.outcome is Below80.NO_LEVEL


@pytest.mark.rule("R-18")
def test_80_is_recommended_not_converted() -> None:
    with pytest.raises(ValueError, match="80 or more"):
        below80_outcome(Decimal("79.995"), standing=Standing(), consent=None, parameters=DEFAULT)


def test_outcome_labels() -> None:
    assert [item.label for item in Below80] == ["转为本级评定", "维持", "不予评定", "不予推荐"]
