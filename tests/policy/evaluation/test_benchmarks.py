"""The industry table, 「暂无行业基准」, claims, units and the worst of several rows."""

from __future__ import annotations

from typing import Any

import pytest

from apps.policy.evaluation.answers import Answer, EnteredBenchmark, MeasurementRow
from apps.policy.evaluation.benchmarks import (
    EMPTY_TABLE,
    NO_BENCHMARK,
    BenchmarkTable,
    benchmark_problems,
    industry_ladder,
    load_benchmarks,
)
from apps.policy.evaluation.results import BlockerKind, ItemState
from apps.policy.evaluation.spec import BenchmarkKind
from tests.policy.evaluation.materials import GENERAL, SUZHOU, D, demo_table, read, scheme, score_one, table

AVG, TOP20, TOP5 = BenchmarkKind.AVERAGE, BenchmarkKind.TOP20, BenchmarkKind.TOP5
GAS: dict[str, str | int] = {"waste_gas_m3": 1000, "product_qty": 10}
ROW: dict[str, Any] = {
    "metric": "RRE",
    "industry_code": "C26",
    "kind": "average",
    "value": 5,
    "unit": "%",
    "source": "年鉴",
    "period": "2025",
    "approved_by": "市局",
}


def test_the_finest_industry_wins() -> None:
    rows = [
        *table(("RRE", AVG, "1"), industry="C").rows,
        *table(("RRE", AVG, "2"), industry="C26").rows,
        *table(("RRE", AVG, "3"), industry="261").rows,
        *table(("RRE", AVG, "4"), industry="2614").rows,
    ]
    values = []
    while rows:
        found = BenchmarkTable(tuple(rows)).lookup("RRE", "C2614", AVG)
        assert found is not None
        values.append(found.value)
        rows.pop()
    assert values == [4, 3, 2, 1]
    assert BenchmarkTable().lookup("RRE", "2614", AVG) is None


def test_the_ladder_of_codes() -> None:
    assert industry_ladder("C2614") == ("2614", "261", "26", "C")
    assert industry_ladder("26") == ("26", "C")
    assert industry_ladder("c") == ("C",)
    assert industry_ladder("") == ("C",)


def test_another_industry_or_kind_is_not_used() -> None:
    rows = table(("RRE", AVG, "1"), industry="27")
    assert rows.lookup("RRE", "2614", AVG) is None
    assert rows.lookup("RRE", "2710", TOP5) is None


def test_the_same_key_cannot_stand_twice() -> None:
    row = table(("RRE", AVG, "1")).rows
    with pytest.raises(ValueError, match="重复"):
        BenchmarkTable(row + table(("RRE", AVG, "2"), industry="C26").rows)


def test_nothing_known_is_neither_full_nor_zero() -> None:
    result = score_one("K3-04", values=GAS)
    assert (result.state, result.points) == (ItemState.NEEDS_JUDGEMENT, None)
    assert NO_BENCHMARK in result.message
    assert result.claimable == (D(1), D("0.6"), D(0))
    assert result.open_matters == (BlockerKind.UNCLAIMED,)


@pytest.mark.parametrize(("ratio", "points"), [("1", "0.60"), ("0.6", "0.36"), ("0", "0.00")])
def test_a_step_is_claimed_and_waits_for_judgement(ratio: str, points: str) -> None:
    result = score_one("K3-04", Answer(claimed_ratio=D(ratio), evidence_count=1), GAS)
    assert (result.state, result.points) == (ItemState.NEEDS_JUDGEMENT, D(points))
    assert result.open_matters == (BlockerKind.JUDGEMENT_OPEN,)


def test_a_claim_needs_evidence_and_a_step_that_exists() -> None:
    bare = score_one("K3-04", Answer(claimed_ratio=D(1), evidence_count=0), GAS)
    assert BlockerKind.CLAIM_WITHOUT_EVIDENCE in bare.open_matters
    assert score_one("K3-04", Answer(claimed_ratio=D("0.8")), GAS).state is ItemState.INVALID


def test_a_claim_gives_way_to_a_known_value() -> None:
    known = table(("WASTE_GAS_GEN", TOP20, "90"), ("WASTE_GAS_GEN", TOP5, "80"))
    result = score_one("K3-04", Answer(claimed_ratio=D(1)), GAS, benchmarks=known)
    assert (result.state, result.points) == (ItemState.SCORED, D("0.00"))
    assert result.warnings == ("已有行业基准，按基准计算，不采用主张的档次。",)


