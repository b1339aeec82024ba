"""Two sheets side by side, the upper bound on the desk, and the mean of experts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.policy.evaluation.answers import Answer, Measurements
from apps.policy.evaluation.benchmarks import EMPTY_TABLE
from apps.policy.evaluation.comparing import differences, mean_of_sheets, upper_bound_with
from apps.policy.evaluation.results import SheetResult
from apps.policy.evaluation.scoring import score_sheet
from tests.policy.evaluation.materials import CHEMICALS, GENERAL, SUZHOU, D, full_sheet, judged, scheme

FULL = {item.code: item.max_points for item in scheme(SUZHOU).items}


def _with_total(total: str) -> SheetResult:
    """A judged sheet of exactly this total: points are taken from the end."""
    lost, given = D(100) - D(total), dict(FULL)
    for code in reversed(given):
        taken = min(lost, given[code])
        given[code] -= taken
        lost -= taken
    result = judged(given)
    assert result.total == D(total)
    return result


def test_differences_item_by_item() -> None:
    self_sheet = full_sheet()
    district = judged({**{item.code: item.counted for item in self_sheet.items}, "J1-01": D("1.00")})
    rows = differences(self_sheet, district)
    assert len(rows) == 97
    (row,) = [row for row in rows if row.differs]
    assert (row.code, row.first_points, row.second_points, row.delta) == (
        "J1-01",
        D("1.60"),
        D("1.00"),
        D("-0.60"),
    )


def test_what_the_scorer_has_not_reached_does_not_differ() -> None:
    rows = differences(full_sheet(), judged({"J1-01": D("1.6")}))
    assert not any(row.differs for row in rows)
    assert [row.delta for row in rows[:2]] == [D(0), None]


def test_dropping_an_item_is_a_difference() -> None:
    answers = {"J1-02": Answer(not_applicable=True, reason="无新建项目", confirmed_by_district=True)}
    district = score_sheet(scheme(), answers, Measurements(), EMPTY_TABLE, CHEMICALS)
    assert [row.code for row in differences(full_sheet(), district) if row.differs] == ["J1-02"]


def test_the_upper_bound_takes_the_self_score_where_nothing_is_given_yet() -> None:
    self_sheet = full_sheet()
    assert upper_bound_with(self_sheet, judged({})) == self_sheet.total
    assert upper_bound_with(self_sheet, judged({"J1-01": D("0.60")})) == self_sheet.total - 1
    assert upper_bound_with(self_sheet, judged(FULL)) == 100


def test_the_upper_bound_keeps_what_the_enterprise_left_out_reachable() -> None:
    half = judged({"J1-01": D("1.00")})
    assert upper_bound_with(half, judged({"J1-03": D(0)})) == D("98.80")


def test_the_upper_bound_rebases() -> None:
    answers = {"J1-02": Answer(not_applicable=True, reason="无新建项目", confirmed_by_district=True)}
    district = score_sheet(scheme(), answers, Measurements(), EMPTY_TABLE, CHEMICALS)
    perfect = judged(FULL)
    assert upper_bound_with(perfect, district) == 100
    less = judged({**FULL, "J1-01": D(0)})
    # (20 − 1.20 − 1.60) ÷ 18.80 × 20 = 18.30, and 80 from the other dimensions
    assert upper_bound_with(less, district) == D("98.30")


@pytest.mark.parametrize(
    ("totals", "mean", "dropped"),
    [
        (["80.00"], "80.00", ()),
        (["80.00", "81.01"], "80.51", ()),
        (["79.99", "80.00", "80.00"], "80.00", ()),
        (["79.98", "79.99", "80.00"], "79.99", ()),
        (["70.00", "80.00", "81.00", "82.00"], "78.25", ()),
        (["95.00", "80.00", "81.00", "82.00", "60.00"], "81.00", (0, 4)),
        (["80.00", "80.00", "80.00", "80.00", "80.00"], "80.00", (0, 4)),
    ],
)
def test_the_mean_of_experts(totals: list[str], mean: str, dropped: tuple[int, ...]) -> None:
    sheets = [_with_total(total) for total in totals]
    result = mean_of_sheets(sheets, trim_at=5)
    assert result.total == D(mean)
    assert result.dropped == dropped
    assert result.totals == tuple(D(total) for total in totals)
    assert result.spread == max(result.totals) - min(result.totals)


def test_trimming_is_a_setting() -> None:
    sheets = [_with_total(total) for total in ("60.00", "80.00", "81.00")]
    assert mean_of_sheets(sheets, trim_at=3).total == D("80.00")
    assert mean_of_sheets(sheets, trim_at=None).total == D("73.67")
    assert mean_of_sheets(sheets[:2], trim_at=1).total == D("70.00")


def test_means_of_items_and_dimensions_use_the_kept_sheets() -> None:
    sheets = [judged({**FULL, "J1-01": D(points)}) for points in ("1.60", "1.00", "0.99")]
    result = mean_of_sheets(sheets)
    assert result.item_means["J1-01"] == D("1.20")
    assert result.item_means["J1-02"] == D("1.20")
    assert result.dimension_means["J"] == D("19.60")
    nobody = mean_of_sheets([judged({}), judged({})])
    assert nobody.item_means["J1-01"] is None
    assert nobody.total == Decimal(0)


def test_different_schemes_are_not_compared() -> None:
    one, other = judged({}), judged({}, GENERAL)
    with pytest.raises(ValueError, match="different schemes"):
        differences(one, other)
    with pytest.raises(ValueError, match="different schemes"):
        mean_of_sheets([one, other])
    with pytest.raises(ValueError, match="at least one"):
        mean_of_sheets([])
