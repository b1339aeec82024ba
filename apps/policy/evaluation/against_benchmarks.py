"""Owns the scoring methods that compare with other factories: steps, multiples and the straight line.

Where an industry value is lacking, the known values still bound the share from below and above. When the
bounds meet the item is scored; when they do not, the enterprise claims a step between them with evidence and
an official judges it (DECISIONS 2). Nothing is silently full or zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apps.policy.evaluation.answers import EnteredBenchmark
from apps.policy.evaluation.benchmarks import NO_BENCHMARK, BenchmarkValue
from apps.policy.evaluation.decimals import ONE, WORKING, ZERO, clean, equals, plain, short, with_unit
from apps.policy.evaluation.readings import (
    note_worst,
    read_metric,
    show_value,
    units_differ,
    worst_of,
)
from apps.policy.evaluation.results import ItemResult, UsedBenchmark
from apps.policy.evaluation.spec import (
    AGAINST,
    CALCULATED_ONLY,
    REQUIRED_VALUE,
    Benchmark,
    BenchmarkKind,
    BenchmarkMultiple,
    Direction,
    LinearBenchmark,
    MetricSpec,
)
from apps.policy.evaluation.worksheet import Reading, Worksheet

#: Marks of one family from loose to strict: whoever misses a looser one misses every stricter one.
_FAMILIES = (
    (BenchmarkKind.AVERAGE, BenchmarkKind.TOP20, BenchmarkKind.TOP5),
    (BenchmarkKind.LIMIT, BenchmarkKind.ADVANCED),
)
#: 引领值 with its 基准值, best source first: own values, an energy quota's grades, the sector's figures.
_LINES = (
    (BenchmarkKind.LEAD, BenchmarkKind.BASE),
    (BenchmarkKind.ADVANCED, BenchmarkKind.LIMIT),
    (BenchmarkKind.TOP5, BenchmarkKind.AVERAGE),
)
LEAD_VALUE = "lead_value"
BASE_VALUE = "base_value"


@dataclass(frozen=True, slots=True)
class Span:
    """What is certain about one reading: its share lies between `floor` and `ceiling`."""

    reading: Reading
    floor: Decimal
    ceiling: Decimal
    why: str


class _SourceMissing(Exception):
    """An entered value without the document it comes from."""


def score_benchmark(sheet: Worksheet, method: Benchmark) -> ItemResult:
    """Steps against industry values."""
    metric = sheet.around.scheme.metric(sheet.metric or method.metric)
    readings = read_metric(sheet, metric)
    if isinstance(readings, ItemResult):
        return readings
    spans = [_step_span(sheet, method, metric, reading, entered=False) for reading in readings]
    proposal = None
    if any(span.floor < span.ceiling for span in spans):
        try:
            proposal = _entered_steps(sheet, method, metric, readings)
        except _SourceMissing:
            return sheet.invalid("填写的对标值须注明出处。")
    ratios = {tier.ratio for tier in method.tiers} | {method.otherwise}
    return _settle(sheet, spans, proposal, tuple(sorted(ratios, reverse=True)), method.otherwise)


def score_multiple(sheet: Worksheet, method: BenchmarkMultiple) -> ItemResult:
    """Steps at multiples of the value a land contract, a planning condition or the district requires."""
    metric = sheet.around.scheme.metric(sheet.metric or method.metric)
    readings = read_metric(sheet, metric)
    if isinstance(readings, ItemResult):
        return readings
    reading = worst_of(readings, method.direction)
    note_worst(sheet, reading, len(readings))
    entered = sheet.answer.benchmarks.get(REQUIRED_VALUE) or sheet.around.required.get(metric.code)
    listed = _listed(sheet, metric, BenchmarkKind.REQUIRED, reading)
    if entered is not None:
        if method.source_required and not entered.source.strip():
            return sheet.invalid("填写的要求值须注明出处（出让合同、规划条件等）。")
        if listed is not None and listed.value != entered.value:
            sheet.warn(
                f"填写的要求值 {plain(entered.value)} 与基准表中的 {plain(listed.value)} 不同，请核对。"
            )
        used = _as_entered(entered, BenchmarkKind.REQUIRED, reading.unit)
    elif listed is not None:
        used = _as_used(listed)
    else:
        return _without_required(sheet, method)
    if used.value <= 0:
        return sheet.invalid(f"要求值应大于 0（当前为 {plain(used.value)}）。")
    sheet.compare_with(used)
    times = clean(WORKING.divide(reading.value, used.value))
    sheet.say("比较", f"{short(reading.value)[0]} ÷ {plain(used.value)} {equals(times)} 倍")
    for tier in method.tiers:
        if method.direction.reaches(reading.value, WORKING.multiply(tier.multiple, used.value)):
            word = "达到" if method.direction is Direction.HIGHER else "不超过"
            sheet.say("分档", f"{word}要求值的 {plain(tier.multiple)} 倍，系数 {plain(tier.ratio)}。")
            return sheet.scored(tier.ratio)
    sheet.say(
        "分档", f"未达到要求值的 {plain(method.tiers[-1].multiple)} 倍，系数 {plain(method.otherwise)}。"
    )
    return sheet.scored(method.otherwise)


def score_linear(sheet: Worksheet, method: LinearBenchmark) -> ItemResult:
    """Nothing at the base value, everything at the leading value, linear between."""
    metric = sheet.around.scheme.metric(sheet.metric or method.metric)
    readings = read_metric(sheet, metric)
    if isinstance(readings, ItemResult):
        return readings
    spans: list[Span] = []
    for reading in readings:
        lead, base = _line(sheet, method, metric, reading)
        if lead is not None and base is not None and not method.direction.reaches(lead.value, base.value):
            return sheet.invalid(
                f"引领值 {plain(lead.value)} 不应比基准值 {plain(base.value)} 宽松，请核对基准表。"
            )
        for used in (base, lead):
            if used is not None:
                sheet.compare_with(used)
        spans.append(_line_span(method.direction, reading, lead, base))
    proposal = None
    lead_entered, base_entered = (sheet.answer.benchmarks.get(name) for name in (LEAD_VALUE, BASE_VALUE))
    if len(spans) == 1 and spans[0].floor < spans[0].ceiling and lead_entered and base_entered:
        if not (lead_entered.source.strip() and base_entered.source.strip()):
            return sheet.invalid("填写的对标值须注明出处。")
        if not method.direction.reaches(lead_entered.value, base_entered.value):
            return sheet.invalid("填写的引领值不应比基准值宽松。")
        lead = _as_entered(lead_entered, BenchmarkKind.LEAD, readings[0].unit)
        base = _as_entered(base_entered, BenchmarkKind.BASE, readings[0].unit)
        sheet.compare_with(base)
        sheet.compare_with(lead)
        proposal = _line_span(method.direction, readings[0], lead, base).floor
    return _settle(sheet, spans, proposal, (), ZERO)


def _settle(
    sheet: Worksheet,
    spans: list[Span],
    proposal: Decimal | None,
    ratios: tuple[Decimal, ...],
    otherwise: Decimal,
) -> ItemResult:
    """Close an item from the spans of its rows; without `ratios` any share in bounds may be claimed."""
    worst = min(spans, key=lambda span: (span.floor, span.ceiling))
    floor, ceiling = worst.floor, min(span.ceiling for span in spans)
    note_worst(sheet, worst.reading, len(spans))
    if floor == ceiling:
        if sheet.answer.claimed_ratio not in (None, floor):
            sheet.warn("已有行业基准，按基准计算，不采用主张的档次。")
        sheet.say("分档", worst.why)
        return sheet.scored(floor)
    claimable = tuple(ratio for ratio in ratios if floor <= ratio <= ceiling)
    claim = sheet.answer.claimed_ratio if sheet.answer.claimed_ratio is not None else proposal
    if claim is None:
        if floor > otherwise:
            sheet.say("分档", worst.why)
            return sheet.scored(floor, f"更高档次{NO_BENCHMARK}，可凭佐证主张。", claimable)
        return sheet.unclaimed(f"{NO_BENCHMARK}：请主张得分档次并上传佐证，由评分人员判定。", claimable)
    if not floor <= claim <= ceiling or (ratios and claim not in claimable):
        return sheet.invalid(
            f"主张的系数应为{_choices(claimable, floor, ceiling)}（当前为 {plain(claim)}）。"
        )
    if claim == floor and floor > otherwise:
        sheet.say("分档", worst.why)
        return sheet.scored(floor)
    own = sheet.answer.claimed_ratio is None
    basis = "按企业提供的对标值计算" if own else "企业凭佐证主张"
    sheet.say("主张", f"{NO_BENCHMARK}，{basis}，系数 {short(claim)[0]}，待评分人员判定。")
    return sheet.claimed(claim, f"{NO_BENCHMARK}，待判定。", claimable)


def _choices(claimable: tuple[Decimal, ...], floor: Decimal, ceiling: Decimal) -> str:
    if claimable:
        return " " + "、".join(plain(ratio) for ratio in claimable) + " 之一"
    return f" {plain(floor)} 至 {plain(ceiling)} 之间的数"


def _step_span(
    sheet: Worksheet, method: Benchmark, metric: MetricSpec, reading: Reading, *, entered: bool
) -> Span:
    """Bounds of one reading from the values at hand; `entered` also uses values typed by the enterprise."""
    open_tiers: list[tuple[BenchmarkKind, Decimal]] = []
    missed: set[BenchmarkKind] = set()
    floor, why = (
        method.otherwise,
        f"{show_value(reading)}，未达到可比的各档，系数 {plain(method.otherwise)}。",
    )
    for tier in method.tiers:
        if tier.against == CALCULATED_ONLY:
            if open_tiers:
                floor, why = tier.ratio, f"已完成核算，行业值暂缺，系数 {plain(tier.ratio)}。"
                break
            continue
        kind = AGAINST[tier.against]
        mark = _mark(sheet, metric, reading, tier.against, tier.fallback, entered=entered)
        if mark is None:
            open_tiers.append((kind, tier.ratio))
            continue
        sheet.compare_with(mark)
        if method.direction.reaches(reading.value, mark.value):
            verb = "不低于" if method.direction is Direction.HIGHER else "不高于"
            floor = tier.ratio
            figure = with_unit(plain(mark.value), mark.unit)
            why = f"{show_value(reading)}，{verb}{mark.label} {figure}，系数 {plain(tier.ratio)}。"
            break
        missed.add(kind)
    possible = [ratio for kind, ratio in open_tiers if ratio > floor and not _missed_too(kind, missed)]
    return Span(reading, floor, max([floor, *possible]), why)


def _missed_too(kind: BenchmarkKind, missed: set[BenchmarkKind]) -> bool:
    """Whether missing the looser marks of its family settles this one."""
    return any(
        kind in family and any(looser in missed for looser in family[: family.index(kind)])
        for family in _FAMILIES
    )


def _entered_steps(
    sheet: Worksheet, method: Benchmark, metric: MetricSpec, readings: tuple[Reading, ...]
) -> Decimal | None:
    """The share that follows when values typed by the enterprise fill the gaps; None when they do not."""
    offered = [tier.against for tier in method.tiers if tier.against in sheet.answer.benchmarks]
    if not offered or len(readings) > 1:
        return None
    if method.source_required and not all(sheet.answer.benchmarks[name].source.strip() for name in offered):
        raise _SourceMissing
    span = _step_span(sheet, method, metric, readings[0], entered=True)
    return span.floor if span.floor == span.ceiling else None


def _mark(
    sheet: Worksheet, metric: MetricSpec, reading: Reading, against: str, fallback: str, *, entered: bool
) -> UsedBenchmark | None:
    """The comparison value of a step: from the table, else from its fallback, else as entered."""
    for name in filter(None, (against, fallback)):
        listed = _listed(sheet, metric, AGAINST[name], reading)
        if listed is not None:
            return _as_used(listed)
    own = sheet.answer.benchmarks.get(against) if entered else None
    return None if own is None else _as_entered(own, AGAINST[against], reading.unit)


def _listed(
    sheet: Worksheet, metric: MetricSpec, kind: BenchmarkKind, reading: Reading
) -> BenchmarkValue | None:
    """A table value whose unit can be compared with the reading's."""
    found = sheet.around.benchmarks.lookup(metric.code, sheet.around.industry_code, kind, reading.label)
    if found is not None and units_differ(found.unit, reading.unit):
        text = f"{found.label}的单位 {found.unit} 与本企业指标的单位 {reading.unit} 不一致，不能对标。"
        if text not in sheet.warnings:
            sheet.warn(text)
        return None
    return found


