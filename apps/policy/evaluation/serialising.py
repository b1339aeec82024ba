"""Owns a scheme's stored form: the self-contained mapping, its canonical text and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from apps.policy.evaluation.decimals import plain
from apps.policy.evaluation.loading import SCHEMA_VERSION
from apps.policy.evaluation.spec import (
    AGAINST,
    REQUIRED_VALUE,
    Benchmark,
    BenchmarkMultiple,
    Count,
    DimensionSpec,
    Direction,
    Graded,
    InputSpec,
    ItemSpec,
    LinearBenchmark,
    Method,
    MetricSpec,
    SchemeSpec,
    Tiered,
)


def bundle(
    scheme: Mapping[str, Any],
    library: Mapping[str, Any],
    checklists: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Make a scheme self-contained: add the library's metrics it refers to and does not define itself.

    `library` is {"metrics": [...], "sources": {...}}; an input with `checklist: name` gets its options from
    `checklists`. Metrics nobody defines are left for `scheme_problems` to report.
    """
    own = list(scheme.get("metrics") or ())
    defined = {metric.get("code") for metric in _mappings(own)}
    wanted = _metric_codes(scheme)
    added = [
        metric
        for metric in library.get("metrics", ())
        if metric["code"] in wanted and metric["code"] not in defined
    ]
    metrics = [_with_options(metric, checklists or {}) for metric in own + added]
    sources = dict(scheme.get("sources") or {})
    for metric in added:
        for name in metric.get("sources", ()):
            if sources and name in library.get("sources", {}):
                sources.setdefault(name, library["sources"][name])
    return {**scheme, "metrics": metrics, "sources": sources}


