"""The scoring rule of an item in plain words: what earns how many points."""

from __future__ import annotations

from decimal import Decimal

from apps.policy.evaluation.decimals import plain, points_text, with_unit
from apps.policy.evaluation.spec import (
    AGAINST,
    CALCULATED_ONLY,
    Benchmark,
    BenchmarkMultiple,
    Binary,
    Count,
    Direction,
    ItemSpec,
    LinearBenchmark,
    SchemeSpec,
    Tiered,
)

_OPS = {">=": "不低于", ">": "高于", "<=": "不高于", "<": "低于"}
KIND_TAGS = {
    "binary": "定性 · 是否符合",
    "graded": "定性 · 分档",
    "count": "清单 · 按项计分",
    "tiered": "定量 · 系统计分",
    "benchmark": "定量 · 对照行业基准",
    "benchmark_multiple": "定量 · 对照要求值",
    "linear_benchmark": "定量 · 系统计分",
}


def points_at(item: ItemSpec, ratio: Decimal) -> str:
    """Return the points of a share of the full mark, as printed."""
    return points_text((item.max_points * ratio).quantize(Decimal("0.01")))


def rule_lines(  # noqa: PLR0911  (one return per method)
    item: ItemSpec, spec: SchemeSpec, unit: str
) -> list[str]:
    """Return the steps of the scoring rule, best first; graded items show theirs beside each choice.

    Args:
        item: the item.
        spec: its scheme (for the metric's name).
        unit: unit of the metric, with the enterprise's own units put in.
    """
    match item.method:
        case Binary():
            return [f"符合要求得 {points_text(item.max_points)} 分，不符合不得分。"]
        case Tiered(metric=metric, tiers=tiers, otherwise=otherwise):
            name = spec.metric(metric).name
            steps = [
                f"{name}{_OPS[tier.op]} {with_unit(plain(tier.value), unit)}，得 {points_at(item, tier.ratio)} 分；"
                for tier in tiers
            ]
            return [*steps, f"其他情形得 {points_at(item, otherwise)} 分。"]
        case Count(full_at=full_at, max_options=most):
            return [
                f"清单共 {most} 项，按具备的项数计分，具备 {full_at} 项及以上得 {points_text(item.max_points)} 分。"
            ]
        case Benchmark() as method:
            return _benchmark_lines(item, method)
        case BenchmarkMultiple(direction=direction, tiers=tiers, otherwise=otherwise):
            word = "达到" if direction is Direction.HIGHER else "不超过"
            steps = [
                f"{word}要求值的 {plain(tier.multiple)} 倍，得 {points_at(item, tier.ratio)} 分；"
                for tier in tiers
            ]
            return [*steps, f"其他情形得 {points_at(item, otherwise)} 分。要求值须注明出处。"]
        case LinearBenchmark(rule=rule):
            return [rule or "达到或优于引领值得满分；未达到基准值不得分；两者之间按比例计分。"]
    return []


def _benchmark_lines(item: ItemSpec, method: Benchmark) -> list[str]:
    verb = "不低于" if method.direction is Direction.HIGHER else "不高于"
    steps: list[str] = []
    for tier in method.tiers:
        points = points_at(item, tier.ratio)
        if tier.against == CALCULATED_ONLY:
            steps.append(f"暂无行业值但已完成核算，得 {points} 分；")
            continue
        other = f"（无此值时对照{AGAINST[tier.fallback].label}）" if tier.fallback else ""
        steps.append(f"{verb}{AGAINST[tier.against].label}{other}，得 {points} 分；")
    return [*steps, f"其他情形得 {points_at(item, method.otherwise)} 分。"]
