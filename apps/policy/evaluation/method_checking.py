"""Owns the validity of scoring methods: steps in order, shares within bounds, marks that can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from apps.policy.evaluation.decimals import ONE, ZERO, plain
from apps.policy.evaluation.problems import Problem
from apps.policy.evaluation.spec import (
    CALCULATED_ONLY,
    Benchmark,
    BenchmarkMultiple,
    Binary,
    Count,
    Direction,
    Graded,
    ItemSpec,
    LinearBenchmark,
    MetricSpec,
    SchemeSpec,
    Tiered,
    metrics_of,
)

_RISING_OPS = frozenset({">=", ">"})


def method_problems(path: str, item: ItemSpec, spec: SchemeSpec) -> Iterator[Problem]:
    """What is wrong with an item's method; the item's metrics are known to exist."""
    method = item.method
    if isinstance(method, Binary):
        return
    if isinstance(method, Graded):
        yield from _graded(path, method)
        return
    if method.metric != item.metric:
        yield Problem(f"{path}.metric", "打分所用指标应与条目的指标一致")
        return
    metric = spec.metric(method.metric)
    if isinstance(method, Tiered):
        yield from _tiered(path, method, metric)
    elif isinstance(method, Count):
        yield from _count(path, method, metric)
    else:
        yield from _directions(path, item, method, spec)
        yield from _marks(path, method)


def _graded(path: str, method: Graded) -> Iterator[Problem]:
    yield from ratio_problems(f"{path}.options", [option.ratio for option in method.options], None)
    if method.options and method.options[0].ratio != ONE:
        yield Problem(f"{path}.options", "第一档的系数应为 1")
    for label, times in Counter(option.label for option in method.options).items():
        if times > 1:
            yield Problem(f"{path}.options", f"档次“{label}”重复")


def _tiered(path: str, method: Tiered, metric: MetricSpec) -> Iterator[Problem]:
    yield from ratio_problems(f"{path}.tiers", [tier.ratio for tier in method.tiers], method.otherwise)
    rising = metric.direction is Direction.HIGHER
    if any((tier.op in _RISING_OPS) != rising for tier in method.tiers):
        words = ">= 或 >" if rising else "<= 或 <"
        yield Problem(f"{path}.tiers", f"“{metric.name}”的分档应使用 {words}")
    yield from _order(f"{path}.tiers", [tier.value for tier in method.tiers], falling=rising)


def _count(path: str, method: Count, metric: MetricSpec) -> Iterator[Problem]:
    if not 0 < method.full_at <= method.max_options:
        yield Problem(f"{path}.full_at", "满分项数应大于 0 且不超过候选项数")
    checklist = metric.checklist
    if checklist is None:
        yield Problem(f"{path}.metric", f"“{metric.name}”没有可勾选的选项")
    elif len(checklist.options) != method.max_options:
        message = f"候选项数 {method.max_options} 与选项数 {len(checklist.options)} 不符"
        yield Problem(f"{path}.max_options", message)


def _directions(
    path: str, item: ItemSpec, method: Benchmark | BenchmarkMultiple | LinearBenchmark, spec: SchemeSpec
) -> Iterator[Problem]:
    for code in metrics_of(item):
        metric = spec.metric(code)
        if metric.direction is not method.direction:
            yield Problem(f"{path}.direction", f"与指标“{metric.name}”的方向不一致")


def _marks(path: str, method: Benchmark | BenchmarkMultiple | LinearBenchmark) -> Iterator[Problem]:
    if isinstance(method, Benchmark):
        yield from ratio_problems(f"{path}.tiers", [tier.ratio for tier in method.tiers], method.otherwise)
        names = [tier.against for tier in method.tiers]
        if len(set(names)) != len(names):
            yield Problem(f"{path}.tiers", "同一对标值不能出现两次")
        if CALCULATED_ONLY in names[:-1]:
            yield Problem(f"{path}.tiers", "“完成核算”一档应排在最后")
        if names == [CALCULATED_ONLY]:
            yield Problem(f"{path}.tiers", "至少要有一档与行业值比较")
    elif isinstance(method, BenchmarkMultiple):
        yield from ratio_problems(f"{path}.tiers", [tier.ratio for tier in method.tiers], method.otherwise)
        multiples = [tier.multiple for tier in method.tiers]
        if any(multiple <= 0 for multiple in multiples):
            yield Problem(f"{path}.tiers", "倍数应大于 0")
        yield from _order(f"{path}.tiers", multiples, falling=method.direction is Direction.HIGHER)
    else:
        yield from _line(path, method)


def _line(path: str, method: LinearBenchmark) -> Iterator[Problem]:
    lead, base = method.lead_value, method.base_value
    if (lead is None) != (base is None):
        yield Problem(f"{path}.lead_value", "引领值与基准值应同时填写或同时留空")
    elif lead is not None and base is not None and (lead == base or not method.direction.reaches(lead, base)):
        yield Problem(f"{path}.lead_value", f"引领值 {plain(lead)} 应严于基准值 {plain(base)}")


def _order(path: str, values: Sequence[Decimal], *, falling: bool) -> Iterator[Problem]:
    for earlier, later in pairwise(values):
        if earlier == later or (earlier > later) != falling:
            yield Problem(path, "各档应从严到宽排列且不重复")
            return


def ratio_problems(path: str, ratios: Sequence[Decimal], otherwise: Decimal | None) -> Iterator[Problem]:
    """Shares lie in 0…1, fall from step to step, and the remainder is below the last."""
    shares = [*ratios] if otherwise is None else [*ratios, otherwise]
    for share in shares:
        if not ZERO <= share <= ONE:
            yield Problem(path, f"系数应在 0 至 1 之间（当前为 {plain(share)}）")
    if any(later >= earlier for earlier, later in pairwise(shares)):
        yield Problem(path, "各档系数应从高到低排列且不重复")
