"""The yearly table: ranges, questioned figures, completeness, and when it may be handed in (R-30)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.policy.annual_form import (
    CHANGES,
    COMPLIANCE,
    FIGURES,
    Answer,
    Filled,
    data_years,
    may_hand_in,
    missing_parts,
    out_of_range,
    questioned,
    unexplained,
)
from apps.policy.levels import Level

YEAR = 2027
D = Decimal
_VALUES = {
    "output_value": "12000",
    "energy_tce": "1800",
    "energy_per_product": "15",
    "energy_per_output": "0.15",
    "co2_t": "4200",
    "renewable_share": "12.5",
    "water_intake_m3": "26000",
    "water_reuse_share": "88",
    "solid_waste_share": "97",
    "pollutants_t": "1.2",
    "green_product_share": "40",
    "research_share": "3.4",
}


def figures(**newest: str) -> dict[str, dict[int, Decimal]]:
    """Return figures that raise no question, the newest year changed as told."""
    values = {**_VALUES, **newest}
    return {code: {2025: D(_VALUES[code]), 2026: D(value)} for code, value in values.items()}


def complete(**parts: object) -> Filled:
    """Return a table that may be handed in, with some parts replaced."""
    whole = Filled(
        answers={question.code: Answer(yes=False) for question in (*CHANGES, *COMPLIANCE)},
        figures=figures(),
        summary="全年综合能耗下降 3%。",
        plan="实施余热回收。",
        receipt_no="GM-2027-1",
        receipt_attached=True,
    )
    return replace(whole, **parts)  # type: ignore[arg-type]  # the parts are the dataclass's own fields


def codes(found: Mapping[int, Decimal] | object) -> list[str]:
    """Return the first code of each question."""
    return [one.codes[0] for one in found]  # type: ignore[attr-defined]  # a sequence of warnings


@pytest.mark.rule("R-30")
def test_three_years_are_asked_for() -> None:
    assert data_years(YEAR) == (2024, 2025, 2026)
    assert set(_VALUES) == {figure.code for figure in FIGURES}


@pytest.mark.rule("R-30")
@pytest.mark.parametrize(
    ("code", "value", "faulty"),
    [
        ("renewable_share", "100", False),
        ("renewable_share", "100.01", True),
        ("renewable_share", "0", False),
        ("co2_t", "0", False),
        ("co2_t", "-0.01", True),
        ("energy_tce", "250000", False),
    ],
)
def test_what_no_explanation_makes_true(code: str, value: str, *, faulty: bool) -> None:
    found = out_of_range(figures(**{code: value}))
    assert [(part, year) for part, year, _ in found] == ([(code, 2026)] if faulty else [])
    verdict = may_hand_in(
        complete(figures=figures(**{code: value})), year=YEAR, level=Level.A3, committed=True
    )
    if faulty:
        assert not verdict.ok


@pytest.mark.rule("R-30")
@pytest.mark.parametrize(
    ("code", "value", "asked"),
    [
        ("water_intake_m3", "39000", []),  # one and a half times: still believed
        ("water_intake_m3", "39001", ["water_intake_m3"]),
        ("water_intake_m3", "13000", []),
        ("water_intake_m3", "12999", ["water_intake_m3"]),
        ("water_intake_m3", "26000000", ["water_intake_m3"]),
        ("energy_per_output", "0.157", []),
        ("energy_per_output", "0.16", ["energy_per_output"]),
    ],
)
def test_a_figure_is_questioned(code: str, value: str, asked: list[str]) -> None:
    assert codes(questioned(figures(**{code: value}), year=YEAR)) == asked


@pytest.mark.rule("R-30")
def test_a_slip_of_units_names_the_unit() -> None:
    (one,) = questioned(figures(water_intake_m3="26"), year=YEAR)
    assert "约 1000 倍" in one.message
    assert "m³" in one.message


@pytest.mark.rule("R-30")
def test_a_reason_answers_a_question() -> None:
    odd = complete(figures=figures(water_intake_m3="39001"))
    verdict = may_hand_in(odd, year=YEAR, level=Level.A3, committed=True)
    assert [refusal.rule for refusal in verdict.refusals] == ["R-30"]
    assert verdict.refusals[0].remedy
    assert codes(unexplained(odd, year=YEAR)) == ["water_intake_m3"]
    blank = replace(odd, reasons={"water_intake_m3": "　"})
    assert codes(unexplained(blank, year=YEAR)) == ["water_intake_m3"]
    explained = replace(odd, reasons={"water_intake_m3": "新增一条水性涂装线。"})
    assert may_hand_in(explained, year=YEAR, level=Level.A3, committed=True).ok


@pytest.mark.rule("R-30")
def test_a_complete_table_needs_the_commitment() -> None:
    assert may_hand_in(complete(), year=YEAR, level=Level.A3, committed=True).ok
    refused = may_hand_in(complete(), year=YEAR, level=Level.A3, committed=False)
    assert refused.reasons == ("请确认真实性承诺。",)


@pytest.mark.rule("R-30")
def test_each_missing_part_is_named() -> None:
    found = {part for part, _ in missing_parts(Filled(), year=YEAR, level=Level.A3)}
    required = {figure.code for figure in FIGURES if figure.required}
    assert found == {question.code for question in (*CHANGES, *COMPLIANCE)} | required | {"summary", "plan"}
    assert "energy_per_product" not in found
    yes = {**complete().answers, "penalty": Answer(yes=True)}
    assert [part for part, _ in missing_parts(complete(answers=yes), year=YEAR, level=Level.A3)] == [
        "penalty"
    ]
    yes["penalty"] = Answer(yes=True, explanation="2026年3月因噪声超标处罚 2 万元，已整改。")
    assert not missing_parts(complete(answers=yes), year=YEAR, level=Level.A3)


@pytest.mark.rule("R-30")
@pytest.mark.parametrize(("level", "asked"), [(Level.A3, False), (Level.A4, True), (Level.A5, True)])
def test_listed_levels_hand_in_the_national_receipt(level: Level, *, asked: bool) -> None:
    bare = complete(receipt_no="", receipt_attached=False)
    found = [part for part, _ in missing_parts(bare, year=YEAR, level=level)]
    assert found == (["receipt_no", "receipt"] if asked else [])
