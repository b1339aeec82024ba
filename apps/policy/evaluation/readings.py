"""Owns computing an item's metric from the figures: one reading, or one per row where the worst counts."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from apps.policy.evaluation.answers import MeasurementRow
from apps.policy.evaluation.decimals import HUNDRED, plain, short, with_unit
from apps.policy.evaluation.formula import DividedByZero, Evaluated, MissingInputs
from apps.policy.evaluation.results import ItemResult
from apps.policy.evaluation.spec import Direction, MetricSpec
from apps.policy.evaluation.worksheet import KnownReadings, Reading, Worksheet

_PLACEHOLDERS = ("产品单位", "污染物单位", "原材料单位")


def read_metric(sheet: Worksheet, metric: MetricSpec) -> tuple[Reading, ...] | ItemResult:
    """Compute a metric with its working noted on the sheet.

    Returns the readings, at least one, or the result that closes the item: 未填写 when figures are missing,
    填写有误 when a figure is impossible or a denominator is zero.
    """
    key = (metric.code, sheet.answer.selected)
    known = sheet.around.readings.get(key)
    if known is None:
        fresh = _read_afresh(sheet, metric)
        if isinstance(fresh, ItemResult):
            return replace(
                fresh,
                steps=(*sheet.steps, *fresh.steps),
                warnings=(*sheet.warnings, *fresh.warnings),
                open_matters=tuple(sheet.open_matters),
            )
        known = sheet.around.readings[key] = fresh
    sheet.steps += known.steps
    sheet.warnings += known.warnings
    _remember(sheet, worst_of(known.readings, metric.direction))
    return known.readings


def _read_afresh(sheet: Worksheet, metric: MetricSpec) -> KnownReadings | ItemResult:
    """Compute a metric the first time it is met on a sheet."""
    aside = Worksheet(sheet.item, sheet.answer, sheet.around)
    values: Mapping[str, Decimal] = sheet.around.measurements.values
    checklist = metric.checklist
    if checklist is not None:
        counted = _count_ticks(aside, checklist.code, checklist.options)
        if isinstance(counted, ItemResult):
            return counted
        values = {**values, checklist.code: counted} if counted is not None else values
    rows = sheet.around.measurements.rows.get(metric.code, ()) if metric.worst_of_rows else ()
    aside.say("公式", metric.in_words)
    readings: list[Reading] = []
    for row in rows or (MeasurementRow("", {}),):
        reading = _read_row(aside, metric, row, ChainMap(dict(row.values), dict(values)) if rows else values)
        if isinstance(reading, ItemResult):
            return reading
        readings.append(reading)
    return KnownReadings(tuple(readings), tuple(aside.steps), tuple(aside.warnings))


def worst_of(readings: Sequence[Reading], direction: Direction) -> Reading:
    """The least favourable reading; of equals the first."""
    pick = min if direction is Direction.HIGHER else max
    return pick(readings, key=lambda reading: reading.value)


def note_worst(sheet: Worksheet, reading: Reading, among: int) -> None:
    """Say which of several rows counts, and make it the value of the item."""
    _remember(sheet, reading)
    if among > 1:
        sheet.say("取值", f"{among} 行中取最不利者：{reading.label}，{show_value(reading)}。")


def show_value(reading: Reading) -> str:
    """A value with its unit, shortened for reading."""
    text, exact = short(reading.value)
    return f"{'' if exact else '约 '}{with_unit(text, reading.unit)}"


def resolve_unit(template: str, units: Mapping[str, str], row_unit: str = "") -> str:
    """Fill a metric unit's placeholders: tce/产品单位 with {"产品单位": "t"} becomes tce/t."""
    unit = template
    if row_unit:
        unit = unit.replace("污染物单位", row_unit)
    for placeholder in _PLACEHOLDERS:
        if units.get(placeholder):
            unit = unit.replace(placeholder, units[placeholder])
    return unit


def units_differ(one: str, other: str) -> bool:
    """Whether two units are both known and not the same; m³ and m3 are the same."""
    if not one or not other or any(place in text for text in (one, other) for place in _PLACEHOLDERS):
        return False
    return _plain_unit(one) != _plain_unit(other)


def _plain_unit(unit: str) -> str:
    table = str.maketrans({"³": "3", "²": "2", "₂": "2", "％": "%", "／": "/", " ": None})
    return unit.translate(table).casefold()


def _remember(sheet: Worksheet, reading: Reading) -> None:
    sheet.value, sheet.unit, sheet.worst_row = reading.value, reading.unit, reading.label


def _read_row(
    sheet: Worksheet,
    metric: MetricSpec,
    row: MeasurementRow,
    values: Mapping[str, Decimal],
) -> Reading | ItemResult:
    where = f"{row.label}：" if row.label else ""
    names = metric.names
    for code in metric.formula.codes:
        if code in values and values[code] < 0:
            return sheet.invalid(
                f"{where}{names.get(code, code)}不能为负数（当前为 {plain(values[code])}）。"
            )
    outcome = metric.formula.evaluate(values)
    if isinstance(outcome, MissingInputs):
        lacking = "、".join(names.get(code, code) for code in outcome.codes)
        return sheet.unanswered(f"{where}请填写{lacking}。", outcome.codes)
    if isinstance(outcome, DividedByZero):
        denominator = "、".join(names.get(code, code) for code in outcome.codes)
        advice = "；确无此项的，可申请不适用" if sheet.item.na_allowed else ""
        return sheet.invalid(f"{where}分母（{denominator}）为 0，无法计算{advice}。")
    return _evaluated(sheet, metric, row, outcome, where)


def _evaluated(
    sheet: Worksheet, metric: MetricSpec, row: MeasurementRow, outcome: Evaluated, where: str
) -> Reading:
    unit = resolve_unit(metric.unit, sheet.around.measurements.units, row.unit)
    sheet.say("计算", f"{where}{with_unit(outcome.working, unit)}")
    if unit == "%" and outcome.value > HUNDRED:
        sheet.warn(f"{where}{metric.name}超过 100%，请核对填报数据。")
    return Reading(outcome.value, unit, row.label)


def _count_ticks(sheet: Worksheet, code: str, options: tuple[str, ...]) -> Decimal | ItemResult | None:
    """The number of ticked options, or a number entered instead, or None when neither is there."""
    ticked = sheet.answer.selected
    if ticked is not None:
        unknown = sorted(ticked.difference(options))
        if unknown:
            return sheet.invalid(f"没有“{'、'.join(unknown)}”这个选项。")
        return Decimal(len(ticked))
    entered = sheet.around.measurements.values.get(code)
    if entered is not None and (entered != entered.to_integral_value() or entered > len(options)):
        return sheet.invalid(f"勾选数应为 0 至 {len(options)} 的整数（当前为 {plain(entered)}）。")
    return entered