def _line(
    sheet: Worksheet, method: LinearBenchmark, metric: MetricSpec, reading: Reading
) -> tuple[UsedBenchmark | None, UsedBenchmark | None]:
    """Leading and base value: the scheme's own, else the table's first complete pair, else what is there."""
    if method.lead_value is not None and method.base_value is not None:
        scheme = sheet.around.scheme.name
        return (
            UsedBenchmark(BenchmarkKind.LEAD.label, method.lead_value, reading.unit, scheme),
            UsedBenchmark(BenchmarkKind.BASE.label, method.base_value, reading.unit, scheme),
        )
    pairs = [tuple(_listed(sheet, metric, kind, reading) for kind in line) for line in _LINES]
    best = max(pairs, key=lambda pair: sum(value is not None for value in pair))
    lead, base = (None if value is None else _as_used(value) for value in best)
    return lead, base


def _line_span(
    direction: Direction, reading: Reading, lead: UsedBenchmark | None, base: UsedBenchmark | None
) -> Span:
    """Bounds of one reading; a single known value settles only what lies beyond it."""
    value = reading.value
    if lead is not None and direction.reaches(value, lead.value):
        return Span(
            reading,
            ONE,
            ONE,
            f"{show_value(reading)}，达到或优于引领值 {with_unit(plain(lead.value), lead.unit)}，系数 1。",
        )
    if base is not None and not direction.reaches(value, base.value):
        return Span(
            reading,
            ZERO,
            ZERO,
            f"{show_value(reading)}，未达到基准值 {with_unit(plain(base.value), base.unit)}，系数 0。",
        )
    if lead is None or base is None:
        return Span(reading, ZERO, ONE, "")
    above = WORKING.subtract(value, base.value)
    whole = WORKING.subtract(lead.value, base.value)
    ratio = WORKING.divide(above, whole)
    working = (
        f"({short(value)[0]} - {plain(base.value)}) ÷ ({plain(lead.value)} - {plain(base.value)})"
        if direction is Direction.HIGHER
        else f"({plain(base.value)} - {short(value)[0]}) ÷ ({plain(base.value)} - {plain(lead.value)})"
    )
    return Span(reading, ratio, ratio, f"基准值与引领值之间按比例计：{working} {equals(clean(ratio))}。")


