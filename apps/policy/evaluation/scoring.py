"""Owns the one scoring function: answers and figures in, an explained sheet out.

Self, district, expert and recheck sheets, the pages, the API, exports and PDF all call `score_sheet`. Points
of items are rounded as printed; dimensions and the total are sums of printed figures; a dimension with 不适用
items is re-based within itself and rounded again (DECISIONS 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, localcontext

from apps.policy.evaluation.answers import UNANSWERED, Answer, EnteredBenchmark, Measurements
from apps.policy.evaluation.benchmarks import BenchmarkTable
from apps.policy.evaluation.decimals import HUNDRED, WORKING, ZERO, clean, plain, points_text, round_points
from apps.policy.evaluation.methods import score_item
from apps.policy.evaluation.results import (
    Blocker,
    BlockerKind,
    DimensionResult,
    ItemResult,
    ItemState,
    SecondaryResult,
    SheetResult,
    Step,
)
from apps.policy.evaluation.spec import REQUIRED_VALUE, BenchmarkMultiple, DimensionSpec, SchemeSpec
from apps.policy.evaluation.worksheet import DEFAULT_RULES, ScoringRules, Surroundings, Worksheet

_BLOCKER_WORDS = {
    BlockerKind.UNCLAIMED: "暂无行业基准，请主张得分档次并上传佐证。",
    BlockerKind.CLAIM_WITHOUT_EVIDENCE: "主张得分档次须上传佐证。",
    BlockerKind.JUDGEMENT_OPEN: "暂无行业基准，须由评分人员判定并写明理由。",
    BlockerKind.NOT_APPLICABLE_UNCONFIRMED: "申请不适用，须由属地确认。",
    BlockerKind.METRIC_UNCONFIRMED: "选用替代指标，须由属地确认。",
}


def score_sheet(
    scheme: SchemeSpec,
    answers: Mapping[str, Answer],
    measurements: Measurements,
    benchmarks: BenchmarkTable,
    industry_code: str,
    rules: ScoringRules = DEFAULT_RULES,
) -> SheetResult:
    """Score a sheet.

    `answers` goes from item codes to answers, items left out are 未填写; `industry_code` is the GB/T 4754
    code used to find industry values. The order of `answers` plays no part.
    Raises KeyError when an answer names an item the scheme does not have.
    """
    unknown = sorted(code for code in answers if not scheme.has_item(code))
    if unknown:
        raise KeyError(f"scheme {scheme.code} has no item {', '.join(unknown)}")
    around = Surroundings(
        scheme, measurements, benchmarks, industry_code, rules, _required_values(scheme, answers)
    )
    items = {
        item.code: score_item(Worksheet(item, answers.get(item.code, UNANSWERED), around))
        for item in scheme.items
    }
    return assemble(scheme, items, answers, rules)


def assemble(
    scheme: SchemeSpec,
    items: Mapping[str, ItemResult],
    answers: Mapping[str, Answer],
    rules: ScoringRules = DEFAULT_RULES,
) -> SheetResult:
    """Sum finished item results into a sheet; `answers` only tell what the city has confirmed."""
    with localcontext(WORKING):
        dimensions = tuple(_dimension(dimension, items, answers, rules) for dimension in scheme.dimensions)
        total = sum((row.points for row in dimensions), ZERO)
        reachable_max = sum((row.reachable for row in dimensions), ZERO)
    ordered = tuple(items[item.code] for item in scheme.items)
    written = " + ".join(points_text(row.points) for row in dimensions)
    return SheetResult(
        scheme=scheme,
        items=ordered,
        dimensions=dimensions,
        total=total,
        reachable_max=reachable_max,
        blockers=_blockers(ordered, dimensions),
        steps=(Step("总分", f"{written} = {points_text(total)} 分"),),
    )


def _dimension(
    spec: DimensionSpec, items: Mapping[str, ItemResult], answers: Mapping[str, Answer], rules: ScoringRules
) -> DimensionResult:
    results = [items[item.code] for item in spec.items]
    got = sum((result.counted for result in results), Decimal("0.00"))
    reachable = sum((result.reachable for result in results), Decimal("0.00"))
    dropped = [result for result in results if result.state is ItemState.NOT_APPLICABLE]
    lost = sum((result.max_points for result in dropped), ZERO)
    lost_raw = clean(lost * HUNDRED / spec.weight)
    steps = [Step("合计", f"{spec.name}各条目得分合计 {points_text(got)} 分。")]
    points = got
    if lost:
        remaining = spec.weight - lost
        points = rebased_points(got, spec.weight, remaining, rules)
        reachable = rebased_points(reachable, spec.weight, remaining, rules)
        steps.append(_rebasing_step(spec, got, lost, points))
    confirmed = all(_confirmed_by_city(answers.get(result.code)) for result in dropped)
    return DimensionResult(
        code=spec.code,
        name=spec.name,
        weight=spec.weight,
        got=got,
        points=points,
        reachable=reachable,
        not_applicable_points=lost,
        not_applicable_raw=lost_raw,
        answered=sum(result.answered for result in results),
        secondaries=tuple(
            SecondaryResult(
                code=group.code,
                name=group.name,
                points=sum((items[item.code].counted for item in group.items), Decimal("0.00")),
                max_points=sum((item.max_points for item in group.items), Decimal("0.00")),
                answered=sum(items[item.code].answered for item in group.items),
                item_codes=tuple(item.code for item in group.items),
            )
            for group in spec.secondaries
        ),
        steps=tuple(steps),
        needs_city_confirmation=lost_raw > rules.city_confirmation_above_raw and not confirmed,
    )


def rebased_points(points: Decimal, weight: Decimal, remaining: Decimal, rules: ScoringRules) -> Decimal:
    """实得 ÷ (权重 - 不适用) × 权重: the same as 实得原始分 ÷ (100 - 不适用原始分) × 权重."""
    return round_points(points * weight / remaining, rules.rounding) if remaining else Decimal("0.00")


def _rebasing_step(spec: DimensionSpec, got: Decimal, lost: Decimal, points: Decimal) -> Step:
    weight = plain(spec.weight)
    if lost == spec.weight:
        return Step("不适用折算", "全部条目不适用，本维度不能计分。")
    working = f"{points_text(got)} ÷ ({weight} - 不适用 {points_text(lost)}) × {weight}"
    return Step("不适用折算", f"{working} = {points_text(points)} 分。")


def _confirmed_by_city(answer: Answer | None) -> bool:
    return answer is not None and answer.confirmed_by_city


def _blockers(items: tuple[ItemResult, ...], dimensions: tuple[DimensionResult, ...]) -> tuple[Blocker, ...]:
    found: list[Blocker] = []
    for item in items:
        if item.state is ItemState.UNANSWERED:
            found.append(Blocker(item.code, BlockerKind.UNANSWERED, f"{item.name}：{item.message}"))
        elif item.state is ItemState.INVALID:
            found.append(Blocker(item.code, BlockerKind.INVALID, f"{item.name}：{item.message}"))
        else:
            found += [
                Blocker(item.code, kind, f"{item.name}：{_BLOCKER_WORDS[kind]}") for kind in item.open_matters
            ]
    for row in dimensions:
        if row.not_applicable_points == row.weight:
            message = f"{row.name}：全部条目不适用，不能计分。"
            found.append(Blocker(row.code, BlockerKind.EVERYTHING_NOT_APPLICABLE, message))
        if row.needs_city_confirmation:
            raw = plain(row.not_applicable_raw)
            message = f"{row.name}：不适用原始分 {raw}，超过上限，须由市级确认。"
            found.append(Blocker(row.code, BlockerKind.CITY_CONFIRMATION_OPEN, message))
    return tuple(found)


def _required_values(scheme: SchemeSpec, answers: Mapping[str, Answer]) -> dict[str, EnteredBenchmark]:
    """Required values by metric: entered at one item, they count for every item of the same metric."""
    found: dict[str, EnteredBenchmark] = {}
    for item in scheme.items:
        answer = answers.get(item.code)
        if answer is not None and isinstance(item.method, BenchmarkMultiple) and answer.benchmarks:
            entered = answer.benchmarks.get(REQUIRED_VALUE)
            if entered is not None:
                found.setdefault(item.method.metric, entered)
    return found
