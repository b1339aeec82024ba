"""How far a panel is apart, what asks for 复议, and what calibration shows (R-19)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.policy.calibration import ENOUGH_CASES, Mark, Shift, calibrate
from apps.policy.conflicts import may_override
from apps.policy.dispersion import deviation_of, dispersion_of, reconsideration_grounds
from apps.policy.panel import may_appoint, may_reconsider, panel_score
from apps.policy.parameters import Parameters

pytestmark = pytest.mark.rule("R-19")
P = Parameters()


def d(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


def test_deviation_is_that_of_the_whole_panel() -> None:
    assert deviation_of(d("80", "85", "90")) == Decimal("4.08")
    assert deviation_of(d("80")) == Decimal("0.00")


@pytest.mark.parametrize(("third", "outliers"), [("90.00", ()), ("90.01", ("C",)), ("78", ("C",))])
def test_an_expert_stands_out_beyond_half_the_line(third: str, outliers: tuple[str, ...]) -> None:
    totals = dict(zip("ABC", d("85", "85", third), strict=True))
    assert dispersion_of(totals, {}, {}, P).outliers == outliers


@pytest.mark.parametrize(
    ("scores", "outliers"),
    [(("88.67", "74.67", "87.67"), ("B",)), (("70", "90"), ()), (("70", "80", "80", "80"), ("A",))],
)
def test_one_far_off_does_not_make_the_others_stand_out(
    scores: tuple[str, ...], outliers: tuple[str, ...]
) -> None:
    totals = dict(zip("ABCD", d(*scores), strict=False))
    assert dispersion_of(totals, {}, {}, P).outliers == outliers


@pytest.mark.parametrize(("low", "disputed"), [("1.01", False), ("1.00", True)])
def test_an_item_is_disputed_from_half_of_its_maximum_on(*, low: str, disputed: bool) -> None:
    found = dispersion_of({}, {"1.1": d("2.00", low, "1.50")}, {"1.1": Decimal(2)}, P)
    assert (found.items == ("1.1",)) is disputed


@pytest.mark.parametrize(
    ("scores", "count"),
    [
        (("85", "85", "85"), 0),
        (("82", "82", "82"), 1),
        (("82.01", "82.01", "82.01"), 0),
        (("78", "78", "78"), 1),
        (("80", "85", "90"), 0),
        (("80", "85", "90.01"), 1),
        (("74", "81", "85"), 2),
    ],
)
def test_grounds_for_looking_again(scores: tuple[str, ...], count: int) -> None:
    grounds = reconsideration_grounds(panel_score(d(*scores), P), P)
    assert len(grounds) == count
    assert may_reconsider(grounds=grounds, reason="").ok is bool(count)
    assert may_reconsider(grounds=grounds, reason="企业补充了材料。").ok


def test_calibration_finds_the_harsh_expert_and_turns_the_ranks() -> None:
    marks = []
    for case, level, experts in (
        ("a", 90, "XYZ"),
        ("b", 80, "XYZ"),
        ("c", 85, "XYZ"),
        ("d", 84, "XYH"),
        ("e", 83, "YZH"),
        ("f", 82, "XZH"),
    ):
        marks += [Mark(case, expert, Decimal(level - (6 if expert == "H" else 0))) for expert in experts]
    found = calibrate(marks)
    harsh = found.shifts[0]
    assert (harsh.expert, harsh.cases, harsh.enough) == ("H", 3, True)
    assert Decimal("-4.6") < harsh.points < Decimal("-4.3")
    by_case = {row.case: row for row in found.placings}
    assert by_case["d"].mean == Decimal("82.00")
    assert by_case["d"].calibrated > by_case["d"].mean
    assert by_case["a"].rank == by_case["a"].calibrated_rank == 1
    assert sum((row.points for row in found.shifts), Decimal(0)).copy_abs() <= Decimal("0.02")


def test_few_cases_say_nothing_about_a_person() -> None:
    found = calibrate([Mark("a", "X", Decimal(80)), Mark("a", "Y", Decimal(90))])
    assert not any(row.enough for row in found.shifts)
    assert found.placings[0].mean == found.placings[0].calibrated == Decimal("85.00")


def test_the_bureau_may_demand_a_draw() -> None:
    strict = Parameters(panel_draw_required=True)
    assert may_appoint(drawn=False, parameters=P).ok
    assert not may_appoint(drawn=False, parameters=strict).ok
    assert may_appoint(drawn=True, parameters=strict).ok


@pytest.mark.rule("R-20")
def test_an_override_takes_a_reason_and_another_person() -> None:
    assert may_override(reason="已离职。", requested_by=1, approved_by=2).ok
    assert may_override(reason="已离职。", requested_by=1).ok
    assert not may_override(reason=" ", requested_by=1).ok
    assert not may_override(reason="已离职。", requested_by=1, approved_by=1).ok


@pytest.mark.parametrize(
    ("points", "cases", "said"),
    [
        ("-0.04", 3, "与同组相近"),
        ("0.99", 3, "与同组相近"),
        ("1.00", 3, "偏宽"),
        ("-1.00", 3, "偏严"),
        ("-9.00", 2, "件数少，不作校准"),
    ],
)
def test_a_few_hundredths_make_nobody_harsh(points: str, cases: int, said: str) -> None:
    shift = Shift("X", cases, Decimal(points), enough=cases >= ENOUGH_CASES)
    assert shift.leaning == said