def test_missing_the_looser_mark_settles_the_stricter_one() -> None:
    known = table(("WASTE_GAS_GEN", TOP20, "90"))
    result = score_one("K3-04", values=GAS, benchmarks=known)
    assert (result.state, result.points) == (ItemState.SCORED, D("0.00"))


def test_meeting_the_looser_mark_leaves_the_stricter_one_to_a_claim() -> None:
    known = table(("WASTE_GAS_GEN", TOP20, "100"))
    plain = score_one("K3-04", values=GAS, benchmarks=known)
    assert (plain.state, plain.points, plain.claimable) == (ItemState.SCORED, D("0.36"), (D(1), D("0.6")))
    claim = score_one("K3-04", Answer(claimed_ratio=D(1)), GAS, benchmarks=known)
    assert (claim.state, claim.points) == (ItemState.NEEDS_JUDGEMENT, D("0.60"))
    below = score_one("K3-04", Answer(claimed_ratio=D(0)), GAS, benchmarks=known)
    assert below.state is ItemState.INVALID


def test_missing_the_stricter_mark_leaves_the_looser_one_open() -> None:
    known = table(("WASTE_GAS_GEN", TOP5, "80"))
    result = score_one("K3-04", values=GAS, benchmarks=known)
    assert (result.state, result.claimable) == (ItemState.NEEDS_JUDGEMENT, (D("0.6"), D(0)))


def test_an_advanced_quota_is_no_family_of_the_best_fifth() -> None:
    """Missing the sector's best 20 % does not prove that the quota's advanced value is missed."""
    known = table(("ENERGY_PER_PRODUCT", TOP20, "0.3"))
    values: dict[str, str | int] = {"energy_tce": 50, "product_qty": 100}
    assert score_one("K5-02", values=values, benchmarks=known).state is ItemState.NEEDS_JUDGEMENT


def test_a_typed_industry_value_is_a_claim_with_a_source() -> None:
    entered = Answer(benchmarks={"industry_avg": EnteredBenchmark(D(120), "行业协会 2025 年报")})
    result = score_one("K3-03", entered, GAS)
    assert (result.state, result.points) == (ItemState.NEEDS_JUDGEMENT, D("1.20"))
    assert "行业协会 2025 年报" in " ".join(result.reason_sentences)
    worse = Answer(benchmarks={"industry_avg": EnteredBenchmark(D(90), "行业协会 2025 年报")})
    assert score_one("K3-03", worse, GAS).points == D("0.00")
    unsourced = Answer(benchmarks={"industry_avg": EnteredBenchmark(D(120))})
    assert score_one("K3-03", unsourced, GAS).state is ItemState.INVALID


def test_a_typed_value_never_beats_the_table() -> None:
    entered = Answer(benchmarks={"industry_avg": EnteredBenchmark(D(500), "自报")})
    result = score_one("K3-03", entered, GAS, benchmarks=table(("WASTE_GAS_GEN", AVG, "90")))
    assert (result.state, result.points) == (ItemState.SCORED, D("0.00"))


def test_a_line_without_marks_takes_any_share_as_a_claim() -> None:
    values: dict[str, str | int] = {"renewable_tce": 20, "energy_tce": 100}
    assert score_one("N03", values=values, name=GENERAL).state is ItemState.NEEDS_JUDGEMENT
    claim = score_one("N03", Answer(claimed_ratio=D("0.55")), values, name=GENERAL)
    assert (claim.state, claim.points) == (ItemState.NEEDS_JUDGEMENT, D("4.40"))
    assert score_one("N03", Answer(claimed_ratio=D("1.01")), values, name=GENERAL).state is ItemState.INVALID


def test_one_mark_of_a_line_settles_what_lies_beyond_it() -> None:
    lead = table(("RRE", BenchmarkKind.LEAD, "30"))
    base = table(("RRE", BenchmarkKind.BASE, "10"))

    def state(renewable: int, marks: BenchmarkTable) -> tuple[ItemState, object]:
        result = score_one(
            "N03", values={"renewable_tce": renewable, "energy_tce": 100}, benchmarks=marks, name=GENERAL
        )
        return result.state, result.points

    assert state(30, lead) == (ItemState.SCORED, D("8.00"))
    assert state(29, lead) == (ItemState.NEEDS_JUDGEMENT, None)
    assert state(9, base) == (ItemState.SCORED, D("0.00"))
    assert state(11, base) == (ItemState.NEEDS_JUDGEMENT, None)


