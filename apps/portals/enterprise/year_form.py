"""The form of one year of the enterprise file: figures beside the year before, energy by carrier, what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from apps.applications import services
from apps.applications.energy import energy_factors
from apps.applications.selectors import YearRow
from apps.policy.evaluation.spec import SchemeSpec, metrics_of
from apps.portals.enterprise.figures import UNIT_FIELDS, with_units


@dataclass(frozen=True, slots=True)
class FileFigure:
    """A figure of a year with the year before beside it; `change` is the difference in percent, "" without one."""

    code: str
    name: str
    label: str
    unit: str
    source: str
    value: str
    before: str
    change: str


def groups(
    spec: SchemeSpec, row: YearRow | None, before: YearRow | None, typed: QueryDict | None
) -> list[dict[str, Any]]:
    """Return every figure once, under the dimension that first asks for it, the year before beside it."""
    values: Mapping[str, str] = row.values if row else {}
    old: Mapping[str, str] = before.values if before else {}
    units: Mapping[str, str] = row.units if row else {}
    seen_codes: set[str] = set()
    groups: list[dict[str, Any]] = []
    for part in spec.dimensions:
        figures: list[FileFigure] = []
        for metric in (spec.metric(code) for item in part.items for code in metrics_of(item)):
            by_rows = set(metric.row_inputs) if metric.worst_of_rows else set()
            for entry in metric.inputs:
                if entry.options or entry.code in by_rows or entry.code in seen_codes:
                    continue
                seen_codes.add(entry.code)
                value = values.get(entry.code, "")
                figures.append(
                    FileFigure(
                        code=entry.code,
                        name=f"v.{entry.code}",
                        label=entry.name,
                        unit=with_units(entry.unit, units),
                        source=entry.source_form,
                        value=shown(typed, f"v.{entry.code}", value),
                        before=old.get(entry.code, ""),
                        change=_change(value, old.get(entry.code, "")),
                    )
                )
        if figures:
            groups.append({"code": part.code, "name": part.name, "figures": figures})
    return groups


def carriers(row: YearRow | None, typed: QueryDict | None) -> list[dict[str, Any]]:
    """Return every energy carrier with its amount and unit, as typed or stored."""
    stored = {one["carrier"]: one for one in (row.energy if row else ())}
    return [
        {
            "place": place,
            "factor": factor,
            "amount": shown(
                typed, f"energy.{place}.amount", str(stored.get(factor.name, {}).get("amount", ""))
            ),
            "unit": shown(
                typed,
                f"energy.{place}.unit",
                str(stored.get(factor.name, {}).get("unit") or factor.units[-1]),
            ),
            "units": [(unit, unit) for unit in factor.units],
        }
        for place, factor in enumerate(energy_factors().factors)
    ]


def entries(data: QueryDict) -> services.YearEntries:
    """Return what the form sends, as the service takes it."""
    values = {
        name[2:]: text for name, text in data.items() if name.startswith("v.") and isinstance(text, str)
    }
    energy = [
        {
            "carrier": factor.name,
            "amount": data.get(f"energy.{place}.amount", ""),
            "unit": data.get(f"energy.{place}.unit", factor.unit),
        }
        for place, factor in enumerate(energy_factors().factors)
    ]
    units = {one: str(data.get(name) or "") for one, name in UNIT_FIELDS.items() if name in data}
    return services.YearEntries(values, units, energy, adopt_energy=data.get("adopt_energy") == "on")


def _change(now: str, before: str) -> str:
    """Return the change from the year before in percent with its sign, "" where it says nothing."""
    if not now or not before or Decimal(before) == 0:
        return ""
    percent = (Decimal(now) - Decimal(before)) * 100 / Decimal(before)
    return f"{percent:+.1f}%".replace("-", "−")


def shown(typed: QueryDict | None, name: str, stored: str) -> str:
    """Return what was typed into a field, else what is stored."""
    return stored if typed is None or name not in typed else str(typed.get(name) or "")
