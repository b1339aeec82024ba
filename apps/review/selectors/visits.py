"""Records of on-site visits with their signatures and photos (F-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.review.models import SiteSignature, SiteVisit

#: What `visit_row` reads beside the record itself.
VISIT_PARTS = ("signatures__scan", "photos__file")


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """A signature; `paths` are the drawn lines as SVG path data in a square of 1000."""

    side: str
    side_label: str
    name: str
    position: str
    paths: tuple[str, ...]
    scan_public_id: str
    scan_name: str
    refused: bool
    note: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class VisitPhotoRow:
    """A photo of the visit, a file of evidence."""

    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class SiteVisitRow:
    """One record of an on-site visit; `complete`: both sides have signed (or the enterprise's refusal is noted)."""

    public_id: str
    visited_on: date
    place: str
    people: tuple[str, ...]
    accompanied_by: str
    opening_at: time | None
    closing_at: time | None
    findings: tuple[dict[str, Any], ...]
    problems: str
    conclusion: str
    signatures: tuple[SignatureRow, ...]
    photos: tuple[VisitPhotoRow, ...]

    @property
    def missing_sides(self) -> tuple[str, ...]:
        """Names of the sides that have not signed."""
        there = {signature.side for signature in self.signatures}
        return tuple(label for side, label in SiteSignature.SIDES.items() if side not in there)

    @property
    def complete(self) -> bool:
        """Whether both sides have signed."""
        return not self.missing_sides


def visit_row(row: SiteVisit) -> SiteVisitRow:
    """Return a record (loaded with `VISIT_PARTS`) as data."""
    return SiteVisitRow(
        public_id=row.public_id,
        visited_on=row.visited_on,
        place=row.place,
        people=tuple(row.people),
        accompanied_by=row.accompanied_by,
        opening_at=row.opening_at,
        closing_at=row.closing_at,
        findings=tuple(row.findings),
        problems=row.problems,
        conclusion=row.conclusion,
        signatures=tuple(
            SignatureRow(
                side=one.side,
                side_label=SiteSignature.SIDES[one.side],
                name=one.name,
                position=one.position,
                paths=tuple(_path(stroke) for stroke in one.strokes),
                scan_public_id=one.scan.public_id if one.scan is not None else "",
                scan_name=one.scan.display_name if one.scan is not None else "",
                refused=one.refused,
                note=one.note,
                signed_at=one.signed_at,
            )
            for one in sorted(row.signatures.all(), key=lambda one: one.pk)
        ),
        photos=tuple(
            VisitPhotoRow(one.file.public_id, one.file.display_name)
            for one in sorted(row.photos.all(), key=lambda one: one.pk)
        ),
    )


def _path(stroke: list[list[int]]) -> str:
    """SVG path data of one stroke; a lone point becomes a dot."""
    (x, y), *rest = stroke
    lines = [f"L{a} {b}" for a, b in rest] or [f"L{x} {y}"]
    return f"M{x} {y}" + "".join(lines)


def site_visit(*, actor: Actor, public_id: str) -> tuple[SiteVisitRow, str]:
    """Return one record and the public id of its application.

    Raises:
        NotVisible: none in sight.
    """
    row = (
        SiteVisit.objects.visible_to(actor)
        .select_related("application")
        .prefetch_related(*VISIT_PARTS)
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return visit_row(row), str(row.application.public_id)


def signature_sides() -> list[tuple[str, str]]:
    """Return the sides that sign, with their Chinese names."""
    return list(SiteSignature.SIDES.items())
