"""Reading what a page or a caller sends for one item: strict types, only the fields of the item's method."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.core.errors import Invalid
from apps.core.text import clean_text
from apps.policy.evaluation.decimals import CENT, NotANumber, plain, points_text, to_decimal
from apps.policy.evaluation.spec import (
    AGAINST,
    REQUIRED_VALUE,
    Benchmark,
    BenchmarkMultiple,
    Binary,
    Count,
    Graded,
    ItemSpec,
    LinearBenchmark,
    SchemeSpec,
    metrics_of,
)

LONGEST_REASON = 500
_LONGEST_SOURCE = 200
_SELF_FIELDS = frozenset(
    {"met", "option", "selected", "metric", "benchmarks", "claimed_ratio", "not_applicable", "reason"}
)
_OFFICIAL_FIELDS = frozenset({"judged_points", "not_applicable", "reason"})


def self_answer(sent: Mapping[str, Any], item: ItemSpec, spec: SchemeSpec) -> tuple[dict[str, Any], str]:
    """Return the stored form of an enterprise's answer, and its note.

    Fields: `met` (bool), `option` (index of the grade), `selected` (ticks), `metric` (an alternative metric),
    `benchmarks` (field → {value, source}), `claimed_ratio`, `not_applicable` with `reason`.

    Raises:
        Invalid: a field of another method, a wrong type, an unknown option; keyed by field.
    """
    _known(sent, _SELF_FIELDS)
    reason = _reason(sent)
    if _flag(sent, "not_applicable"):
        if not item.na_allowed:
            raise Invalid.of("not_applicable", "本条目不允许申请不适用。")
        if not reason:
            raise Invalid.of("reason", "申请不适用须写明理由。")
        return {"not_applicable": True}, reason
    stored: dict[str, Any] = {}
    for name in ("met", "option", "selected", "metric", "benchmarks", "claimed_ratio"):
        if sent.get(name) in (None, "", {}) or (name == "selected" and not isinstance(item.method, Count)):
            continue
        if name not in _fields_of(item):
            raise Invalid.of(name, "本条目不需要填写此项。")
        stored[name] = _READERS[name](sent[name], item, spec)
    return stored, reason


def official_points(sent: Mapping[str, Any], item: ItemSpec) -> tuple[Decimal | None, bool, str]:
    """Return points, 不适用 and reason of a scorer's judgement of one item.

    Raises:
        Invalid: unknown fields, points below 0, above the maximum or finer than 0.01 (SECURITY S01).
    """
    _known(sent, _OFFICIAL_FIELDS)
    not_applicable = _flag(sent, "not_applicable")
    raw = sent.get("judged_points")
    if not_applicable:
        if not item.na_allowed:
            raise Invalid.of("not_applicable", "本条目不允许判为不适用。")
        if raw not in (None, ""):
            raise Invalid.of("judged_points", "判为不适用的条目不能同时给分。")
        return None, True, _reason(sent)
    if raw in (None, ""):
        return None, False, _reason(sent)
    try:
        points = to_decimal(raw)
    except NotANumber as error:
        raise Invalid.of("judged_points", f"条目 {item.code} 的评分{error}。") from None
    if points < 0:
        raise Invalid.of("judged_points", f"条目 {item.code} 的评分不能为负数（填写 {plain(points)} 分）。")
    if points > item.max_points:
        message = f"条目 {item.code} 最高 {points_text(item.max_points)} 分，填写 {plain(points)} 分。"
        raise Invalid.of("judged_points", message)
    if points % CENT:
        raise Invalid.of(
            "judged_points", f"条目 {item.code} 的评分应精确到 0.01 分（填写 {plain(points)} 分）。"
        )
    return points.quantize(CENT), False, _reason(sent)


def _known(sent: Mapping[str, Any], fields: frozenset[str]) -> None:
    unknown = sorted(set(sent) - fields)
    if unknown:
        raise Invalid({name: ["不能填写此项。"] for name in unknown})


def _reason(sent: Mapping[str, Any]) -> str:
    value = sent.get("reason") or ""
    if not isinstance(value, str):
        raise Invalid.of("reason", "理由应为文字。")
    return clean_text(value, field="reason", label="理由", limit=LONGEST_REASON, multiline=True)


def _flag(sent: Mapping[str, Any], name: str) -> bool:
    value = sent.get(name)
    if value not in (None, True, False):
        raise Invalid.of(name, "应为是或否。")
    return bool(value)


def _fields_of(item: ItemSpec) -> frozenset[str]:
    fields: set[str] = {"metric"} if item.alternative_metrics else set()
    match item.method:
        case Binary():
            fields.add("met")
        case Graded():
            fields.add("option")
        case Count():
            fields.add("selected")
        case Benchmark() | LinearBenchmark():
            fields |= {"benchmarks", "claimed_ratio"}
        case BenchmarkMultiple():
            fields.add("benchmarks")
    return frozenset(fields)


def benchmark_fields(item: ItemSpec) -> tuple[str, ...]:
    """Return the names under which an enterprise may enter comparison values at this item."""
    match item.method:
        case Benchmark(tiers=tiers):
            return tuple(tier.against for tier in tiers if tier.against in AGAINST)
        case BenchmarkMultiple():
            return (REQUIRED_VALUE,)
        case LinearBenchmark():
            return ("lead_value", "base_value")
    return ()


def _met(value: Any, _item: ItemSpec, _spec: SchemeSpec) -> bool:
    if not isinstance(value, bool):
        raise Invalid.of("met", "请选择是否符合。")
    return value


def _option(value: Any, item: ItemSpec, _spec: SchemeSpec) -> int:
    options = item.method.options if isinstance(item.method, Graded) else ()
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < len(options):
        raise Invalid.of("option", "所选档次不存在，请重新选择。")
    return value


def _selected(value: Any, item: ItemSpec, spec: SchemeSpec) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(tick, str) for tick in value):
        raise Invalid.of("selected", "请从列表中勾选。")
    options: tuple[str, ...] = ()
    if isinstance(item.method, Count):
        checklist = spec.metric(item.method.metric).checklist
        options = checklist.options if checklist is not None else ()
    unknown = sorted(set(value).difference(options))
    if unknown:
        raise Invalid.of("selected", f"没有“{'、'.join(unknown)}”这个选项。")
    return [option for option in options if option in set(value)]


def _metric(value: Any, item: ItemSpec, _spec: SchemeSpec) -> str:
    if value not in metrics_of(item):
        raise Invalid.of("metric", "本条目不能选用这个指标。")
    return str(value)


def _benchmarks(value: Any, item: ItemSpec, _spec: SchemeSpec) -> dict[str, dict[str, str]]:
    allowed = benchmark_fields(item)
    if not isinstance(value, Mapping) or any(name not in allowed for name in value):
        raise Invalid.of("benchmarks", "本条目不能填写这个对标值。")
    read: dict[str, dict[str, str]] = {}
    for name, entered in value.items():
        if not isinstance(entered, Mapping) or entered.get("value") in (None, ""):
            continue
        try:
            number = to_decimal(entered["value"])
        except NotANumber as error:
            raise Invalid.of("benchmarks", f"对标值{error}。") from None
        if number <= 0:
            raise Invalid.of("benchmarks", f"对标值应大于 0（填写 {plain(number)}）。")
        source = clean_text(
            str(entered.get("source") or ""), field="benchmarks", label="对标值出处", limit=_LONGEST_SOURCE
        )
        read[name] = {"value": plain(number), "source": source}
    return read


def _claimed_ratio(value: Any, _item: ItemSpec, _spec: SchemeSpec) -> str:
    try:
        ratio = to_decimal(value)
    except NotANumber as error:
        raise Invalid.of("claimed_ratio", f"主张的系数{error}。") from None
    if not 0 <= ratio <= 1:
        raise Invalid.of("claimed_ratio", f"主张的系数应在 0 至 1 之间（填写 {plain(ratio)}）。")
    return plain(ratio)


_READERS = {
    "met": _met,
    "option": _option,
    "selected": _selected,
    "metric": _metric,
    "benchmarks": _benchmarks,
    "claimed_ratio": _claimed_ratio,
}
