"""Saving the reported figures of a self sheet: every item that depends on them is scored anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from apps.audit import services as audit
from apps.core.actor import Actor
from apps.core.errors import Conflict, Forbidden, Invalid, WrongStep
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.policy.evaluation.decimals import NotANumber, plain, to_decimal
from apps.policy.evaluation.spec import SchemeSpec, metrics_of
from apps.scoring.selectors.computing import context_for
from apps.scoring.services.records import SavedSheet
from apps.scoring.services.writing import (
    Held,
    apply_result,
    hold,
    require_open,
    require_writer,
    saved_sheet,
    store_sums,
)
from apps.scoring.states import SELF

_MOST_ROWS = 50
_LABEL, _UNIT, _PERIOD = 40, 20, 20
_PLACEHOLDERS = frozenset({"产品单位", "污染物单位", "原材料单位"})


@transaction.atomic
def save_measurements(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    version: int,
    values: Mapping[str, Any] | None = None,
    rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    units: Mapping[str, str] | None = None,
    period: str | None = None,
) -> SavedSheet:
    """Merge figures into a self sheet and score it anew.

    Args:
        actor: a member of the enterprise.
        clock: when; the benchmark values and settings of that day are pinned.
        public_id: the sheet.
        version: version of the figures the page was showing (`SheetHead.version`).
        values: input code → number as typed; "" or None removes the figure.
        rows: metric → rows {label, unit, values}, replacing that metric's rows (worst of several outlets).
        units: placeholder (产品单位 …) → unit.
        period: the year the figures belong to.

    Raises:
        NotVisible, Forbidden, WrongStep: as for `save_entry`; a renewed sheet opens only figures of returned items.
        Conflict: the figures were changed after *version*; `current` carries them.
        Invalid: unknown codes, no numbers, negative numbers; keyed by input code.
    """
    held = hold(actor, public_id)
    sheet = held.sheet
    require_writer(sheet, actor)
    require_open(sheet)
    if sheet.kind != SELF:
        raise Forbidden("数据在企业自评表上填写。")
    before = dict(sheet.measurements)
    after = merged_figures(before, held.spec, values or {}, rows or {}, units or {}, period)
    moment = clock.now()
    if after != before:
        if version != sheet.version:
            message = "数据已被其他人修改，请核对后再保存。"
            raise Conflict(message, current={"version": sheet.version, "measurements": before})
        _require_opened(held, before, after)
        sheet.measurements = after
        sheet.version += 1
        sheet.context = context_for(
            spec=held.spec, industry_code=sheet.context["industry_code"], on=moment.on
        )
    result, changed = apply_result(held, moment)
    if after != before:
        store_sums(held, "measurements", "context", "version")
        audit.record(
            actor=actor,
            event="score.figures.save",
            subject=sheet,
            moment=moment,
            rule="R-15",
            before=_difference(before, after),
            after={**_difference(after, before), "total": sheet.total},
        )
    return saved_sheet(held, result, changed)


def merged_figures(
    before: Mapping[str, Any],
    spec: SchemeSpec,
    values: Mapping[str, Any],
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    units: Mapping[str, str],
    period: str | None,
) -> dict[str, Any]:
    """Return *before* with what was sent put in; "" and None take a figure away.

    Raises:
        Invalid: unknown codes, no numbers, negative numbers; keyed by input code.
    """
    errors: dict[str, list[str]] = {}
    known = {entry.code: entry.name for metric in spec.metrics for entry in metric.inputs}
    merged = {**before.get("values", {}), **_numbers(values, known, errors)}
    all_rows = dict(before.get("rows", {}))
    for metric, sent in rows.items():
        all_rows[metric] = _rows(metric, sent, spec, known, errors)
    all_units = {**before.get("units", {}), **_units(units, errors)}
    if errors:
        raise Invalid(errors)
    year = before.get("period", "") if period is None else period
    return {
        "values": {code: number for code, number in merged.items() if number},
        "rows": {metric: kept for metric, kept in all_rows.items() if kept},
        "units": {place: unit for place, unit in all_units.items() if unit},
        "period": clean_text(str(year), field="period", label="数据年度", limit=_PERIOD),
    }


def _numbers(
    sent: Mapping[str, Any], known: Mapping[str, str], errors: dict[str, list[str]], prefix: str = ""
) -> dict[str, str]:
    """Return code → plain number, "" for a removed one; what is wrong goes into *errors*."""
    read: dict[str, str] = {}
    for code, raw in sent.items():
        if code not in known:
            errors[f"{prefix}{code}"] = ["评价体系中没有这个填报项。"]
            continue
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            read[code] = ""
            continue
        try:
            number = to_decimal(raw)
        except NotANumber as error:
            errors[f"{prefix}{code}"] = [f"{known[code]}：{error}。"]
            continue
        if number < 0:
            errors[f"{prefix}{code}"] = [f"{known[code]}不能为负数（填写 {plain(number)}）。"]
            continue
        read[code] = plain(number)
    return read


def _rows(
    metric: str,
    sent: Sequence[Mapping[str, Any]],
    spec: SchemeSpec,
    known: Mapping[str, str],
    errors: dict[str, list[str]],
) -> list[dict[str, Any]]:
    found = next((row for row in spec.metrics if row.code == metric and row.worst_of_rows), None)
    if found is None:
        errors[metric] = ["这个指标不能按行填写。"]
        return []
    if len(sent) > _MOST_ROWS:
        errors[metric] = [f"最多填写 {_MOST_ROWS} 行，当前 {len(sent)} 行。"]
        return []
    inputs = {code: known[code] for code in (found.row_inputs or tuple(found.names))}
    read: list[dict[str, Any]] = []
    for position, row in enumerate(sent, start=1):
        label = clean_text(
            str(row.get("label") or ""), field=metric, label=found.row_name or "名称", limit=_LABEL
        )
        unit = clean_text(str(row.get("unit") or ""), field=metric, label="单位", limit=_UNIT)
        numbers = _numbers(row.get("values") or {}, inputs, errors, prefix=f"{metric}.{position}.")
        numbers = {code: number for code, number in numbers.items() if number}
        if not label and not numbers:
            continue
        if not label:
            errors[f"{metric}.{position}.label"] = [f"第 {position} 行请填写{found.row_name or '名称'}。"]
        read.append({"label": label, "unit": unit, "values": numbers})
    return read


def _units(sent: Mapping[str, str], errors: dict[str, list[str]]) -> dict[str, str]:
    unknown = sorted(set(sent) - _PLACEHOLDERS)
    for name in unknown:
        errors[name] = ["没有这个单位项。"]
    return {
        name: clean_text(str(unit or ""), field=name, label=name, limit=_UNIT)
        for name, unit in sent.items()
        if name in _PLACEHOLDERS
    }


def _require_opened(held: Held, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """On a renewed sheet only figures that a returned item uses may change."""
    if held.sheet.open_items is None:
        return
    metrics = {code for item in held.sheet.open_items for code in metrics_of(held.spec.item(item))}
    inputs = {entry.code for code in metrics for entry in held.spec.metric(code).inputs}
    touched = set(_difference(before, after)["values"]) | set(_difference(after, before)["values"])
    rows = set(_difference(before, after)["rows"]) | set(_difference(after, before)["rows"])
    if touched - inputs or rows - metrics:
        raise WrongStep("该数据不属于退回补正的条目，不能修改。")


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return what *one* says differently from *other*, part by part."""
    return {
        "values": {
            code: value
            for code, value in one.get("values", {}).items()
            if other.get("values", {}).get(code) != value
        },
        "rows": {
            metric: kept
            for metric, kept in one.get("rows", {}).items()
            if other.get("rows", {}).get(metric) != kept
        },
        "units": one.get("units", {}) if one.get("units", {}) != other.get("units", {}) else {},
        "period": one.get("period", ""),
    }
