"""Owns the scoring methods without industry values (binary, graded, tiered, count) and the dispatch."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from apps.policy.evaluation.against_benchmarks import score_benchmark, score_linear, score_multiple
from apps.policy.evaluation.decimals import CENT, ONE, WORKING, ZERO, plain, points_text, with_unit
from apps.policy.evaluation.readings import note_worst, read_metric, show_value, worst_of
from apps.policy.evaluation.results import BlockerKind, ItemResult
from apps.policy.evaluation.spec import (
    Benchmark,
    BenchmarkMultiple,
    Binary,
    Count,
    Graded,
    LinearBenchmark,
    Tiered,
    metrics_of,
)
from apps.policy.evaluation.worksheet import Worksheet

_OP_WORDS = {">=": "不低于", ">": "高于", "<=": "不高于", "<": "低于"}


def score_item(sheet: Worksheet) -> ItemResult:
    """Score one item: 不适用 first, then points given by a person, then the item's method."""
    item, answer = sheet.item, sheet.answer
    if answer.not_applicable:
        return _not_applicable(sheet)
    if answer.judged_points is not None:
        return _judged(sheet, answer.judged_points)
    if answer.metric is not None and answer.metric != item.metric:
        if answer.metric not in metrics_of(item):
            return sheet.invalid(f"本条目不能选用指标“{answer.metric}”。")
        sheet.say("口径", f"选用替代指标：{sheet.around.scheme.metric(answer.metric).name}。")
        if not answer.metric_confirmed:
            sheet.open_matters.append(BlockerKind.METRIC_UNCONFIRMED)
    return _METHODS[type(item.method)](sheet, item.method)


def _not_applicable(sheet: Worksheet) -> ItemResult:
    if not sheet.item.na_allowed:
        return sheet.invalid("本条目不允许申请不适用。")
    if sheet.answer.judged_points is not None:
        return sheet.invalid("已标为不适用的条目不能同时给分。")
    if not sheet.answer.reason.strip():
        return sheet.invalid("申请不适用须写明理由。")
    return sheet.not_applicable()


def _judged(sheet: Worksheet, points: Decimal) -> ItemResult:
    full = sheet.item.max_points
    if not points.is_finite() or not ZERO <= points <= full:
        return sheet.invalid(f"评分应在 0.00 至 {points_text(full)} 分之间。")
    if points % CENT != 0:
        return sheet.invalid(f"评分应精确到 0.01 分（当前为 {plain(points)}）。")
    return sheet.given(points.quantize(CENT))


def _binary(sheet: Worksheet, _method: Binary) -> ItemResult:
    _note_metric(sheet)
    if sheet.answer.met is None:
        return sheet.unanswered("请选择是否符合。")
    sheet.say("判定", "符合要求。" if sheet.answer.met else "不符合要求。")
    return sheet.scored(ONE if sheet.answer.met else ZERO)


def _graded(sheet: Worksheet, method: Graded) -> ItemResult:
    _note_metric(sheet)
    chosen = sheet.answer.option
    if chosen is None:
        return sheet.unanswered("请选择符合的档次。")
    if not 0 <= chosen < len(method.options):
        return sheet.invalid("所选档次不存在。")
    option = method.options[chosen]
    sheet.say("判定", f"选择“{option.label}”。")
    return sheet.scored(option.ratio)


def _tiered(sheet: Worksheet, method: Tiered) -> ItemResult:
    metric = sheet.around.scheme.metric(sheet.metric or method.metric)
    readings = read_metric(sheet, metric)
    if isinstance(readings, ItemResult):
        return readings
    worst = worst_of(readings, metric.direction)
    note_worst(sheet, worst, len(readings))
    tier = next((tier for tier in method.tiers if tier.holds(worst.value)), None)
    if tier is None:
        nearest = method.tiers[-1]
        words = f"{_OP_WORDS[nearest.op]} {with_unit(plain(nearest.value), worst.unit)}"
        sheet.say("分档", f"{show_value(worst)}，未达到最低一档（{words}），系数 {plain(method.otherwise)}。")
        return sheet.scored(method.otherwise)
    words = f"{_OP_WORDS[tier.op]} {with_unit(plain(tier.value), worst.unit)}"
    sheet.say("分档", f"{show_value(worst)}，{words}，系数 {plain(tier.ratio)}。")
    return sheet.scored(tier.ratio)


def _count(sheet: Worksheet, method: Count) -> ItemResult:
    metric = sheet.around.scheme.metric(sheet.metric or method.metric)
    readings = read_metric(sheet, metric)
    if isinstance(readings, ItemResult):
        return readings
    number = readings[0].value
    if number > method.max_options:
        return sheet.invalid(f"最多 {method.max_options} 项（当前为 {plain(number)} 项）。")
    sheet.say("计数", f"符合 {plain(number)} 项，达到 {method.full_at} 项得满分。")
    return sheet.scored(min(ONE, WORKING.divide(number, Decimal(method.full_at))))


def _note_metric(sheet: Worksheet) -> None:
    """Show the metric of an item that a person judges; it informs and does not score."""
    if sheet.metric is None:
        return
    metric = sheet.around.scheme.metric(sheet.metric)
    readings = read_metric(sheet, metric)
    if isinstance(readings, ItemResult) and (sheet.answer.met or sheet.answer.option is not None):
        sheet.warn(f"尚不能算出{metric.name}：{readings.message}")


_METHODS: dict[type, Callable[..., ItemResult]] = {
    Binary: _binary,
    Graded: _graded,
    Tiered: _tiered,
    Count: _count,
    Benchmark: score_benchmark,
    BenchmarkMultiple: score_multiple,
    LinearBenchmark: score_linear,
}