def test_typed_marks_of_a_line_make_a_claim() -> None:
    marks = {
        "lead_value": EnteredBenchmark(D(30), "行业规范"),
        "base_value": EnteredBenchmark(D(10), "行业规范"),
    }
    values: dict[str, str | int] = {"renewable_tce": 20, "energy_tce": 100}
    result = score_one("N03", Answer(benchmarks=marks), values, name=GENERAL)
    assert (result.state, result.points) == (ItemState.NEEDS_JUDGEMENT, D("4.00"))


def test_a_value_in_another_unit_is_not_compared() -> None:
    known = table(("WASTE_GAS_GEN", AVG, "0.12"), unit="万m³/t")
    result = score_one("K3-03", values=GAS, units={"产品单位": "t"}, benchmarks=known)
    assert result.state is ItemState.NEEDS_JUDGEMENT
    assert "单位 万m³/t 与本企业指标的单位 m³/t 不一致" in result.warnings[0]
    same = table(("WASTE_GAS_GEN", AVG, "120"), unit="m3/t")
    assert score_one("K3-03", values=GAS, units={"产品单位": "t"}, benchmarks=same).points == D("1.20")


def _rows(*pairs: tuple[str, int]) -> dict[str, tuple[MeasurementRow, ...]]:
    return {
        "POLLUTANT_GEN": tuple(
            MeasurementRow(name, {"pollutant_gen": D(amount)}, "kg") for name, amount in pairs
        )
    }


POLLUTANTS = table(
    ("POLLUTANT_GEN/化学需氧量", AVG, "3"),
    ("POLLUTANT_GEN/化学需氧量", TOP20, "2"),
    ("POLLUTANT_GEN/化学需氧量", TOP5, "1"),
    ("POLLUTANT_GEN/氨氮", AVG, "0.3"),
    ("POLLUTANT_GEN/氨氮", TOP20, "0.2"),
    ("POLLUTANT_GEN/氨氮", TOP5, "0.1"),
)


@pytest.mark.parametrize(
    ("cod", "ammonia", "points", "worst"),
    [
        (100, 10, "1.20", "化学需氧量"),
        (100, 20, "0.72", "氨氮"),
        (200, 10, "0.72", "化学需氧量"),
        (200, 21, "0.00", "氨氮"),
        (90, 100, "0.00", "氨氮"),
    ],
)
def test_each_pollutant_is_compared_with_its_own_value(
    cod: int, ammonia: int, points: str, worst: str
) -> None:
    result = score_one(
        "K3-02",
        values={"product_qty": 100},
        rows=_rows(("化学需氧量", cod), ("氨氮", ammonia)),
        benchmarks=POLLUTANTS,
    )
    assert (result.state, result.points, result.worst_row) == (ItemState.SCORED, D(points), worst)


def test_an_unknown_pollutant_is_not_compared_with_another_ones_value() -> None:
    rows = _rows(("化学需氧量", 100), ("总磷", 1))
    result = score_one("K3-02", values={"product_qty": 100}, rows=rows, benchmarks=POLLUTANTS)
    assert (result.state, result.points) == (ItemState.NEEDS_JUDGEMENT, None)
    bad = _rows(("化学需氧量", 900), ("总磷", 1))
    certain = score_one("K3-02", values={"product_qty": 100}, rows=bad, benchmarks=POLLUTANTS)
    assert (certain.state, certain.points) == (ItemState.SCORED, D("0.00"))


def test_the_order_of_rows_plays_no_part() -> None:
    one = _rows(("化学需氧量", 250), ("氨氮", 15))
    other = _rows(("氨氮", 15), ("化学需氧量", 250))
    results = [
        score_one("K3-02", values={"product_qty": 100}, rows=rows, benchmarks=POLLUTANTS)
        for rows in (one, other)
    ]
    assert results[0].points == results[1].points == D("0.00")
    assert results[0].worst_row == results[1].worst_row == "化学需氧量"


def test_the_worst_outlet_counts() -> None:
    rows = {
        "WATER_BETTER_RATIO": (
            MeasurementRow("DW001 化学需氧量", {"water_limit": D(500), "water_actual": D(100)}),
            MeasurementRow("DW001 氨氮", {"water_limit": D(45), "water_actual": D("40.5")}),
        )
    }
    result = score_one("H2-02", rows=rows)
    assert (result.points, result.worst_row, result.value) == (D("0.24"), "DW001 氨氮", D(10))


