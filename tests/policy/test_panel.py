from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.policy.panel import (
    Opinion,
    OpinionFacts,
    PanelScore,
    may_close_panel,
    may_give_opinion,
    may_see_other_scores,
    panel_score,
    panel_size_allowed,
    passes_panel,
    site_visit_suggestions,
)
from apps.policy.parameters import Averaging, Parameters
from tests.policy.scenes import DEFAULT


def _scores(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


@pytest.mark.rule("R-19")
@pytest.mark.parametrize(("size", "count"), [(0, 2), (1, 1), (2, 2), (3, 0), (4, 1), (5, 0), (6, 1), (7, 0)])
def test_panel_size(size: int, count: int) -> None:
    assert len(panel_size_allowed(size, DEFAULT).refusals) == count


@pytest.mark.rule("R-19")
def test_even_panels_where_the_bureau_allows_them() -> None:
    assert panel_size_allowed(4, Parameters(panel_size_odd=False)).ok


@pytest.mark.rule("R-19")
def test_a_panel_closes_only_when_everybody_has_submitted() -> None:
    full = _scores("80", "81", "82")
    assert may_close_panel(full, DEFAULT).ok
    assert may_close_panel([*full[:2], None], DEFAULT).reasons == ("还有1名专家未提交评分。",)


@pytest.mark.rule("R-20")
@pytest.mark.parametrize(
    ("own", "everybody", "ok"), [(True, True, True), (True, False, False), (False, False, False)]
)
def test_experts_are_blind_to_each_other(*, own: bool, everybody: bool, ok: bool) -> None:
    assert may_see_other_scores(own_submitted=own, all_submitted=everybody).ok is ok


@pytest.mark.rule("R-19")
@pytest.mark.parametrize(
    ("scores", "total", "dropped"),
    [
        (("80", "81", "83"), "81.33", ()),
        (("80", "80", "79.98"), "79.99", ()),
        (("79.99", "80.00", "80.00"), "80.00", ()),
        (("60", "80", "80", "80", "99"), "80.00", ("60", "99")),
        (("80", "80", "80", "80", "80"), "80.00", ("80", "80")),
        (("100", "100", "100"), "100.00", ()),
        (("0", "0", "0"), "0.00", ()),
    ],
)
def test_mean_and_trimmed_mean(scores: tuple[str, ...], total: str, dropped: tuple[str, ...]) -> None:
    result = panel_score(_scores(*scores), DEFAULT)
    assert (result.total, result.dropped) == (Decimal(total), tuple(_scores(*dropped)))


@pytest.mark.rule("R-19")
def test_no_trimming_where_the_plain_mean_is_set() -> None:
    parameters = Parameters(panel_averaging=Averaging.MEAN)
    result = panel_score(_scores("60", "80", "80", "80", "99"), parameters)
    assert (result.total, result.dropped) == (Decimal("79.80"), ())


@pytest.mark.rule("R-19")
@pytest.mark.parametrize(("low", "reconsider"), [("80", False), ("79.99", True)])
def test_a_spread_above_ten_points_is_reconsidered(low: str, *, reconsider: bool) -> None:
    result = panel_score(_scores("90", low, "85"), DEFAULT)
    assert result.reconsider is reconsider
    assert result.spread == Decimal(90) - Decimal(low)


@pytest.mark.rule("R-19")
def test_the_spread_looks_at_all_experts_even_when_trimmed() -> None:
    assert panel_score(_scores("60", "80", "80", "80", "99"), DEFAULT).reconsider


@pytest.mark.rule("R-19")
def test_the_calculation_is_printed() -> None:
    assert panel_score(_scores("80", "81", "83"), DEFAULT).explanation == (
        "3名专家，80.00、81.00、83.00的平均分为81.33分。"
    )
    assert panel_score(_scores("60", "80", "81", "82", "99"), DEFAULT).explanation == (
        "5名专家，去掉最高分99.00和最低分60.00，80.00、81.00、82.00的平均分为81.00分。"
    )


@pytest.mark.rule("R-19")
@pytest.mark.parametrize("scores", [(), ("NaN",), ("101",), ("-1",)])
def test_impossible_panels(scores: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="score"):
        panel_score(_scores(*scores), DEFAULT)


@pytest.mark.rule("R-21")
@pytest.mark.parametrize(
    ("preliminary", "mean", "disputed", "count"),
    [
        ("90", "90", (), 0),
        ("94.99", "90", (), 0),
        ("95", "90", (), 1),
        ("85", "90", (), 1),
        ("82", "82", (), 1),
        ("78", "78", (), 1),
        ("82.01", "82.01", (), 0),
        ("77.99", "77.99", (), 0),
        ("90", "90", ("E2-03",), 1),
        ("86", "81", ("E2-03",), 3),
    ],
)
def test_when_a_site_visit_suggests_itself(
    preliminary: str, mean: str, disputed: tuple[str, ...], count: int
) -> None:
    reasons = site_visit_suggestions(
        preliminary_total=Decimal(preliminary),
        expert_mean=Decimal(mean),
        disputed_items=disputed,
        parameters=DEFAULT,
    )
    assert len(reasons) == count


SCORE = PanelScore(Decimal("80.00"), Decimal(3), (), reconsider=False, explanation="")
GOOD = OpinionFacts(
    opinion=Opinion.RECOMMEND,
    score=SCORE,
    reasons="资料完整",
    site_visited=False,
    site_reason="资料已足以判断",
)


@pytest.mark.rule("R-22")
def test_an_opinion_that_meets_everything() -> None:
    assert may_give_opinion(GOOD).ok
    visited = replace(GOOD, site_visited=True, site_reason="临界分数", site_record=True)
    assert may_give_opinion(visited).ok


@pytest.mark.rule("R-21", "R-22")
@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"score": replace(SCORE, total=Decimal("79.99"))}, {"R-22"}),
        ({"score": replace(SCORE, total=Decimal("79.99")), "opinion": Opinion.NOT_RECOMMEND}, set()),
        ({"score": replace(SCORE, total=Decimal("79.99")), "opinion": Opinion.SUPPLEMENT}, set()),
        ({"reasons": " "}, {"R-22"}),
        ({"unsigned_members": 1}, {"R-22"}),
        ({"score": replace(SCORE, reconsider=True)}, {"R-19"}),
        ({"score": replace(SCORE, reconsider=True), "reconsidered": True}, set()),
        ({"site_visited": None}, {"R-21"}),
        ({"site_reason": ""}, {"R-21"}),
        ({"site_visited": True}, {"R-21"}),
    ],
)
def test_what_an_opinion_lacks(change: dict[str, object], rules: set[str]) -> None:
    assert may_give_opinion(replace(GOOD, **change)).rules == rules  # type: ignore[arg-type]


@pytest.mark.rule("R-22")
@pytest.mark.parametrize(
    ("opinion", "total", "ok"),
    [
        (Opinion.RECOMMEND, "80", True),
        (Opinion.RECOMMEND, "79.995", True),
        (Opinion.RECOMMEND, "79.99", False),
        (Opinion.NOT_RECOMMEND, "95", False),
        (Opinion.SUPPLEMENT, "95", False),
    ],
)
def test_passing_the_panel(opinion: Opinion, total: str, *, ok: bool) -> None:
    verdict = passes_panel(opinion=opinion, panel_total=Decimal(total), parameters=DEFAULT)
    assert verdict.ok is ok
    assert len(verdict.refusals) == (0 if ok else 1)


def test_opinion_labels() -> None:
    assert [item.label for item in Opinion] == ["建议评定", "不建议评定", "需补充"]
