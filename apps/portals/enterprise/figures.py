"""The figures of the year as form fields: their names, what was typed, and what a post says about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from apps.scoring.selectors.page_records import InputView, MetricView, SheetView

#: Placeholders in units of metrics, and the field each is asked in.
UNIT_FIELDS = {"产品单位": "unit_product", "原材料单位": "unit_material", "污染物单位": "unit_pollutant"}
UNIT_LABELS = {
    "产品单位": "产品计量单位",
    "原材料单位": "主要原材料计量单位",
    "污染物单位": "主要污染物计量单位",
}
_SPARE_ROWS = 1
_MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Figure:
    """One input: `name` in the form, `key` as id and error key."""

    name: str
    key: str
    label: str
    unit: str
    source: str
    value: str
    missing: bool = False
    errors: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """What a refused post brings back: the entries and the messages by field. Empty for a fresh page."""

    data: QueryDict | None = None
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def text(self, name: str, stored: str) -> str:
        """Return what was typed in *name*, else what is stored."""
        return stored if self.data is None or name not in self.data else str(self.data[name])


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One pollutant or outlet: its label, its unit and its figures."""

    number: int
    label: Figure
    unit: Figure | None
    cells: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class RowTable:
    """The rows of a metric of which the worst counts."""

    metric: str
    name: str
    row_name: str
    heads: tuple[str, ...]
    rows: tuple[FigureRow, ...]
    subjects: tuple[str, ...]


def with_units(unit: str, units: Mapping[str, str]) -> str:
    """Return *unit* with its placeholders (产品单位 …) replaced by the enterprise's own units."""
    for placeholder, own in units.items():
        if own:
            unit = unit.replace(placeholder, own)
    return unit


def figure_of(entry: InputView, units: Mapping[str, str], typed: Typed) -> Figure:
    """Return an input with what stands in it: what was just typed, else what is stored."""
    name = f"v.{entry.code}"
    return Figure(
        name,
        entry.code,
        entry.name,
        with_units(entry.unit, units),
        entry.source_form,
        typed.text(name, entry.value),
        entry.missing,
        typed.errors.get(entry.code, ()),
    )


def unit_figures(view: SheetView, placeholders: Iterable[str], typed: Typed) -> list[Figure]:
    """Return the fields for the enterprise's own units."""
    return [
        Figure(
            name=UNIT_FIELDS[one],
            key=UNIT_FIELDS[one],
            label=UNIT_LABELS[one],
            unit="",
            source="",
            value=typed.text(UNIT_FIELDS[one], view.units.get(one, "")),
            errors=typed.errors.get(one, ()),
        )
        for one in placeholders
    ]


def placeholders_in(units: Iterable[str]) -> list[str]:
    """Return the placeholders that occur in any of *units*, in their fixed order."""
    text = " ".join(units)
    return [one for one in UNIT_FIELDS if one in text]


def row_table(
    metric: MetricView, units: Mapping[str, str], typed: Typed, subjects: Sequence[str] = ()
) -> RowTable:
    """Return the rows of *metric* with one empty row to add; a spare row appears with every save."""
    stored = [dict(row) for row in metric.rows] if typed.data is None else _typed_rows(metric, typed.data)
    unit = with_units(metric.unit, units)
    per_row_unit = "污染物单位" in metric.unit
    rows: list[FigureRow] = []
    for position in range(1, min(len(stored) + _SPARE_ROWS, _MOST_ROWS) + 1):
        row = stored[position - 1] if position <= len(stored) else {}

        def cell(part: str, label: str, own_unit: str, value: object, at: int = position) -> Figure:
            key = f"{metric.code}.{at}.{part}"
            errors = typed.errors.get(key, ())
            return Figure(f"r.{key}", key, label, own_unit, "", str(value), errors=errors)

        rows.append(
            FigureRow(
                position,
                cell("label", metric.row_name or "名称", "", row.get("label", "")),
                cell("unit", "单位", "", row.get("unit", "")) if per_row_unit else None,
                tuple(
                    cell(
                        part.code,
                        part.name,
                        "" if per_row_unit else part.unit,
                        row.get("values", {}).get(part.code, ""),
                    )
                    for part in metric.row_inputs
                ),
            )
        )
    return RowTable(
        metric.code,
        f"{metric.name}（{unit}）" if unit else metric.name,
        metric.row_name or "名称",
        tuple(part.name if per_row_unit else f"{part.name}（{part.unit}）" for part in metric.row_inputs),
        tuple(rows),
        tuple(subjects),
    )


def posted_figures(data: QueryDict) -> dict[str, Any]:
    """Return what `save_measurements` takes from a post: values, rows, units, period; only what the form carries."""
    values = {
        name[2:]: text for name, text in data.items() if name.startswith("v.") and isinstance(text, str)
    }
    rows = {metric: _posted_rows(metric, data) for metric in data.getlist("rows_of")}
    units = {one: data[field] for one, field in UNIT_FIELDS.items() if field in data}
    period = data.get("period")
    return {"values": values, "rows": rows, "units": units, "period": period}


def mark_of_post(data: QueryDict) -> str:
    """Return a short mark of the figures in a post: unchanged figures need no saving."""
    return _mark({name: text for name, text in data.items() if isinstance(text, str) and _is_figure(name)})


def mark_of(figures: Iterable[Figure], tables: Iterable[RowTable] = (), period: str | None = None) -> str:
    """Return the mark the same form would have if nothing were changed."""
    pairs = {figure.name: figure.value for figure in figures}
    for table in tables:
        for row in table.rows:
            pairs |= {cell.name: cell.value for cell in (row.label, *row.cells)}
            if row.unit is not None:
                pairs[row.unit.name] = row.unit.value
    if period is not None:
        pairs["period"] = period
    return _mark(pairs)


def _is_figure(name: str) -> bool:
    return name.startswith(("v.", "r.")) or name in UNIT_FIELDS.values() or name == "period"


def _mark(pairs: Mapping[str, str]) -> str:
    cleaned = sorted((name, text.strip()) for name, text in pairs.items() if text.strip())
    return hashlib.sha256(json.dumps(cleaned).encode()).hexdigest()[:16]


def _posted_rows(metric: str, data: QueryDict) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    prefix = f"r.{metric}."
    for name, text in data.items():
        if not name.startswith(prefix) or not isinstance(text, str):
            continue
        position, _, part = name[len(prefix) :].partition(".")
        if not position.isdecimal() or len(position) > 3:  # noqa: PLR2004  (far beyond the most rows)
            continue
        row = found.setdefault(int(position), {"label": "", "unit": "", "values": {}})
        if part in {"label", "unit"}:
            row[part] = text
        else:
            row["values"][part] = text
    return [found[position] for position in sorted(found)]


def _typed_rows(metric: MetricView, typed: QueryDict) -> list[dict[str, Any]]:
    rows = _posted_rows(metric.code, typed)
    while rows and not (
        rows[-1]["label"].strip() or any(str(v).strip() for v in rows[-1]["values"].values())
    ):
        rows.pop()
    return rows
