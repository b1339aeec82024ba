"""Owns reading a scheme from its mapping (YAML, JSON or a database row) into a `SchemeSpec`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apps.policy.evaluation.checking import spec_problems
from apps.policy.evaluation.decimals import ZERO
from apps.policy.evaluation.formula import Formula, FormulaError, parse
from apps.policy.evaluation.problems import Problem
from apps.policy.evaluation.reading import Node
from apps.policy.evaluation.spec import (
    AGAINST,
    CALCULATED_ONLY,
    Benchmark,
    BenchmarkMultiple,
    BenchmarkTier,
    Binary,
    Count,
    DimensionSpec,
    Direction,
    Graded,
    InputSpec,
    ItemSpec,
    LinearBenchmark,
    Method,
    MetricSpec,
    MultipleTier,
    Option,
    Requirement,
    SchemeRequirement,
    SchemeSpec,
    SecondarySpec,
    Tier,
    Tiered,
)

SCHEMA_VERSION = 1

# fmt: off
_SCHEME_FIELDS = (
    "schema_version", "code", "name", "status", "provenance", "effective_from", "effective_from_note",
    "effective_to", "total_points", "item_count", "secondary_count", "dimensions", "metrics", "sources",
    "basic_requirements", "level_thresholds",
)
_DIMENSION_FIELDS = (
    "code", "name", "weight", "raw_total", "mandatory_raw", "optional_raw", "secondary", "items",
)
_ITEM_FIELDS = (
    "code", "seq", "name", "requirement", "raw_points", "max_points", "scoring", "guidance", "evidence",
    "onsite_check", "na_allowed", "metric", "alternative_metrics", "indicator_type", "unit",
    "benchmark_note", "sources",
)
_METRIC_FIELDS = (
    "code", "name", "unit", "direction", "formula", "inputs", "worst_of_rows", "row_name", "row_inputs",
    "sources", "note",
)
# fmt: on


class InvalidScheme(ValueError):
    """The mapping is no valid scheme; `problems` say where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("；".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def load_scheme(mapping: Mapping[str, Any]) -> SchemeSpec:
    """Read and validate a self-contained scheme (see `serialising.bundle`). Raises InvalidScheme."""
    spec, problems = _read(mapping)
    if problems:
        raise InvalidScheme(problems)
    return spec


def scheme_problems(mapping: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with a scheme, addressed; an empty list means `load_scheme` will accept it."""
    return _read(mapping)[1]


def read_draft(mapping: Mapping[str, Any]) -> tuple[SchemeSpec, list[Problem]]:
    """Read a scheme that is still being written, with everything wrong with it.

    Where a field cannot be read its stand-in is used (0, empty, the first choice), so that what is there can be
    shown and edited; `load_scheme` accepts the mapping exactly when the list is empty.
    """
    spec, problems = _parsed(mapping)
    # A field that could not be read is told once: what its stand-in breaks would only confuse.
    told = {found.path for found in problems}
    return spec, problems + [found for found in spec_problems(spec) if found.path not in told]


def load_metrics(mapping: Mapping[str, Any]) -> tuple[MetricSpec, ...]:
    """Read a metric library {"metrics": [...]}. Raises InvalidScheme."""
    problems: list[Problem] = []
    metrics = tuple(_metric(node) for node in Node(mapping, "", problems).nodes("metrics", required=True))
    if problems:
        raise InvalidScheme(problems)
    return metrics


def _read(mapping: Mapping[str, Any]) -> tuple[SchemeSpec, list[Problem]]:
    spec, problems = _parsed(mapping)
    return spec, problems or spec_problems(spec)


def _parsed(mapping: Mapping[str, Any]) -> tuple[SchemeSpec, list[Problem]]:
    problems: list[Problem] = []
    root = Node(mapping, "", problems)
    root.only(*_SCHEME_FIELDS)
    version = root.integer("schema_version")
    if version not in (None, SCHEMA_VERSION):
        root.note("schema_version", f"本系统能读取的格式版本为 {SCHEMA_VERSION}")
    spec = SchemeSpec(
        code=root.text("code", required=True),
        name=root.text("name", required=True),
        status=root.text("status", required=True),
        total_points=root.must_number("total_points"),
        dimensions=tuple(_dimension(node) for node in root.nodes("dimensions", required=True)),
        metrics=tuple(_metric(node) for node in root.nodes("metrics")),
        effective_from=root.optional_text("effective_from"),
        effective_from_note=root.text("effective_from_note"),
        effective_to=root.optional_text("effective_to"),
        item_count=root.integer("item_count"),
        secondary_count=root.integer("secondary_count"),
        provenance=root.text("provenance"),
        level_thresholds=root.text("level_thresholds"),
        basic_requirements=tuple(
            SchemeRequirement(node.text("code", required=True), node.text("rule", required=True))
            for node in root.nodes("basic_requirements")
        ),
        sources=root.text_pairs("sources"),
    )
    return spec, problems


def _dimension(node: Node) -> DimensionSpec:
    node.only(*_DIMENSION_FIELDS)
    code, name = node.text("code", required=True), node.text("name", required=True)
    if node.has("items") and node.has("secondary"):
        node.note("items", "条目应写在二级指标之下，或没有二级指标时直接写在维度之下，不能两处都写")
    if node.has("items"):
        items = tuple(_item(child) for child in node.nodes("items", required=True))
        secondaries: tuple[SecondarySpec, ...] = (SecondarySpec(code, name, items, implicit=True),)
    else:
        secondaries = tuple(_secondary(child) for child in node.nodes("secondary", required=True))
    return DimensionSpec(
        code=code,
        name=name,
        weight=node.must_number("weight"),
        secondaries=secondaries,
        raw_total=node.number("raw_total", required=False),
        mandatory_raw=node.number("mandatory_raw", required=False),
        optional_raw=node.number("optional_raw", required=False),
    )


def _secondary(node: Node) -> SecondarySpec:
    node.only("code", "name", "items")
    return SecondarySpec(
        code=node.text("code", required=True),
        name=node.text("name", required=True),
        items=tuple(_item(child) for child in node.nodes("items", required=True)),
    )


def _item(node: Node) -> ItemSpec:
    node.only(*_ITEM_FIELDS)
    metric = node.optional_text("metric")
    return ItemSpec(
        code=node.text("code", required=True),
        name=node.text("name", required=True),
        requirement=node.choice("requirement", Requirement, Requirement.MANDATORY),
        max_points=node.must_number("max_points"),
        method=_method(node.node("scoring"), metric),
        raw_points=node.number("raw_points", required=False),
        metric=metric,
        alternative_metrics=node.texts("alternative_metrics"),
        guidance=node.text("guidance"),
        evidence=node.texts("evidence"),
        onsite_check=node.flag("onsite_check"),
        na_allowed=node.flag("na_allowed"),
        unit=node.text("unit"),
        indicator_type=node.text("indicator_type"),
        benchmark_note=node.text("benchmark_note"),
        seq=node.integer("seq"),
        sources=node.texts("sources"),
    )


def _metric(node: Node) -> MetricSpec:
    node.only(*_METRIC_FIELDS)
    inputs = []
    for child in node.nodes("inputs", required=True):
        child.only("code", "name", "unit", "source_form", "options")
        inputs.append(
            InputSpec(
                code=child.text("code", required=True),
                name=child.text("name", required=True),
                unit=child.text("unit"),
                source_form=child.text("source_form"),
                options=child.texts("options"),
            )
        )
    return MetricSpec(
        code=node.text("code", required=True),
        name=node.text("name", required=True),
        unit=node.text("unit"),
        direction=node.choice("direction", Direction, Direction.HIGHER),
        formula=_formula(node),
        inputs=tuple(inputs),
        worst_of_rows=node.flag("worst_of_rows"),
        row_name=node.text("row_name"),
        row_inputs=node.texts("row_inputs"),
        sources=node.texts("sources"),
        note=node.text("note"),
    )


def _formula(node: Node) -> Formula:
    source = node.text("formula", required=True)
    try:
        return parse(source or "0")
    except FormulaError as error:
        node.note("formula", str(error))
        return parse("0")


def _method(node: Node, item_metric: str | None) -> Method:
    name = node.text("method", required=True)
    reader = _METHODS.get(name)
    if reader is None:
        if name:
            node.note("method", f"应为{'、'.join(_METHODS)}之一（当前为“{name}”）")
        return Binary()
    return reader(node, node.text("metric", default=item_metric or ""))


def _binary(node: Node, _metric: str) -> Method:
    node.only("method")
    return Binary()


def _graded(node: Node, _metric: str) -> Method:
    node.only("method", "options")
    options = node.nodes("options", required=True)
    for option in options:
        option.only("label", "ratio")
    return Graded(
        tuple(Option(entry.text("label", required=True), entry.must_number("ratio")) for entry in options)
    )


def _tiered(node: Node, metric: str) -> Method:
    node.only("method", "metric", "tiers", "otherwise")
    tiers = []
    for entry in node.nodes("tiers", required=True):
        entry.only("op", "value", "ratio")
        op = entry.text("op", required=True)
        if op not in (">=", ">", "<=", "<"):
            entry.note("op", "应为 >=、>、<=、< 之一")
        tiers.append(Tier(op, entry.must_number("value"), entry.must_number("ratio")))
    return Tiered(metric, tuple(tiers), node.number("otherwise", required=False) or ZERO)


def _count(node: Node, metric: str) -> Method:
    node.only("method", "metric", "full_at", "max_options")
    return Count(
        metric, node.integer("full_at", required=True) or 0, node.integer("max_options", required=True) or 0
    )


def _benchmark(node: Node, metric: str) -> Method:
    node.only(
        "method", "metric", "direction", "tiers", "otherwise", "benchmark_fields", "benchmark_source_required"
    )
    tiers = []
    for entry in node.nodes("tiers", required=True):
        entry.only("against", "fallback", "ratio")
        against, fallback = entry.text("against", required=True), entry.text("fallback")
        if against and against not in AGAINST and against != CALCULATED_ONLY:
            entry.note("against", f"应为{'、'.join((*AGAINST, CALCULATED_ONLY))}之一（当前为“{against}”）")
        if fallback and fallback not in AGAINST:
            entry.note("fallback", f"应为{'、'.join(AGAINST)}之一（当前为“{fallback}”）")
        tiers.append(BenchmarkTier(against, entry.must_number("ratio"), fallback))
    return Benchmark(
        metric=metric,
        direction=node.choice("direction", Direction, Direction.HIGHER),
        tiers=tuple(tiers),
        otherwise=node.number("otherwise", required=False) or ZERO,
        source_required=node.flag("benchmark_source_required", default=True),
    )


def _multiple(node: Node, metric: str) -> Method:
    node.only(
        "method", "metric", "direction", "tiers", "otherwise", "benchmark_fields", "benchmark_source_required"
    )
    direction = node.choice("direction", Direction, Direction.HIGHER)
    key = "multiple_gte" if direction is Direction.HIGHER else "multiple_lte"
    tiers = []
    for entry in node.nodes("tiers", required=True):
        entry.only(key, "ratio")
        tiers.append(MultipleTier(entry.must_number(key), entry.must_number("ratio")))
    return BenchmarkMultiple(
        metric=metric,
        direction=direction,
        tiers=tuple(tiers),
        otherwise=node.number("otherwise", required=False) or ZERO,
        source_required=node.flag("benchmark_source_required", default=True),
    )


def _linear(node: Node, metric: str) -> Method:
    node.only("method", "metric", "direction", "lead_value", "base_value", "rule", "values_from")
    return LinearBenchmark(
        metric=metric,
        direction=node.choice("direction", Direction, Direction.HIGHER),
        lead_value=node.number("lead_value", required=False),
        base_value=node.number("base_value", required=False),
        rule=node.text("rule"),
    )


_METHODS: dict[str, Callable[[Node, str], Method]] = {
    "binary": _binary,
    "graded": _graded,
    "tiered": _tiered,
    "count": _count,
    "benchmark": _benchmark,
    "benchmark_multiple": _multiple,
    "linear_benchmark": _linear,
}
