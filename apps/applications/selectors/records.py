"""Reading the enterprise file (一企一档): years with what changed since the year before, certificates by validity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from apps.applications.models import Holding, YearRecord
from apps.core.actor import Actor
from apps.policy.evaluation.answers import Measurements
from apps.policy.evaluation.sanity import check_measurements
from apps.policy.evaluation.spec import SchemeSpec

#: From how many days before its end a certificate is shown as 将到期.
_SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class YearRow:
    """One year of the file; `values` and `units` as a score sheet has them, `energy` by carrier."""

    year: int
    values: Mapping[str, str]
    units: Mapping[str, str]
    energy: tuple[Mapping[str, Any], ...]
    version: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """A certificate or permit; `validity` is one of valid, soon, expired."""

    public_id: str
    kind: str
    kind_label: str
    number: str
    issuer: str
    coverage: str
    valid_from: date | None
    valid_until: date | None
    validity: str
    file_public_id: str
    file_name: str


def years(*, actor: Actor) -> list[YearRow]:
    """Return the years of the enterprise's file, newest first: one query."""
    rows = YearRecord.objects.visible_to(actor).select_related("changed_by").order_by("-year")
    return [
        YearRow(
            year=row.year,
            values=row.figures.get("values", {}),
            units=row.figures.get("units", {}),
            energy=tuple(row.energy),
            version=row.version,
            changed_at=row.changed_at,
            changed_by="" if row.changed_by is None else row.changed_by.name,
        )
        for row in rows
    ]


def year_warnings(*, spec: SchemeSpec, now: YearRow, before: YearRow | None) -> tuple[str, ...]:
    """Return what looks wrong about a year, alone and beside the year before: to confirm, never a refusal."""
    warnings = check_measurements(
        spec.metrics,
        Measurements.from_mapping({"values": dict(now.values)}),
        None if before is None else Measurements.from_mapping({"values": dict(before.values)}),
    )
    return tuple(warning.message for warning in warnings)


def holdings(*, actor: Actor, on: date) -> list[HoldingRow]:
    """Return certificates and permits, the first to expire on top, without an end date last: one query."""
    rows = Holding.objects.visible_to(actor).order_by("valid_until", "kind", "number")
    return [
        HoldingRow(
            public_id=row.public_id,
            kind=row.kind,
            kind_label=row.get_kind_display(),
            number=row.number,
            issuer=row.issuer,
            coverage=row.coverage,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            validity=_validity(row.valid_until, on),
            file_public_id=row.file_public_id,
            file_name=row.file_name,
        )
        for row in rows
    ]


def holding_kinds() -> list[tuple[str, str]]:
    """Return the kinds of certificates and permits as (code, label)."""
    return list(Holding.KINDS)


def _validity(until: date | None, on: date) -> str:
    if until is None or until > on + _SOON:
        return "valid"
    return "expired" if until < on else "soon"