def _as_used(row: BenchmarkValue) -> UsedBenchmark:
    return UsedBenchmark(row.label, row.value, row.unit, row.source, row.period, row.approved_by, row.example)


def _as_entered(entered: EnteredBenchmark, kind: BenchmarkKind, unit: str) -> UsedBenchmark:
    return UsedBenchmark(f"{kind.label}（企业填写）", entered.value, unit, entered.source, entered=True)


def _without_required(sheet: Worksheet, method: BenchmarkMultiple) -> ItemResult:
    """No required value at hand: it is to be entered, unless a step is claimed with evidence."""
    claim = sheet.answer.claimed_ratio
    if claim is None:
        return sheet.unanswered("请填写要求值及出处（出让合同、规划条件或属地公布值）。", (REQUIRED_VALUE,))
    claimable = tuple(sorted({tier.ratio for tier in method.tiers} | {method.otherwise}, reverse=True))
    if claim not in claimable:
        message = (
            f"主张的系数应为{_choices(claimable, claimable[-1], claimable[0])}（当前为 {plain(claim)}）。"
        )
        return sheet.invalid(message)
    sheet.say("主张", f"{NO_BENCHMARK}，企业凭佐证主张，系数 {plain(claim)}，待评分人员判定。")
    return sheet.claimed(claim, f"{NO_BENCHMARK}，待判定。", claimable)