def test_an_outlet_over_its_limit_earns_nothing() -> None:
    rows = {"AIR_BETTER_RATIO": (MeasurementRow("DA001", {"air_limit": D(20), "air_actual": D(25)}),)}
    result = score_one("H1-02", rows=rows)
    assert (result.state, result.points, result.value) == (ItemState.SCORED, D("0.00"), D(-25))


def test_a_row_that_is_not_complete_names_itself() -> None:
    rows = {
        "AIR_BETTER_RATIO": (
            MeasurementRow("DA001", {"air_limit": D(20), "air_actual": D(5)}),
            MeasurementRow("DA002", {"air_limit": D(20)}),
        )
    }
    result = score_one("H1-02", rows=rows)
    assert (result.state, result.message) == (ItemState.UNANSWERED, "DA002：请填写年均浓度。")


def test_a_metric_counts_the_same_for_every_item_that_uses_it() -> None:
    """K3-01 and N11 read the same rows; the alternative metric of N11 has its own."""
    rows = {
        **_rows(("化学需氧量", 250)),
        "POLLUTANT_EMIT": (MeasurementRow("化学需氧量", {"pollutant_emit": D(50)}),),
    }
    emitted = table(("POLLUTANT_EMIT/化学需氧量", AVG, "1"), ("POLLUTANT_EMIT/化学需氧量", TOP5, "0.5"))
    answer = Answer(metric="POLLUTANT_EMIT", metric_confirmed=True)
    result = score_one("N11", answer, {"product_qty": 100}, rows=rows, benchmarks=emitted, name=GENERAL)
    assert (result.state, result.points) == (ItemState.SCORED, D("6.00"))


def test_the_demonstration_table_is_valid_and_marked() -> None:
    metrics = {metric.code: metric for name in (SUZHOU, GENERAL) for metric in scheme(name).metrics}
    assert benchmark_problems(read("benchmarks_demo"), metrics.values()) == []
    rows = demo_table().rows
    assert all(row.example and "虚构" in row.source for row in rows)
    assert {row.industry_code for row in rows} >= {"C17", "C26", "C27", "C33", "C35", "C36", "C38", "C39"}
    assert demo_table().subjects("POLLUTANT_GEN", "2614") == ("化学需氧量", "挥发性有机物")
    assert load_benchmarks({"rows": [row.as_mapping() for row in rows]}) == demo_table()


def test_a_finer_demonstration_value_beats_its_parent() -> None:
    fine = demo_table().lookup("ENERGY_PER_PRODUCT", "3982", AVG)
    coarse = demo_table().lookup("ENERGY_PER_PRODUCT", "3989", AVG)
    assert fine is not None
    assert coarse is not None
    assert (fine.value, coarse.value) == (D("2.6"), D("1.9"))


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"unit": ""}, "rows[0].unit", "必须填写"),
        ({"source": None}, "rows[0].source", "必须填写"),
        ({"value": "多"}, "rows[0].value", "不是数字"),
        ({"value": -1}, "rows[0].value", "负数"),
        ({"kind": "best"}, "rows[0].kind", "“best”"),
        ({"metric": "XYZ"}, "rows[0].metric", "“XYZ”"),
        ({"industry_code": "C2"}, "rows[0].industry_code", "2 至 4 位"),
        ({"industry_code": "26145"}, "rows[0].industry_code", "2 至 4 位"),
    ],
)
def test_a_wrong_row_is_told_where_and_why(changes: dict[str, Any], path: str, words: str) -> None:
    problems = benchmark_problems({"rows": [{**ROW, **changes}]}, scheme(SUZHOU).metrics)
    assert [(problem.path, words in problem.message) for problem in problems] == [(path, True)]


def test_doubles_and_marks_in_disorder_are_found() -> None:
    twice = benchmark_problems({"rows": [ROW, {**ROW, "industry_code": "26"}]})
    assert ["重复" in problem.message for problem in twice] == [True]
    looser = {**ROW, "kind": "top5", "value": 4}
    (problem,) = benchmark_problems({"rows": [ROW, looser]}, scheme(SUZHOU).metrics)
    assert "不应比行业平均值宽松" in problem.message
    assert benchmark_problems({"rows": [ROW, {**looser, "value": 6}]}, scheme(SUZHOU).metrics) == []


def test_an_empty_table_knows_nothing() -> None:
    assert EMPTY_TABLE.rows == ()
    assert EMPTY_TABLE.subjects("RRE", "2614") == ()
