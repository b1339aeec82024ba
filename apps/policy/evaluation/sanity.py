"""Owns the warnings about figures that are probably wrong; a warning never stops anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.policy.evaluation.answers import Measurements
from apps.policy.evaluation.coal import CoalCalculation
from apps.policy.evaluation.decimals import HUNDRED, WORKING, plain, short
from apps.policy.evaluation.formula import Evaluated
from apps.policy.evaluation.spec import InputSpec, MetricSpec

ENERGY_TOTAL = "energy_tce"


@dataclass(frozen=True, slots=True)
class SanityLimits:
    """From where on a figure is questioned; our own defaults where the policy is silent."""

    yearly_change: Decimal = Decimal("0.5")
    slip_low: Decimal = Decimal(500)
    slip_high: Decimal = Decimal(2000)
    balance_tolerance: Decimal = Decimal("0.05")
    energy_per_output_high_tce: Decimal = Decimal(20)


@dataclass(frozen=True, slots=True)
class SanityWarning:
    """`codes` are the inputs to look at; `message` is a sentence for the person filling in."""

    codes: tuple[str, ...]
    message: str


def check_measurements(
    metrics: Iterable[MetricSpec],
    measurements: Measurements,
    previous: Measurements | None = None,
    limits: SanityLimits | None = None,
) -> tuple[SanityWarning, ...]:
    """Question negative figures, shares above 100 %, slips by a thousand and jumps since last year."""
    kept = limits or SanityLimits()
    metrics = tuple(metrics)
    inputs = {entry.code: entry for metric in metrics for entry in metric.inputs}
    found = [
        *_negative(inputs, measurements),
        *_shares(metrics, measurements),
        *_changes(inputs, measurements, previous, kept),
        *_energy_per_output(measurements, kept),
    ]
    return tuple(dict.fromkeys(found))


def check_energy_balance(
    calculation: CoalCalculation, energy_tce: Decimal, limits: SanityLimits | None = None
) -> SanityWarning | None:
    """Question a total that does not match its carriers; None when they agree within the tolerance."""
    kept = limits or SanityLimits()
    gap = abs(WORKING.subtract(calculation.tce, energy_tce))
    larger = max(calculation.tce, energy_tce)
    if larger <= 0 or gap <= WORKING.multiply(larger, kept.balance_tolerance):
        return None
    percent = short(WORKING.divide(WORKING.multiply(gap, HUNDRED), larger).quantize(Decimal("0.1")))[0]
    return SanityWarning(
        (ENERGY_TOTAL,),
        f"综合能耗 {plain(energy_tce)} tce 与分品种折算合计 {short(calculation.tce)[0]} tce "
        f"相差 {percent}%，请核对。",
    )


def _all_values(measurements: Measurements) -> Iterator[tuple[str, str, Decimal]]:
    """Every figure with its code and the row it stands in."""
    for code, value in measurements.values.items():
        yield code, "", value
    for rows in measurements.rows.values():
        for row in rows:
            for code, value in row.values.items():
                yield code, row.label, value


def _negative(inputs: Mapping[str, InputSpec], measurements: Measurements) -> Iterator[SanityWarning]:
    for code, label, value in _all_values(measurements):
        if value < 0:
            name = _name(inputs, code)
            where = f"{label}：" if label else ""
            yield SanityWarning((code,), f"{where}{name}不能为负数（当前为 {plain(value)}）。")


def _shares(metrics: tuple[MetricSpec, ...], measurements: Measurements) -> Iterator[SanityWarning]:
    for metric in metrics:
        if metric.unit != "%":
            continue
        rows = measurements.rows.get(metric.code, ()) if metric.worst_of_rows else ()
        sets = [(row.label, {**measurements.values, **row.values}) for row in rows]
        for label, values in sets or [("", dict(measurements.values))]:
            outcome = metric.formula.evaluate(values)
            if not isinstance(outcome, Evaluated):
                continue
            names = "、".join(entry.name for entry in metric.inputs)
            where = f"{label}：" if label else ""
            shown = short(outcome.value)[0]
            if outcome.value > HUNDRED:
                text = f"{where}{metric.name}为 {shown}%，超过 100%，请核对{names}。"
                yield SanityWarning(metric.formula.codes, text)
            elif outcome.value < 0 and all(values[code] >= 0 for code in metric.formula.codes):
                text = f"{where}{metric.name}为 {shown}%，小于 0，请核对{names}。"
                yield SanityWarning(metric.formula.codes, text)


def _changes(
    inputs: Mapping[str, InputSpec], now: Measurements, before: Measurements | None, limits: SanityLimits
) -> Iterator[SanityWarning]:
    if before is None:
        return
    for code, value in now.values.items():
        old = before.values.get(code)
        if old is None or old <= 0 or value <= 0 or (code in inputs and inputs[code].options):
            continue
        larger, smaller = max(value, old), min(value, old)
        times = WORKING.divide(larger, smaller)
        name, unit = _name(inputs, code), inputs[code].unit if code in inputs else ""
        figures = f"上年 {plain(old)}，本年 {plain(value)}"
        if limits.slip_low <= times <= limits.slip_high:
            text = f"{name}与上年相差约 1000 倍（{figures}），请核对单位是否为“{unit}”。"
            yield SanityWarning((code,), text)
            continue
        change = WORKING.divide(abs(value - old), old)
        if change > limits.yearly_change:
            percent = plain((change * HUNDRED).quantize(Decimal("0.1")))
            word = "增加" if value > old else "减少"
            yield SanityWarning((code,), f"{name}比上年{word} {percent}%（{figures}），请核对或说明原因。")


def _energy_per_output(measurements: Measurements, limits: SanityLimits) -> Iterator[SanityWarning]:
    """Energy entered in kgce shows as an impossible intensity even in the first year."""
    energy, output = (measurements.values.get(code) for code in (ENERGY_TOTAL, "output_value"))
    if energy is None or output is None or output <= 0:
        return
    intensity = WORKING.divide(energy, output)
    if intensity > limits.energy_per_output_high_tce:
        text = (
            f"单位产值综合能耗为 {short(intensity)[0]} tce/万元，明显偏高，请核对综合能耗是否误按 kgce 填报。"
        )
        yield SanityWarning((ENERGY_TOTAL, "output_value"), text)


def _name(inputs: Mapping[str, InputSpec], code: str) -> str:
    return inputs[code].name if code in inputs else code
