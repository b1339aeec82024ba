"""Owns the improvement plan: every lost point as a suggestion, and the shortest way to each level.

Gains are computed with the sums of `scoring` itself (re-basing included), so a plan and a later sheet agree to the
cent. The order of effort is ours, the plan (方案) is silent: what only has to be filled in comes first, then rules and
records, then equipment on site, last the figures of performance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import IntEnum

from apps.policy.evaluation.decimals import ONE, WORKING, ZERO, plain, points_text, short, with_unit
from apps.policy.evaluation.results import ItemResult, ItemState, SheetResult
from apps.policy.evaluation.scoring import rebased_points
from apps.policy.evaluation.spec import (
    AGAINST,
    CALCULATED_ONLY,
    Benchmark,
    BenchmarkMultiple,
    Binary,
    Count,
    Direction,
    Graded,
    ItemSpec,
    LinearBenchmark,
    Tiered,
)
from apps.policy.evaluation.worksheet import DEFAULT_RULES, ScoringRules
from apps.policy.levels import THRESHOLDS, Level

_OPS = {">=": "不低于", ">": "高于", "<=": "不高于", "<": "低于"}


class Effort(IntEnum):
    """What a suggestion asks for, least first."""

    FILL_IN = 1
    MANAGEMENT = 2
    EQUIPMENT = 3
    PERFORMANCE = 4

    @property
    def label(self) -> str:
        """As shown beside a suggestion."""
        return {
            Effort.FILL_IN: "补填补证",
            Effort.MANAGEMENT: "完善制度与记录",
            Effort.EQUIPMENT: "改造设施设备",
            Effort.PERFORMANCE: "改善绩效指标",
        }[self]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One item with points to gain.

    `next_gain` and `full_gain` are points of the total: for the next step of the item's own rule, and for its full
    mark. `advice` says what the next step asks for. `mandatory_zero`: a 必选 item that earns nothing.
    """

    code: str
    name: str
    dimension: str
    dimension_name: str
    points: Decimal
    max_points: Decimal
    next_points: Decimal
    next_gain: Decimal
    full_gain: Decimal
    effort: Effort
    advice: str
    mandatory_zero: bool


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a level: the fewest low-effort suggestions (full marks) that reach its threshold.

    `after` is the total once they are done; `open` means that even all suggestions together stay below.
    """

    level: Level
    threshold: Decimal
    gap: Decimal
    suggestions: tuple[Suggestion, ...]
    after: Decimal
    open: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that can be gained from a sheet. `ways`: one for each scored level not yet reached, nearest first."""

    total: Decimal
    best: Decimal
    suggestions: tuple[Suggestion, ...]
    ways: tuple[Way, ...]


def improvement_plan(result: SheetResult, rules: ScoringRules = DEFAULT_RULES) -> Plan:
    """Return the plan for a sheet (self or official).

    Suggestions come with the least effort first and, within it, mandatory items at zero, then the largest gain.
    """
    found = sorted(
        (one for one in (_suggestion(item, result, rules) for item in result.items) if one is not None),
        key=lambda one: (one.effort, not one.mandatory_zero, -one.full_gain, one.code),
    )
    goals = sorted((line, level) for level, line in THRESHOLDS.items() if line > result.total)
    return Plan(
        total=result.total,
        best=_total_with(result, found, rules),
        suggestions=tuple(found),
        ways=tuple(_way(level, line, result, found, rules) for line, level in goals),
    )


def _suggestion(item: ItemResult, result: SheetResult, rules: ScoringRules) -> Suggestion | None:
    if item.state is ItemState.NOT_APPLICABLE or item.counted >= item.max_points:
        return None
    spec, dimension = result.scheme.item(item.code), result.scheme.dimension_of(item.code)
    share, advice = _next_step(item, spec, result)
    next_points = max(_points_at(spec, share), item.counted)
    return Suggestion(
        code=item.code,
        name=item.name,
        dimension=dimension.code,
        dimension_name=dimension.name,
        points=item.counted,
        max_points=item.max_points,
        next_points=next_points,
        next_gain=_gain(result, dimension.code, next_points - item.counted, rules),
        full_gain=_gain(result, dimension.code, item.max_points - item.counted, rules),
        effort=_effort(item, spec),
        advice=advice,
        mandatory_zero=spec.mandatory and item.points is not None and item.points == 0,
    )


def _points_at(spec: ItemSpec, share: Decimal) -> Decimal:
    return (spec.max_points * share).quantize(Decimal("0.01"), context=WORKING)


def _gain(result: SheetResult, dimension: str, more: Decimal, rules: ScoringRules) -> Decimal:
    """Return what *more* points of items add to the total: the same, or re-based where items are 不适用."""
    row = next(one for one in result.dimensions if one.code == dimension)
    if not row.rebased:
        return more
    remaining = row.weight - row.not_applicable_points
    return rebased_points(row.got + more, row.weight, remaining, rules) - row.points


