"""Owns the validity of a scheme as a whole: sums, splits, references, orders. Each finding is addressed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from apps.policy.evaluation.decimals import CENT, HUNDRED, ZERO, plain
from apps.policy.evaluation.method_checking import method_problems
from apps.policy.evaluation.problems import Problem
from apps.policy.evaluation.spec import DimensionSpec, InputSpec, ItemSpec, MetricSpec, SchemeSpec, metrics_of


def spec_problems(spec: SchemeSpec) -> list[Problem]:
    """Every way in which a scheme that could be read is still not valid."""
    return [
        *_totals(spec),
        *_dates(spec),
        *_codes(spec),
        *_counts(spec),
        *(problem for path, dimension in _dimensions(spec) for problem in _dimension(path, dimension)),
        *(problem for path, item in _items(spec) for problem in _item(path, item, spec)),
        *_metrics(spec),
        *_sources(spec),
    ]


def _dimensions(spec: SchemeSpec) -> Iterator[tuple[str, DimensionSpec]]:
    for place, dimension in enumerate(spec.dimensions):
        yield f"dimensions[{place}]", dimension


def _items(spec: SchemeSpec) -> Iterator[tuple[str, ItemSpec]]:
    for path, dimension in _dimensions(spec):
        for place, group in enumerate(dimension.secondaries):
            stem = path if group.implicit else f"{path}.secondary[{place}]"
            for position, item in enumerate(group.items):
                yield f"{stem}.items[{position}]", item


def _totals(spec: SchemeSpec) -> Iterator[Problem]:
    if spec.total_points != HUNDRED:
        yield Problem("total_points", f"总分应为 100（当前为 {plain(spec.total_points)}）")
    weights = sum((dimension.weight for dimension in spec.dimensions), ZERO)
    if weights != spec.total_points:
        yield Problem(
            "dimensions", f"各维度权重合计应为 {plain(spec.total_points)}（当前为 {plain(weights)}）"
        )


def _dates(spec: SchemeSpec) -> Iterator[Problem]:
    read: dict[str, dt.date] = {}
    for name in ("effective_from", "effective_to"):
        text = getattr(spec, name)
        if text is None:
            continue
        try:
            read[name] = dt.date.fromisoformat(text)
        except ValueError:
            yield Problem(name, f"日期应写作 2026-01-31 的样式（当前为“{text}”）")
    start, end = read.get("effective_from"), read.get("effective_to")
    if start is not None and end is not None and end < start:
        yield Problem("effective_to", "失效日期不能早于生效日期")


def _codes(spec: SchemeSpec) -> Iterator[Problem]:
    groups = [group for dimension in spec.dimensions for group in dimension.secondaries if not group.implicit]
    for path, what, codes in (
        ("dimensions", "维度", [dimension.code for dimension in spec.dimensions]),
        ("dimensions", "二级指标", [group.code for group in groups]),
        ("dimensions", "条目", [item.code for _, item in _items(spec)]),
        ("metrics", "指标", [metric.code for metric in spec.metrics]),
    ):
        for code in _repeated(codes):
            yield Problem(path, f"{what}代码“{code}”重复")


def _counts(spec: SchemeSpec) -> Iterator[Problem]:
    items = sum(1 for _ in _items(spec))
    if spec.item_count is not None and spec.item_count != items:
        yield Problem("item_count", f"写明 {spec.item_count} 个条目，实有 {items} 个")
    groups = sum(not group.implicit for dimension in spec.dimensions for group in dimension.secondaries)
    if spec.secondary_count is not None and spec.secondary_count != groups:
        yield Problem("secondary_count", f"写明 {spec.secondary_count} 个二级指标，实有 {groups} 个")


def _dimension(path: str, dimension: DimensionSpec) -> Iterator[Problem]:
    items = dimension.items
    if dimension.weight <= 0:
        yield Problem(f"{path}.weight", "权重应大于 0")
        return
    points = sum((item.max_points for item in items), ZERO)
    if points != dimension.weight:
        yield Problem(
            path, f"“{dimension.name}”各条目满分合计 {plain(points)}，应等于权重 {plain(dimension.weight)}"
        )
    if dimension.raw_total is None:
        return
    if any(item.raw_points is None for item in items):
        yield Problem(path, f"“{dimension.name}”写明原始分合计，各条目都应填写原始分")
        return
    stated = (
        ("raw_total", "原始分", dimension.raw_total, items),
        ("mandatory_raw", "必选原始分", dimension.mandatory_raw, [item for item in items if item.mandatory]),
        (
            "optional_raw",
            "可选原始分",
            dimension.optional_raw,
            [item for item in items if not item.mandatory],
        ),
    )
    for key, words, value, counted in stated:
        actual = sum((item.raw_points or ZERO for item in counted), ZERO)
        if value is not None and value != actual:
            message = f"“{dimension.name}”{words}合计应为 {plain(value)}（当前为 {plain(actual)}）"
            yield Problem(f"{path}.{key}", message)
    if dimension.raw_total != HUNDRED:
        yield Problem(f"{path}.raw_total", f"维度原始分合计应为 100（当前为 {plain(dimension.raw_total)}）")
    for item in items:
        expected = (item.raw_points or ZERO) * dimension.weight / HUNDRED
        if item.max_points != expected:
            message = (
                f"条目 {item.code} 满分 {plain(item.max_points)} 与原始分 {plain(item.raw_points or ZERO)} × "
                f"权重 {plain(dimension.weight)}% = {plain(expected)} 不符"
            )
            yield Problem(path, message)


def _item(path: str, item: ItemSpec, spec: SchemeSpec) -> Iterator[Problem]:
    if item.max_points <= 0:
        yield Problem(f"{path}.max_points", "满分应大于 0")
    if item.max_points % CENT != 0:
        yield Problem(f"{path}.max_points", f"满分应精确到 0.01（当前为 {plain(item.max_points)}）")
    known = {metric.code for metric in spec.metrics}
    unknown = [code for code in metrics_of(item) if code not in known]
    for code in unknown:
        yield Problem(f"{path}.metric", f"没有代码为“{code}”的指标")
    if item.alternative_metrics and item.metric is None:
        yield Problem(f"{path}.alternative_metrics", "有替代指标的条目应先有主指标")
    if item.metric is not None and item.metric in item.alternative_metrics:
        yield Problem(f"{path}.alternative_metrics", "替代指标不能与主指标相同")
    if not unknown:
        yield from method_problems(f"{path}.scoring", item, spec)


def _metrics(spec: SchemeSpec) -> Iterator[Problem]:
    used = {code for _, item in _items(spec) for code in metrics_of(item)}
    described: dict[str, InputSpec] = {}
    for place, metric in enumerate(spec.metrics):
        path = f"metrics[{place}]"
        if metric.code not in used:
            yield Problem(path, f"指标“{metric.code}”未被任何条目引用")
        yield from _metric(path, metric)
        for entry in metric.inputs:
            before = described.setdefault(entry.code, entry)
            if (before.name, before.unit, before.options) != (entry.name, entry.unit, entry.options):
                yield Problem(path, f"填报项“{entry.code}”在不同指标中的名称、单位或选项不一致")


def _metric(path: str, metric: MetricSpec) -> Iterator[Problem]:
    codes = [entry.code for entry in metric.inputs]
    used = metric.formula.codes
    found = (
        ("inputs", "填报项“{}”重复", _repeated(codes)),
        ("formula", "公式用到的“{}”没有列为填报项", [code for code in used if code not in codes]),
        ("inputs", "填报项“{}”在公式中没有用到", [code for code in codes if code not in used]),
        (
            "row_inputs",
            "逐行填报项“{}”没有列为填报项",
            [code for code in metric.row_inputs if code not in codes],
        ),
        ("inputs", "选项“{}”重复", [label for entry in metric.inputs for label in _repeated(entry.options)]),
    )
    for key, words, names in found:
        for name in names:
            yield Problem(f"{path}.{key}", words.format(name))
    if metric.worst_of_rows != bool(metric.row_inputs):
        yield Problem(f"{path}.row_inputs", "按行取最不利者的指标应写明逐行填报项，其他指标不应写")


def _sources(spec: SchemeSpec) -> Iterator[Problem]:
    if not spec.sources:
        return
    known = {name for name, _ in spec.sources}
    cited: list[tuple[str, Sequence[str]]] = [(path, item.sources) for path, item in _items(spec)]
    cited += [(f"metrics[{place}]", metric.sources) for place, metric in enumerate(spec.metrics)]
    for path, names in cited:
        for name in names:
            if name not in known:
                yield Problem(f"{path}.sources", f"出处“{name}”没有说明")


def _repeated(codes: Iterable[str]) -> list[str]:
    return [code for code, times in Counter(codes).items() if times > 1]
