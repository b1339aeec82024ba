"""The improvement plan: its gains are those of the scoring function, its ways reach the line and hold nothing spare."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.policy.evaluation.answers import Answer, Measurements
from apps.policy.evaluation.benchmarks import EMPTY_TABLE
from apps.policy.evaluation.improvement import Effort, Plan, gain_text, improvement_plan
from apps.policy.evaluation.results import SheetResult
from apps.policy.evaluation.scoring import score_sheet
from apps.policy.levels import THRESHOLDS, Level
from tests.policy.evaluation import materials

_NOT_APPLICABLE = Answer(not_applicable=True, reason="无此工序", confirmed_by_district=True)


def _sheet(answers: dict[str, Answer]) -> SheetResult:
    return score_sheet(materials.scheme(), answers, Measurements(), EMPTY_TABLE, materials.CHEMICALS)


def _mixed_answers(seed: int, share: int) -> dict[str, Answer]:
    """A sheet like a real one: some items 不适用, about *share* percent full, the rest anywhere below."""
    answers = {}
    for place, item in enumerate(materials.scheme().items):
        dice = (seed * 7919 + place * 104729 + place * place * 31) % 101
        if item.na_allowed and dice % 7 == 0:
            answers[item.code] = _NOT_APPLICABLE
        else:
            points = item.max_points if dice < share else item.max_points * dice / 120
            answers[item.code] = Answer.judged(points.quantize(Decimal("0.01")))
    return answers


def _mended(answers: dict[str, Answer], codes: list[str]) -> SheetResult:
    full = {code: Answer.judged(materials.scheme().item(code).max_points) for code in codes}
    return _sheet({**answers, **full})


@pytest.mark.parametrize("seed", range(12))
def test_gains_and_ways_are_what_the_scoring_function_would_say(seed: int) -> None:
    answers = _mixed_answers(seed, share=20 * (seed % 5))
    plan = improvement_plan(_sheet(answers))
    assert plan.best == _mended(answers, [one.code for one in plan.suggestions]).total
    for one in plan.suggestions[::7]:
        assert plan.total + one.full_gain == _mended(answers, [one.code]).total
        assert one.points < one.max_points
        assert one.points < one.next_points <= one.max_points or one.next_gain == 0
    for way in plan.ways:
        codes = [one.code for one in way.suggestions]
        assert way.after == _mended(answers, codes).total
        assert way.open is (way.after < way.threshold)
        if not way.open:
            for spare in codes:
                assert _mended(answers, [code for code in codes if code != spare]).total < way.threshold


def _plan_at(total: str) -> Plan:
    """A sheet with exactly *total* points."""
    left, answers = Decimal(total), {}
    for item in materials.scheme().items:
        points = min(item.max_points, left)
        left -= points
        answers[item.code] = Answer.judged(points)
    plan = improvement_plan(_sheet(answers))
    assert plan.total == Decimal(total)
    return plan


@pytest.mark.parametrize(
    ("total", "levels"),
    [
        ("59.99", [Level.A1, Level.A2, Level.A3]),
        ("60.00", [Level.A2, Level.A3]),
        ("69.99", [Level.A2, Level.A3]),
        ("70.00", [Level.A3]),
        ("79.99", [Level.A3]),
        ("80.00", []),
    ],
)
def test_ways_lead_to_the_levels_not_yet_reached(total: str, levels: list[Level]) -> None:
    plan = _plan_at(total)
    assert [way.level for way in plan.ways] == levels
    assert [way.gap for way in plan.ways] == [THRESHOLDS[level] - plan.total for level in levels]
    assert all(not way.open and way.after >= way.threshold for way in plan.ways)


def test_a_full_sheet_leaves_nothing_to_suggest() -> None:
    answers = {item.code: Answer.judged(item.max_points) for item in materials.scheme().items}
    plan = improvement_plan(_sheet(answers))
    assert plan.suggestions == plan.ways == ()
    assert plan.total == plan.best == 100


def test_least_effort_first_and_mandatory_zeros_before_others() -> None:
    nothing = {
        item.code: Answer.judged(0) for item in materials.scheme().items if item.code[:2] in {"J1", "G1"}
    }
    plan = improvement_plan(_sheet({**_mixed_answers(3, share=20), **nothing}))
    order = [(one.effort, not one.mandatory_zero, -one.full_gain) for one in plan.suggestions]
    assert order == sorted(order)
    assert any(one.mandatory_zero for one in plan.suggestions)


def test_an_empty_sheet_asks_only_to_be_filled_in() -> None:
    plan = improvement_plan(_sheet({}))
    assert {one.effort for one in plan.suggestions} == {Effort.FILL_IN}
    assert plan.best == 100
    assert all(one.advice for one in plan.suggestions)


def test_advice_says_what_the_next_step_of_the_rule_asks_for() -> None:
    answers = {**materials.full_answers(), "J1-01": Answer(met=False)}
    result = score_sheet(
        materials.scheme(),
        answers,
        materials.plant(energy_tce="30000", water_reused_m3="10"),
        materials.demo_table(),
        materials.CHEMICALS,
    )
    plan = improvement_plan(result)
    advice = {one.code: one.advice for one in plan.suggestions}
    assert advice["J1-01"] == "达到本项要求并备齐佐证。"
    by_method = {
        materials.scheme().item(one.code).method.name: one for one in plan.suggestions if one.points > 0
    }
    for one in plan.suggestions:
        assert one.advice.endswith("。"), one
        assert one.next_gain <= one.full_gain
    assert any("不高于" in text or "不低于" in text for text in advice.values())
    assert by_method


def test_gains_are_written_with_their_sign() -> None:
    assert gain_text(Decimal("0.8")) == "+0.80"
