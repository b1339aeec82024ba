"""What the record of a recheck prints beyond its row: place, items looked at, who signed (F-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.monitoring.models import Recheck


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One item of a recheck: its code, the problem and what is asked for."""

    code: str
    problem: str
    requirement: str


@dataclass(frozen=True, slots=True)
class VisitRow:
    """The visit of a recheck."""

    place: str
    accompanied_by: str
    opening_at: time | None
    closing_at: time | None
    findings: tuple[FindingRow, ...]
    reported: bool


def visit_of_recheck(*, actor: Actor, public_id: str) -> VisitRow:
    """Return the visit of a recheck (its public id).

    Raises:
        NotVisible: not in sight.
    """
    row = Recheck.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    return VisitRow(
        row.place,
        row.accompanied_by,
        row.opening_at,
        row.closing_at,
        tuple(
            FindingRow(
                str(part.get("code", "")), str(part.get("problem", "")), str(part.get("requirement", ""))
            )
            for part in row.findings
        ),
        row.signed_at is not None,
    )
