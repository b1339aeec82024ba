"""Owns what goes into a score sheet: the measured figures and one answer per item.

Both read from and write to plain mappings, because rooms store them as JSON; decimals travel as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from apps.policy.evaluation.decimals import plain, to_decimal


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """One pollutant or outlet of a metric that counts the worst. `label` names it; `unit` is its own unit."""

    label: str
    values: Mapping[str, Decimal]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Measurements:
    """The figures of one year: input code → value, and metric code → rows where the worst row counts.

    `units` fills the placeholders of metric units ("产品单位" → "t"), so that units can be compared.
    """

    values: Mapping[str, Decimal] = field(default_factory=dict)
    rows: Mapping[str, tuple[MeasurementRow, ...]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    period: str = ""

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Measurements:
        """Read {"values": {code: number}, "rows": {metric: [{"label", "unit", "values"}]}, "units": {}}.

        Raises NotANumber for a figure that is no finite number.
        """
        return cls(
            values=_decimals(mapping.get("values", {})),
            rows={
                metric: tuple(
                    MeasurementRow(
                        str(row.get("label", "")), _decimals(row.get("values", {})), str(row.get("unit", ""))
                    )
                    for row in rows
                )
                for metric, rows in mapping.get("rows", {}).items()
            },
            units={str(place): str(unit) for place, unit in mapping.get("units", {}).items()},
            period=str(mapping.get("period", "")),
        )

    def as_mapping(self) -> dict[str, Any]:
        """The JSON-ready counterpart of `from_mapping`."""
        return {
            "values": _texts(self.values),
            "rows": {
                metric: [{"label": row.label, "unit": row.unit, "values": _texts(row.values)} for row in rows]
                for metric, rows in self.rows.items()
            },
            "units": dict(self.units),
            "period": self.period,
        }


@dataclass(frozen=True, slots=True)
class EnteredBenchmark:
    """A comparison value typed by the enterprise, with the document it comes from."""

    value: Decimal
    source: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a person says about one item; which fields count depends on the item's method.

    - `met`: binary. `option`: index of the grade of a graded item. `selected`: ticks of a checklist.
    - `metric`: the chosen alternative metric, `metric_confirmed` by the district (DECISIONS 2).
    - `benchmarks`: field of the scheme ("required_value", "industry_avg" …) → value with source.
    - `claimed_ratio`: the step claimed where there is no industry value; `evidence_count` None means unknown.
    - `not_applicable` with `reason`; `confirmed_by_district`, and `confirmed_by_city` where more than 40 raw
      points of a dimension drop out.
    - `judged_points`: points given by a scorer, expert or inspector; they replace every computation.
    """

    met: bool | None = None
    option: int | None = None
    selected: frozenset[str] | None = None
    metric: str | None = None
    metric_confirmed: bool = False
    benchmarks: Mapping[str, EnteredBenchmark] = field(default_factory=dict)
    claimed_ratio: Decimal | None = None
    evidence_count: int | None = None
    not_applicable: bool = False
    reason: str = ""
    confirmed_by_district: bool = False
    confirmed_by_city: bool = False
    judged_points: Decimal | None = None

    @classmethod
    def judged(cls, points: Decimal | int | str) -> Answer:
        """An answer that is nothing but given points, as on a district, expert or recheck sheet."""
        return cls(judged_points=to_decimal(points))

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Answer:
        """Read the JSON form of `as_mapping`; absent fields keep their defaults. Raises NotANumber."""
        selected = mapping.get("selected")
        return cls(
            met=mapping.get("met"),
            option=mapping.get("option"),
            selected=None if selected is None else frozenset(selected),
            metric=mapping.get("metric"),
            metric_confirmed=bool(mapping.get("metric_confirmed", False)),
            benchmarks={
                name: EnteredBenchmark(to_decimal(entry["value"]), str(entry.get("source", "")))
                for name, entry in mapping.get("benchmarks", {}).items()
            },
            claimed_ratio=_optional(mapping.get("claimed_ratio")),
            evidence_count=mapping.get("evidence_count"),
            not_applicable=bool(mapping.get("not_applicable", False)),
            reason=str(mapping.get("reason", "")),
            confirmed_by_district=bool(mapping.get("confirmed_by_district", False)),
            confirmed_by_city=bool(mapping.get("confirmed_by_city", False)),
            judged_points=_optional(mapping.get("judged_points")),
        )

    def as_mapping(self) -> dict[str, Any]:
        """The JSON form; fields at their default are left out."""
        full: dict[str, Any] = {
            "met": self.met,
            "option": self.option,
            "selected": None if self.selected is None else sorted(self.selected),
            "metric": self.metric,
            "metric_confirmed": self.metric_confirmed,
            "benchmarks": {
                name: {"value": plain(entry.value), "source": entry.source}
                for name, entry in self.benchmarks.items()
            },
            "claimed_ratio": None if self.claimed_ratio is None else plain(self.claimed_ratio),
            "evidence_count": self.evidence_count,
            "not_applicable": self.not_applicable,
            "reason": self.reason,
            "confirmed_by_district": self.confirmed_by_district,
            "confirmed_by_city": self.confirmed_by_city,
            "judged_points": None if self.judged_points is None else f"{self.judged_points:f}",
        }
        kept = {"met", "selected", "option", "evidence_count"}
        return {
            key: value
            for key, value in full.items()
            if value is not None and (key in kept or value not in (False, "", {}))
        }


UNANSWERED = Answer()


def _decimals(mapping: Mapping[str, Any]) -> dict[str, Decimal]:
    return {str(code): to_decimal(value) for code, value in mapping.items() if value not in (None, "")}


def _texts(values: Mapping[str, Decimal]) -> dict[str, str]:
    return {code: plain(value) for code, value in values.items()}


def _optional(value: object) -> Decimal | None:
    return None if value is None or value == "" else to_decimal(value)