def canonical_json(mapping: Mapping[str, Any]) -> str:
    """The one text of a mapping: sorted keys, no spaces, text as it is."""
    return json.dumps(mapping, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(mapping: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the canonical text; take it of `scheme_to_mapping(spec)`."""
    return hashlib.sha256(canonical_json(mapping).encode()).hexdigest()


def scheme_to_mapping(spec: SchemeSpec) -> dict[str, Any]:
    """The JSON-ready form of a scheme: decimals as text; `load_scheme` reads it back to an equal value."""
    return _filled(
        {
            "schema_version": SCHEMA_VERSION,
            "code": spec.code,
            "name": spec.name,
            "status": spec.status,
            "provenance": spec.provenance,
            "effective_from": spec.effective_from,
            "effective_from_note": spec.effective_from_note,
            "effective_to": spec.effective_to,
            "total_points": plain(spec.total_points),
            "item_count": spec.item_count,
            "secondary_count": spec.secondary_count,
            "level_thresholds": spec.level_thresholds,
            "basic_requirements": [{"code": row.code, "rule": row.rule} for row in spec.basic_requirements],
            "sources": dict(spec.sources),
            "dimensions": [_dimension(dimension) for dimension in spec.dimensions],
            "metrics": [_metric(metric) for metric in spec.metrics],
        }
    )


def _dimension(dimension: DimensionSpec) -> dict[str, Any]:
    written: dict[str, Any] = {
        "code": dimension.code,
        "name": dimension.name,
        "weight": plain(dimension.weight),
        "raw_total": _number(dimension.raw_total),
        "mandatory_raw": _number(dimension.mandatory_raw),
        "optional_raw": _number(dimension.optional_raw),
    }
    if dimension.secondaries and dimension.secondaries[0].implicit:
        written["items"] = [_item(item) for item in dimension.items]
    else:
        written["secondary"] = [
            {"code": group.code, "name": group.name, "items": [_item(item) for item in group.items]}
            for group in dimension.secondaries
        ]
    return _filled(written)


def _item(item: ItemSpec) -> dict[str, Any]:
    return _filled(
        {
            "code": item.code,
            "seq": item.seq,
            "name": item.name,
            "requirement": item.requirement.value,
            "raw_points": _number(item.raw_points),
            "max_points": plain(item.max_points),
            "scoring": _method(item.method),
            "metric": item.metric,
            "alternative_metrics": list(item.alternative_metrics),
            "guidance": item.guidance,
            "evidence": list(item.evidence),
            "onsite_check": item.onsite_check,
            "na_allowed": item.na_allowed,
            "unit": item.unit,
            "indicator_type": item.indicator_type,
            "benchmark_note": item.benchmark_note,
            "sources": list(item.sources),
        }
    )


def _method(method: Method) -> dict[str, Any]:
    written: dict[str, Any] = {"method": method.name}
    if isinstance(method, Graded):
        written["options"] = [{"label": row.label, "ratio": plain(row.ratio)} for row in method.options]
    elif isinstance(method, Tiered):
        written |= {
            "metric": method.metric,
            "tiers": [
                {"op": row.op, "value": plain(row.value), "ratio": plain(row.ratio)} for row in method.tiers
            ],
            "otherwise": plain(method.otherwise),
        }
    elif isinstance(method, Count):
        written |= {"metric": method.metric, "full_at": method.full_at, "max_options": method.max_options}
    elif isinstance(method, LinearBenchmark):
        written |= {
            "metric": method.metric,
            "direction": method.direction.value,
            "lead_value": _number(method.lead_value),
            "base_value": _number(method.base_value),
            "rule": method.rule,
        }
    elif isinstance(method, Benchmark | BenchmarkMultiple):
        written |= {
            "metric": method.metric,
            "direction": method.direction.value,
            "tiers": _steps(method),
            "otherwise": plain(method.otherwise),
            "benchmark_fields": list(benchmark_fields(method)),
            "benchmark_source_required": method.source_required,
        }
    return {key: value for key, value in written.items() if value not in (None, "")}


def benchmark_fields(method: Method) -> tuple[str, ...]:
    """The comparison values an enterprise may enter for a method, by the names `Answer.benchmarks` uses."""
    if isinstance(method, Benchmark):
        return tuple(tier.against for tier in method.tiers if tier.against in AGAINST)
    if isinstance(method, BenchmarkMultiple):
        return (REQUIRED_VALUE,)
    if isinstance(method, LinearBenchmark) and method.lead_value is None:
        return ("lead_value", "base_value")
    return ()


def _steps(method: Benchmark | BenchmarkMultiple) -> list[dict[str, Any]]:
    if isinstance(method, Benchmark):
        return [
            _filled({"against": row.against, "fallback": row.fallback, "ratio": plain(row.ratio)})
            for row in method.tiers
        ]
    key = "multiple_gte" if method.direction is Direction.HIGHER else "multiple_lte"
    return [{key: plain(row.multiple), "ratio": plain(row.ratio)} for row in method.tiers]


def _metric(metric: MetricSpec) -> dict[str, Any]:
    return _filled(
        {
            "code": metric.code,
            "name": metric.name,
            "unit": metric.unit,
            "direction": metric.direction.value,
            "formula": metric.formula.source,
            "inputs": [_input(entry) for entry in metric.inputs],
            "worst_of_rows": metric.worst_of_rows,
            "row_name": metric.row_name,
            "row_inputs": list(metric.row_inputs),
            "sources": list(metric.sources),
            "note": metric.note,
        }
    )


def _input(entry: InputSpec) -> dict[str, Any]:
    return _filled(
        {
            "code": entry.code,
            "name": entry.name,
            "unit": entry.unit,
            "source_form": entry.source_form,
            "options": list(entry.options),
        }
    )


def _metric_codes(scheme: Mapping[str, Any]) -> set[str]:
    """Codes named by the items of a raw scheme mapping, as far as its shape allows to find them."""
    found: set[str] = set()
    for dimension in _mappings(scheme.get("dimensions")):
        groups = [dimension, *_mappings(dimension.get("secondary"))]
        for item in (item for group in groups for item in _mappings(group.get("items"))):
            scoring = item.get("scoring")
            named = [item.get("metric"), *(item.get("alternative_metrics") or ())]
            named += [scoring.get("metric")] if isinstance(scoring, Mapping) else []
            found.update(name for name in named if isinstance(name, str))
    return found


def _mappings(value: object) -> list[Mapping[str, Any]]:
    """The entries of a list that are mappings; the rest is for `scheme_problems` to report."""
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list | tuple) else []


def _with_options(metric: Any, checklists: Mapping[str, Sequence[str]]) -> Any:
    """A metric whose inputs' `checklist` names are replaced by the options; anything odd is left as it is."""
    if not isinstance(metric, Mapping) or not isinstance(metric.get("inputs"), list | tuple):
        return metric
    inputs = []
    for raw in metric["inputs"]:
        if isinstance(raw, Mapping) and "checklist" in raw:
            kept = {key: value for key, value in raw.items() if key != "checklist"}
            inputs.append({**kept, "options": list(checklists.get(raw["checklist"], ()))})
        else:
            inputs.append(raw)
    return {**metric, "inputs": inputs}


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _filled(mapping: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing: None, empty text and lists, and flags that are off."""
    return {
        key: value for key, value in mapping.items() if value is not None and value not in ("", [], {}, False)
    }