def _total_with(result: SheetResult, taken: Iterable[Suggestion], rules: ScoringRules) -> Decimal:
    """Return the total once the full marks of *taken* are earned, summed dimension by dimension as a sheet is."""
    more: dict[str, Decimal] = {}
    for one in taken:
        more[one.dimension] = more.get(one.dimension, ZERO) + one.max_points - one.points
    return result.total + sum((_gain(result, code, points, rules) for code, points in more.items()), ZERO)


def _way(
    level: Level, line: Decimal, result: SheetResult, found: Sequence[Suggestion], rules: ScoringRules
) -> Way:
    taken: list[Suggestion] = []
    for one in found:
        if _total_with(result, taken, rules) >= line:
            break
        taken.append(one)
    # What turned out superfluous goes, the hardest and smallest first.
    for one in sorted(taken, key=lambda one: (-one.effort, one.full_gain)):
        rest = [other for other in taken if other is not one]
        if _total_with(result, rest, rules) >= line:
            taken = rest
    after = _total_with(result, taken, rules)
    return Way(level, line, line - result.total, tuple(taken), after, open=after < line)


def _effort(item: ItemResult, spec: ItemSpec) -> Effort:
    if item.state in {ItemState.UNANSWERED, ItemState.INVALID} or item.points is None:
        return Effort.FILL_IN
    if isinstance(spec.method, Binary | Graded | Count):
        return Effort.EQUIPMENT if spec.onsite_check else Effort.MANAGEMENT
    return Effort.PERFORMANCE


def _next_step(item: ItemResult, spec: ItemSpec, result: SheetResult) -> tuple[Decimal, str]:
    """Return the share of the next step above what is earned, and what it asks for."""
    if item.state in {ItemState.UNANSWERED, ItemState.INVALID} or item.points is None:
        return ONE, item.message or "补填本项。"
    share = WORKING.divide(item.counted, spec.max_points)
    higher = [step for step in _steps(item, spec, result, share) if step[0] > share]
    return min(higher, key=lambda step: step[0], default=(ONE, "按佐证核实后可得满分。"))


def _steps(
    item: ItemResult, spec: ItemSpec, result: SheetResult, share: Decimal
) -> Sequence[tuple[Decimal, str]]:
    """Return the steps of an item's rule as (share of the full mark, what is asked)."""
    steps: Sequence[tuple[Decimal, str]]
    match spec.method:
        case Binary():
            steps = [(ONE, "达到本项要求并备齐佐证。")]
        case Graded(options=options):
            steps = [(option.ratio, f"达到“{option.label}”。") for option in options]
        case Count() as method:
            steps = [_next_tick(share, method)]
        case Tiered() as method:
            steps = _tiers(item, method, result)
        case Benchmark() as method:
            steps = _against(item, method)
        case BenchmarkMultiple(direction=direction, tiers=tiers):
            word = "达到" if direction is Direction.HIGHER else "不超过"
            steps = [(tier.ratio, f"指标值{word}要求值的 {plain(tier.multiple)} 倍。") for tier in tiers]
        case LinearBenchmark():
            steps = [(ONE, "向引领值靠近，按比例得分，达到引领值得满分。")]
    return steps


def _next_tick(share: Decimal, method: Count) -> tuple[Decimal, str]:
    have = int(WORKING.multiply(share, Decimal(method.full_at)).to_integral_value(ROUND_CEILING))
    wanted = min(have + 1, method.full_at)
    ratio = min(ONE, WORKING.divide(Decimal(wanted), Decimal(method.full_at)))
    return ratio, f"清单再多具备 1 项（具备 {method.full_at} 项得满分）。"


def _tiers(item: ItemResult, method: Tiered, result: SheetResult) -> list[tuple[Decimal, str]]:
    metric = result.scheme.metric(item.metric or method.metric)
    unit = item.unit or metric.unit
    now = "" if item.value is None else f"（现为 {with_unit(short(item.value, 2)[0], unit)}）"
    return [
        (tier.ratio, f"{metric.name}{_OPS[tier.op]} {with_unit(plain(tier.value), unit)}{now}。")
        for tier in method.tiers
    ]


def _against(item: ItemResult, method: Benchmark) -> list[tuple[Decimal, str]]:
    word = "不低于" if method.direction is Direction.HIGHER else "不高于"
    known = {mark.label: f" {with_unit(plain(mark.value), mark.unit)}" for mark in item.benchmarks}
    labels = {tier.against: AGAINST[tier.against].label for tier in method.tiers if tier.against in AGAINST}
    return [
        (tier.ratio, f"指标值{word}{labels[tier.against]}{known.get(labels[tier.against], '')}。")
        for tier in method.tiers
        if tier.against != CALCULATED_ONLY
    ]


def gain_text(gain: Decimal) -> str:
    """Write points to gain: +0.80."""
    return f"+{points_text(gain)}"
