"""Whole sheets: all 97 items from data, sums of printed figures, 不适用, blockers, what is reachable."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.policy.evaluation.answers import Answer, Measurements
from apps.policy.evaluation.benchmarks import EMPTY_TABLE
from apps.policy.evaluation.results import BlockerKind, ItemState, SheetPurpose, SheetResult
from apps.policy.evaluation.scoring import score_sheet
from apps.policy.evaluation.spec import Requirement
from apps.policy.evaluation.worksheet import ScoringRules
from apps.policy.parameters import Parameters
from tests.policy.evaluation.materials import (
    CHEMICALS,
    GENERAL,
    SUZHOU,
    D,
    demo_table,
    full_answers,
    full_sheet,
    judged,
    plant,
    scheme,
)

FULL = {item.code: item.max_points for item in scheme(SUZHOU).items}
MANDATORY = {item.code for item in scheme(SUZHOU).items if item.mandatory}


def _na(code: str, *, city: bool = False) -> Answer:
    return Answer(
        not_applicable=True,
        reason=f"本厂无此项（{code}）",
        confirmed_by_district=True,
        confirmed_by_city=city,
    )


def _sheet(answers: dict[str, Answer], rules: ScoringRules | None = None) -> SheetResult:
    return score_sheet(
        scheme(SUZHOU), answers, Measurements(), EMPTY_TABLE, CHEMICALS, rules or ScoringRules()
    )


def _full_except(**changes: Answer) -> dict[str, Answer]:
    answers = {code: Answer.judged(points) for code, points in FULL.items()}
    answers.update({code.replace("_", "-"): answer for code, answer in changes.items()})
    return answers


def test_every_item_of_a_plant_is_computed_from_data() -> None:
    result = full_sheet()
    assert len(result.items) == 97
    assert {item.state for item in result.items} == {ItemState.SCORED}
    assert all(item.steps for item in result.items)
    assert not any(item.judged for item in result.items)
    assert result.blockers == ()
    assert result.complete
    assert [row.points for row in result.dimensions] == [
        D("19.52"),
        D("15.00"),
        D("14.25"),
        D("9.10"),
        D("9.68"),
        D("24.90"),
    ]
    assert result.total == result.reachable_max == D("92.45")
    assert str(result.steps[0]) == "总分：19.52 + 15.00 + 14.25 + 9.10 + 9.68 + 24.90 = 92.45 分"


def test_everything_is_one_hundred_and_nothing_is_zero() -> None:
    assert judged(FULL).total == D("100.00")
    nothing = judged(dict.fromkeys(FULL, D(0)))
    assert nothing.total == D("0.00")
    assert set(nothing.mandatory_zero) == MANDATORY


def test_all_mandatory_and_nothing_more_is_exactly_sixty() -> None:
    given = {code: points if code in MANDATORY else D(0) for code, points in FULL.items()}
    result = judged(given)
    assert result.total == D("60.00")
    assert [row.points for row in result.dimensions] == [12, 9, 9, 6, 6, 18]
    assert result.mandatory_zero == ()


def test_printed_figures_add_up() -> None:
    result = full_sheet()
    for row in result.dimensions:
        assert row.points == sum(result.item(code).counted for code in row.item_codes)
        assert row.points == sum(group.points for group in row.secondaries)
        assert sum(group.max_points for group in row.secondaries) == row.weight
    assert result.total == sum(row.points for row in result.dimensions)
    assert all(item.points == item.counted.quantize(D("0.01")) for item in result.items)


def test_an_empty_sheet_can_still_reach_everything() -> None:
    result = _sheet({})
    assert (result.total, result.reachable_max, result.answered) == (D(0), D(100), 0)
    assert {blocker.kind for blocker in result.blockers} == {BlockerKind.UNANSWERED}
    assert len(result.blockers) == 97
    assert not result.complete


def test_what_is_lost_cannot_be_reached_any_more() -> None:
    result = _sheet({"J1-01": Answer.judged("1.00"), "J1-02": Answer(met=False)})
    assert (result.total, result.reachable_max, result.answered) == (D("1.00"), D("98.20"), 2)


def test_an_unknown_item_is_a_programming_error() -> None:
    with pytest.raises(KeyError, match="Z9-99"):
        _sheet({"Z9-99": Answer(met=True)})


def test_a_required_value_entered_once_counts_for_both_items() -> None:
    answers = full_answers()
    answers["K1-02"] = Answer()
    answers["K1-06"] = Answer()
    assert score_sheet(scheme(), answers, plant(), demo_table(), CHEMICALS).total == D("92.45")


def test_a_dimension_is_rebased_for_what_does_not_apply() -> None:
    answers = _full_except(J1_02=_na("J1-02"), J1_01=Answer.judged(0))
    result = _sheet(answers)
    row = result.dimensions[0]
    # 20 − 1.20 remain; 17.20 of them are earned: 17.20 ÷ 18.80 × 20 = 18.2978…
    assert (row.got, row.not_applicable_points, row.not_applicable_raw) == (
        D("17.20"),
        D("1.2"),
        D(6),
    )
    assert row.points == D("18.30")
    assert row.rebased
    assert [str(step) for step in row.steps] == [
        "合计：基础设施各条目得分合计 17.20 分。",
        "不适用折算：17.20 ÷ (20 - 不适用 1.20) × 20 = 18.30 分。",
    ]
    assert result.total == D("98.30")
    assert result.not_applicable == ("J1-02",)
    assert "J1-02" not in result.mandatory_zero


def test_rebasing_in_points_is_rebasing_in_raw_points() -> None:
    """score_policy: 实得原始分 / (100 − 不适用项原始分) × 100 × 权重."""
    spec = scheme(SUZHOU)
    dropped = ("K3-05", "K3-06", "K4-05", "K4-06")
    lost = ("K1-01", "K5-04")
    answers = _full_except(
        **{code: _na(code) for code in dropped}, **{code: Answer.judged(0) for code in lost}
    )
    row = _sheet(answers).dimensions[5]
    raw = {item.code: item.raw_points or Decimal(0) for item in spec.dimensions[5].items}
    got = sum(points for code, points in raw.items() if code not in dropped + lost)
    out = sum(raw[code] for code in dropped)
    assert row.points == (Decimal(got) / (100 - out) * 100 * 30 / 100).quantize(
        D("0.01"), rounding="ROUND_HALF_UP"
    )


def test_a_perfect_sheet_stays_perfect_when_items_drop_out() -> None:
    answers = _full_except(J1_02=_na("J1-02"), P3_01=_na("P3-01"), P3_02=_na("P3-02"))
    assert _sheet(answers).total == D("100.00")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (replace(_na("x"), reason="  "), "理由"),
        (replace(_na("x"), judged_points=D(1)), "不能同时给分"),
    ],
)
def test_not_applicable_needs_its_reason_and_nothing_else(answer: Answer, words: str) -> None:
    result = _sheet({"J1-02": answer}).item("J1-02")
    assert result.state is ItemState.INVALID
    assert words in result.message


def test_not_every_item_may_drop_out() -> None:
    result = _sheet({"J1-01": _na("J1-01")}).item("J1-01")
    assert (result.state, result.message) == (ItemState.INVALID, "本条目不允许申请不适用。")


def test_the_district_confirms_what_does_not_apply() -> None:
    asked = replace(_na("J1-02"), confirmed_by_district=False)
    result = _sheet(_full_except(J1_02=asked))
    assert [blocker.kind for blocker in result.blockers_for(SheetPurpose.OFFICIAL)] == [
        BlockerKind.NOT_APPLICABLE_UNCONFIRMED
    ]
    assert result.blockers_for(SheetPurpose.SELF) == ()
    assert _sheet(_full_except(J1_02=_na("J1-02"))).blockers == ()


H_OPTIONAL = ("H1-01", "H1-02", "H2-01", "H2-02")


def test_above_forty_raw_points_the_city_confirms() -> None:
    """H1-01 12 + H1-02 8 + H2-01 12 + H2-02 8 = 40, and H3-02 10 more make 50."""
    at_forty = _sheet(_full_except(**{code: _na(code) for code in H_OPTIONAL}))
    assert at_forty.dimensions[4].not_applicable_raw == 40
    assert at_forty.blockers == ()
    above = {code: _na(code) for code in (*H_OPTIONAL, "H3-02")}
    open_sheet = _sheet(_full_except(**above))
    assert open_sheet.dimensions[4].needs_city_confirmation
    assert [blocker.kind for blocker in open_sheet.blockers] == [BlockerKind.CITY_CONFIRMATION_OPEN]
    assert open_sheet.blockers_for(SheetPurpose.SELF) == ()
    confirmed = {code: _na(code, city=True) for code in above}
    assert _sheet(_full_except(**confirmed)).blockers == ()
    one_open = {**confirmed, "H3-02": _na("H3-02")}
    assert _sheet(_full_except(**one_open)).dimensions[4].needs_city_confirmation


def test_the_limit_for_the_city_is_a_setting() -> None:
    rules = ScoringRules(city_confirmation_above_raw=D(5))
    answers = _full_except(J1_02=_na("J1-02"))
    assert _sheet(answers, rules).dimensions[0].needs_city_confirmation


def test_the_rules_come_from_the_parameters() -> None:
    assert ScoringRules.under(Parameters()) == ScoringRules()
    values = {**Parameters().to_values(), "rounding": "ROUND_DOWN", "not_applicable_city_over": "30"}
    rules = ScoringRules.under(Parameters.from_values(values))
    assert rules == ScoringRules("ROUND_DOWN", D(30))


def test_the_rounding_mode_is_a_setting() -> None:
    figures = Measurements({"ecm_functions": D(1)})
    by_mode = {
        mode: score_sheet(scheme(), {}, figures, EMPTY_TABLE, CHEMICALS, ScoringRules(mode)).item("E1-05")
        for mode in ("ROUND_HALF_UP", "ROUND_DOWN", "ROUND_UP")
    }
    assert [result.points for result in by_mode.values()] == [D("0.09"), D("0.09"), D("0.10")]


def test_a_dimension_without_any_item_left_cannot_be_scored() -> None:
    """Made possible by a scheme in which everything may drop out."""
    spec = scheme(SUZHOU)
    first = spec.dimensions[0]
    loose = tuple(
        replace(group, items=tuple(replace(item, na_allowed=True) for item in group.items))
        for group in first.secondaries
    )
    changed = replace(spec, dimensions=(replace(first, secondaries=loose), *spec.dimensions[1:]))
    answers = _full_except(**{item.code: _na(item.code, city=True) for item in first.items})
    result = score_sheet(changed, answers, Measurements(), EMPTY_TABLE, CHEMICALS)
    assert result.dimensions[0].points == 0
    assert [blocker.kind for blocker in result.blockers_for(SheetPurpose.SELF)] == [
        BlockerKind.EVERYTHING_NOT_APPLICABLE
    ]


def test_claims_count_for_the_enterprise_and_wait_for_the_official() -> None:
    answers = {**full_answers(), "K3-04": Answer(claimed_ratio=D("0.6"))}
    rows = tuple(row for row in demo_table().rows if row.metric != "WASTE_GAS_GEN")
    table = replace(demo_table(), rows=rows)
    result = score_sheet(scheme(), answers, plant(), table, CHEMICALS)
    assert result.needs_judgement == ("K3-03", "K3-04")
    assert result.item("K3-04").points == D("0.36")
    kinds = {(blocker.code, blocker.kind) for blocker in result.blockers}
    assert kinds == {("K3-03", BlockerKind.UNCLAIMED), ("K3-04", BlockerKind.JUDGEMENT_OPEN)}
    assert [blocker.code for blocker in result.blockers_for(SheetPurpose.SELF)] == ["K3-03"]
    # nothing is silently full or zero: the unclaimed item adds nothing, but may still become full
    assert (result.total, result.reachable_max) == (D("91.25"), D("92.45"))


def test_a_judged_sheet_has_no_open_matters() -> None:
    result = judged(FULL)
    assert result.blockers == ()
    assert all(item.judged for item in result.items)
    assert result.item("J1-01").reason_sentences == ("评分：评分人员给 1.60 分（满分 1.60 分）。",)


def test_the_record_of_a_sheet_is_plain_json() -> None:
    import json

    record = json.loads(json.dumps(full_sheet().as_mapping(), ensure_ascii=False))
    assert record["total"] == "92.45"
    assert record["item_count"] == record["answered"] == 97
    assert [row["points"] for row in record["dimensions"]][:2] == ["19.52", "15.00"]
    one = next(item for item in record["items"] if item["code"] == "K1-01")
    assert (one["points"], one["state"], one["value"]) == ("1.80", "scored", "1.25")
    assert one["steps"][-1] == "得分：1.80 × 1 = 1.80 分。"


def test_the_general_standard_scores_by_the_same_function() -> None:
    answers = {**full_answers(GENERAL), "N04": Answer(selected=frozenset({"能耗查询", "能效对标"}))}
    result = score_sheet(scheme(GENERAL), answers, plant(), demo_table(), CHEMICALS)
    assert result.blockers == ()
    assert " ".join(str(item.points) for item in result.items) == (
        "6.80 4.84 2.40 1.50 6.15 3.64 5.25 4.80 6.00 2.24 1.50 8.00 8.00 3.60"
    )
    assert result.total == D("64.72")
    assert [row.points for row in result.dimensions] == [
        D("15.54"),
        D("19.84"),
        D("9.74"),
        D("16.00"),
        D("3.60"),
    ]


def test_mandatory_items_of_the_scheme_are_known() -> None:
    kinds = [item.requirement for item in scheme(SUZHOU).items]
    assert kinds.count(Requirement.MANDATORY) == len(MANDATORY)
    assert len(MANDATORY) + kinds.count(Requirement.OPTIONAL) == 97
