"""Both schemes as data: what they hold, that they survive storing, and every way an import can be wrong."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from apps.policy.evaluation.loading import InvalidScheme, load_metrics, load_scheme, scheme_problems
from apps.policy.evaluation.serialising import (
    benchmark_fields,
    bundle,
    canonical_json,
    digest,
    scheme_to_mapping,
)
from apps.policy.evaluation.spec import Requirement
from tests.policy.evaluation.materials import GENERAL, SUZHOU, D, raw_scheme, read, scheme


def test_the_suzhou_system_is_complete() -> None:
    spec = scheme(SUZHOU)
    assert [(row.code, int(row.weight)) for row in spec.dimensions] == [
        ("J", 20),
        ("G", 15),
        ("E", 15),
        ("P", 10),
        ("H", 10),
        ("K", 30),
    ]
    assert len(spec.items) == 97
    assert sum(len(row.secondaries) for row in spec.dimensions) == 25
    assert Counter(item.method.name for item in spec.items) == {
        "binary": 44,
        "graded": 21,
        "benchmark": 14,
        "tiered": 13,
        "benchmark_multiple": 4,
        "count": 1,
    }
    assert spec.is_reconstruction


def test_mandatory_items_are_sixty_of_each_dimension() -> None:
    for dimension in scheme(SUZHOU).dimensions:
        raw = [(item.raw_points or Decimal(0), item.requirement) for item in dimension.items]
        assert sum(points for points, kind in raw if kind is Requirement.MANDATORY) == 60
        assert sum(points for points, kind in raw if kind is Requirement.OPTIONAL) == 40


def test_the_general_standard_is_complete() -> None:
    spec = scheme(GENERAL)
    assert [(row.name, int(row.weight)) for row in spec.dimensions] == [
        ("能源低碳化", 30),
        ("资源高效化", 30),
        ("生产洁净化", 16),
        ("产品绿色化", 16),
        ("用地集约化", 8),
    ]
    assert [item.seq for item in spec.items] == list(range(1, 15))
    assert all(group.implicit for row in spec.dimensions for group in row.secondaries)
    assert not spec.is_reconstruction


def test_all_metrics_of_the_library_load_and_both_schemes_use_them_all() -> None:
    library = bundle({"metrics": read("metrics")["metrics"]}, {}, read("ecm_functions"))
    codes = {metric.code for metric in load_metrics(library)}
    used = {metric.code for name in (SUZHOU, GENERAL) for metric in scheme(name).metrics}
    assert len(codes) == 28
    assert codes == used


def test_four_metrics_take_the_worst_of_rows() -> None:
    metrics = {metric.code: metric for name in (SUZHOU, GENERAL) for metric in scheme(name).metrics}
    assert {code for code, metric in metrics.items() if metric.worst_of_rows} == {
        "POLLUTANT_GEN",
        "POLLUTANT_EMIT",
        "AIR_BETTER_RATIO",
        "WATER_BETTER_RATIO",
    }


@pytest.mark.parametrize("name", [SUZHOU, GENERAL])
def test_a_scheme_survives_the_database(name: str) -> None:
    spec = scheme(name)
    stored = scheme_to_mapping(spec)
    again = load_scheme(json.loads(json.dumps(stored)))
    assert again == spec
    assert scheme_to_mapping(again) == stored
    assert digest(scheme_to_mapping(again)) == digest(stored)
    assert json.loads(canonical_json(stored)) == stored


def test_the_digest_changes_with_any_content() -> None:
    stored = scheme_to_mapping(scheme(SUZHOU))
    changed = json.loads(json.dumps(stored))
    changed["dimensions"][0]["secondary"][0]["items"][0]["guidance"] += "。"
    assert digest(changed) != digest(stored)
    assert len(digest(stored)) == 64


def test_points_are_decimals_although_yaml_reads_floats() -> None:
    assert scheme(SUZHOU).item("J1-01").max_points == D("1.6")
    assert scheme(SUZHOU).item("G1-03").max_points == D("0.75")


def test_the_inputs_are_listed_once_each() -> None:
    codes = [entry.code for entry in scheme(SUZHOU).inputs()]
    assert len(codes) == len(set(codes))
    assert {"energy_tce", "product_qty", "land_area_m2", "output_value"} <= set(codes)


def test_fields_an_enterprise_may_enter() -> None:
    fields = {item.code: benchmark_fields(item.method) for item in scheme(SUZHOU).items}
    assert fields["K1-01"] == ("required_value",)
    assert fields["K3-02"] == ("industry_top5", "industry_top20")
    assert fields["K5-03"] == ("industry_avg",)
    assert fields["J1-01"] == ()
    assert benchmark_fields(scheme(GENERAL).item("N03").method) == ("lead_value", "base_value")
    assert benchmark_fields(scheme(GENERAL).item("N04").method) == ()


Breaking = Callable[[dict[str, Any]], object]


def _item(raw: dict[str, Any], code: str) -> dict[str, Any]:
    for dimension in raw["dimensions"]:
        for group in dimension.get("secondary", [dimension]):
            for item in group["items"]:
                if item["code"] == code:
                    found: dict[str, Any] = item
                    return found
    raise KeyError(code)


def _metric(raw: dict[str, Any], code: str) -> dict[str, Any]:
    return next(metric for metric in raw["metrics"] if metric["code"] == code)


def _set(of: str, **values: object) -> Breaking:
    return lambda raw: _item(raw, of).update(values)


def _scoring(of: str, **values: object) -> Breaking:
    return lambda raw: _item(raw, of)["scoring"].update(values)


def _tiers(code: str, *tiers: dict[str, object]) -> Breaking:
    return _scoring(code, tiers=list(tiers))


@pytest.mark.parametrize(
    ("break_it", "path", "words"),
    [
        (lambda raw: raw.update(total_points=90), "total_points", "总分应为 100（当前为 90）"),
        (lambda raw: raw["dimensions"][0].update(weight=19), "dimensions", "合计应为 100（当前为 99）"),
        (lambda raw: raw["dimensions"][0].update(weight=0), "dimensions[0].weight", "应大于 0"),
        (lambda raw: raw["dimensions"].pop(), "item_count", "实有 73 个"),
        (lambda raw: raw.update(secondary_count=24), "secondary_count", "实有 25 个"),
        (lambda raw: raw["dimensions"][1].update(code="J"), "dimensions", "维度代码“J”重复"),
        (_set("J1-02", code="J1-01"), "dimensions", "条目代码“J1-01”重复"),
        (
            lambda raw: raw["dimensions"][0]["secondary"][1].update(code="J1"),
            "dimensions",
            "二级指标代码“J1”重复",
        ),
        (lambda raw: raw["metrics"].append(raw["metrics"][0]), "metrics", "重复"),
        (_set("J1-01", max_points=1.7), "dimensions[0]", "与原始分 8 × 权重 20% = 1.6 不符"),
        (_set("J1-01", raw_points=9), "dimensions[0].mandatory_raw", "应为 60（当前为 61）"),
        (_set("J1-01", requirement="可选"), "dimensions[0].optional_raw", "应为 40（当前为 48）"),
        (
            lambda raw: _item(raw, "J1-01").pop("raw_points"),
            "dimensions[0]",
            "各条目都应填写原始分",
        ),
        (_set("J1-01", requirement="任选"), "dimensions[0].secondary[0].items[0].requirement", "必选、可选"),
        (_set("J1-01", max_points="1.605"), "dimensions[0].secondary[0].items[0].max_points", "0.01"),
        (_set("J1-01", max_points=-1), "dimensions[0].secondary[0].items[0].max_points", "应大于 0"),
        (_set("J1-01", max_points="一"), "dimensions[0].secondary[0].items[0].max_points", "不是数字"),
        (_set("J1-01", max_points=float("nan")), "dimensions[0].secondary[0].items[0].max_points", "有限"),
        (_set("J1-01", name=""), "dimensions[0].secondary[0].items[0].name", "必须填写"),
        (_set("J1-01", evidence="照片"), "dimensions[0].secondary[0].items[0].evidence", "一列文字"),
        (_set("J1-01", na_allowed="是"), "dimensions[0].secondary[0].items[0].na_allowed", "true"),
        (_set("J1-01", na_alowed=True), "dimensions[0].secondary[0].items[0].na_alowed", "没有这个字段"),
        (_set("J1-01", sources=["某处"]), "dimensions[0].secondary[0].items[0].sources", "没有说明"),
        (
            _set("J1-01", alternative_metrics=["RRE"]),
            "dimensions[0].secondary[0].items[0].alternative_metrics",
            "先有主指标",
        ),
        (
            _set("J2-05", metric="NONE"),
            "dimensions[0].secondary[1].items[4].metric",
            "没有代码为“NONE”的指标",
        ),
        (_scoring("J2-05", metric="RRE"), "dimensions[0].secondary[1].items[4].scoring.metric", "一致"),
        (_scoring("J1-01", method="guess"), "dimensions[0].secondary[0].items[0].scoring.method", "“guess”"),
        (_set("J1-01", scoring=None), "dimensions[0].secondary[0].items[0].scoring", "一组字段"),
        (
            _tiers("J2-05", {"op": ">=", "value": 50, "ratio": 1}, {"op": ">=", "value": 90, "ratio": 0.5}),
            "dimensions[0].secondary[1].items[4].scoring.tiers",
            "从严到宽",
        ),
        (
            _tiers("J2-05", {"op": ">=", "value": 90, "ratio": 0.5}, {"op": ">=", "value": 50, "ratio": 1}),
            "dimensions[0].secondary[1].items[4].scoring.tiers",
            "从高到低",
        ),
        (
            _tiers("J2-05", {"op": ">=", "value": 90, "ratio": 1.5}),
            "dimensions[0].secondary[1].items[4].scoring.tiers",
            "0 至 1",
        ),
        (
            _tiers("J2-05", {"op": "<=", "value": 90, "ratio": 1}),
            "dimensions[0].secondary[1].items[4].scoring.tiers",
            "应使用 >= 或 >",
        ),
        (
            _tiers("J2-05", {"op": "=", "value": 90, "ratio": 1}),
            "dimensions[0].secondary[1].items[4].scoring.tiers[0].op",
            "之一",
        ),
        (_tiers("J2-05"), "dimensions[0].secondary[1].items[4].scoring.tiers", "至少要有一条"),
        (
            _scoring("J1-05", options=[{"label": "好", "ratio": 0.9}, {"label": "差", "ratio": 0}]),
            "dimensions[0].secondary[0].items[4].scoring.options",
            "第一档的系数应为 1",
        ),
        (
            _scoring("J1-05", options=[{"label": "好", "ratio": 1}, {"label": "好", "ratio": 0}]),
            "dimensions[0].secondary[0].items[4].scoring.options",
            "“好”重复",
        ),
        (_scoring("E1-05", full_at=13), "dimensions[2].secondary[0].items[4].scoring.full_at", "候选项数"),
        (_scoring("E1-05", full_at=2.5), "dimensions[2].secondary[0].items[4].scoring.full_at", "整数"),
        (
            _scoring("E1-05", max_options=11),
            "dimensions[2].secondary[0].items[4].scoring.max_options",
            "与选项数 12 不符",
        ),
        (
            _scoring("K3-01", direction="higher"),
            "dimensions[5].secondary[2].items[0].scoring.direction",
            "方向不一致",
        ),
        (
            _tiers("K3-01", {"against": "industry_best", "ratio": 1}),
            "dimensions[5].secondary[2].items[0].scoring.tiers[0].against",
            "industry_best",
        ),
        (
            _tiers("K3-01", {"against": "calculated_only", "ratio": 1}),
            "dimensions[5].secondary[2].items[0].scoring.tiers",
            "至少要有一档与行业值比较",
        ),
        (
            _tiers("K1-02", {"multiple_gte": 1.2, "ratio": 1}, {"multiple_gte": 2, "ratio": 0.5}),
            "dimensions[5].secondary[0].items[1].scoring.tiers",
            "从严到宽",
        ),
        (
            _tiers("K1-02", {"multiple_gte": 0, "ratio": 1}),
            "dimensions[5].secondary[0].items[1].scoring.tiers",
            "倍数应大于 0",
        ),
        (
            lambda raw: _metric(raw, "FAR").update(formula="floor_area_m2 / "),
            "metrics[0].formula",
            "不完整",
        ),
        (
            lambda raw: _metric(raw, "FAR").update(formula="floor_area_m2 / land_area_m2"),
            "metrics[0].inputs",
            "“high_bay_extra_m2”在公式中没有用到",
        ),
        (
            lambda raw: _metric(raw, "FAR")["inputs"].pop(),
            "metrics[0].formula",
            "“land_area_m2”没有列为填报项",
        ),
        (
            lambda raw: _metric(raw, "FAR")["inputs"][2].update(unit="亩"),
            "metrics[1]",
            "“land_area_m2”在不同指标中的名称、单位或选项不一致",
        ),
        (
            lambda raw: raw["metrics"].append({**_metric(raw, "FAR"), "code": "FAR2"}),
            "metrics[22]",
            "“FAR2”未被任何条目引用",
        ),
        (lambda raw: _metric(raw, "FAR").update(worst_of_rows=True), "metrics[0].row_inputs", "逐行"),
        (lambda raw: raw.update(effective_from="2023年"), "effective_from", "2026-01-31"),
        (lambda raw: raw.update(effective_to="2020-01-01"), "effective_to", "不能早于"),
        (lambda raw: raw.update(schema_version=2), "schema_version", "格式版本为 1"),
        (lambda raw: raw.update(dimensions=[]), "dimensions", "至少要有一条"),
        (lambda raw: raw.update(dimensions=["J"]), "dimensions[0]", "一组字段"),
        (
            lambda raw: raw["dimensions"][0].update(items=[]),
            "dimensions[0].items",
            "至少要有一条",
        ),
    ],
)
def test_a_broken_import_is_told_where_and_why(break_it: Breaking, path: str, words: str) -> None:
    raw = raw_scheme(SUZHOU)
    break_it(raw)
    problems = scheme_problems(raw)
    assert any(problem.path == path and words in problem.message for problem in problems), [
        str(problem) for problem in problems
    ]
    with pytest.raises(InvalidScheme) as refused:
        load_scheme(raw)
    assert refused.value.problems == tuple(problems)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"lead_value": 8, "base_value": None}, "同时填写"),
        ({"lead_value": 3, "base_value": 8}, "应严于"),
        ({"lead_value": 8, "base_value": 8}, "应严于"),
    ],
)
def test_a_line_needs_two_marks_in_order(values: dict[str, object], words: str) -> None:
    raw = raw_scheme(GENERAL)
    _item(raw, "N04")["scoring"].update(values)
    (problem,) = scheme_problems(raw)
    assert problem.path == "dimensions[0].items[3].scoring.lead_value"
    assert words in problem.message


def test_all_problems_are_found_at_once() -> None:
    raw = raw_scheme(SUZHOU)
    _item(raw, "J1-01")["name"] = ""
    _item(raw, "K5-04")["max_points"] = "x"
    assert [problem.path for problem in scheme_problems(raw)] == [
        "dimensions[0].secondary[0].items[0].name",
        "dimensions[5].secondary[4].items[3].max_points",
    ]


def test_a_third_scheme_needs_no_developer() -> None:
    """A sector standard with its own metric, its own dimensions and a metric of the library."""
    raw = bundle(
        {
            "code": "SECTOR-PCB",
            "name": "印制电路板行业标准（示例）",
            "status": "standard",
            "total_points": 100,
            "dimensions": [
                {
                    "code": "A",
                    "name": "能源",
                    "weight": 100,
                    "items": [
                        {
                            "code": "A1",
                            "name": "铜回收率",
                            "requirement": "必选",
                            "max_points": 60,
                            "metric": "COPPER",
                            "scoring": {
                                "method": "tiered",
                                "tiers": [{"op": ">=", "value": 95, "ratio": 1}],
                            },
                        },
                        {
                            "code": "A2",
                            "name": "可再生能源",
                            "requirement": "可选",
                            "max_points": 40,
                            "metric": "RRE",
                            "scoring": {
                                "method": "linear_benchmark",
                                "direction": "higher",
                                "lead_value": 30,
                                "base_value": 5,
                            },
                        },
                    ],
                }
            ],
            "metrics": [
                {
                    "code": "COPPER",
                    "name": "铜回收率",
                    "unit": "%",
                    "direction": "higher",
                    "formula": "copper_recovered_t / copper_waste_t * 100",
                    "inputs": [
                        {"code": "copper_recovered_t", "name": "回收铜", "unit": "t"},
                        {"code": "copper_waste_t", "name": "含铜废物", "unit": "t"},
                    ],
                }
            ],
        },
        read("metrics"),
    )
    assert scheme_problems(raw) == []
    spec = load_scheme(raw)
    assert {metric.code for metric in spec.metrics} == {"COPPER", "RRE"}
    assert load_scheme(scheme_to_mapping(spec)) == spec
