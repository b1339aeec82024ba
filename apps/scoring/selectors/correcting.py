"""What correcting marks would make of signed official sheets, without touching them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.policy.evaluation.decimals import points_text
from apps.policy.evaluation.spec import SchemeSpec
from apps.scoring.models import ScoreEntry, ScoreSheet
from apps.scoring.selectors.computing import result_of
from apps.scoring.selectors.schemes import spec_of_digest

_HUNDREDTHS = 2


@dataclass(frozen=True, slots=True)
class SheetAfter:
    """One sheet with corrected marks: totals before and after, and the points it gave to the items concerned."""

    id: int
    public_id: str
    digest: str
    before: Decimal
    after: Decimal
    given: dict[str, Decimal | None]


def sheets_after(
    *, actor: Actor, sheet_ids: Collection[int], points: Mapping[str, Decimal]
) -> list[SheetAfter]:
    """Score the named signed sheets as if *points* had been given to the items, in the order of the sheets.

    Two queries; nothing is written.

    Raises:
        Invalid: an item the scheme does not have, points beyond its maximum; keyed by item code.
    """
    rows = list(
        ScoreSheet.objects.visible_to(actor)
        .select_related("scheme")
        .defer("scheme__spec", "result")
        .filter(pk__in=list(sheet_ids))
        .order_by("pk")
    )
    entries: dict[int, list[ScoreEntry]] = {row.pk: [] for row in rows}
    for entry in ScoreEntry.objects.filter(sheet_id__in=list(entries)).order_by("pk"):
        entries[entry.sheet_id].append(entry)
    return [_after(row, entries[row.pk], points) for row in rows]


def _after(sheet: ScoreSheet, entries: list[ScoreEntry], points: Mapping[str, Decimal]) -> SheetAfter:
    spec = spec_of_digest(sheet.scheme.digest)
    require_points(spec, points)
    given = {entry.item_code: entry.points for entry in entries if entry.item_code in points}
    for entry in entries:
        if entry.item_code in points:  # in memory only
            entry.answer, entry.judged_points = {}, points[entry.item_code]
    result = result_of(sheet, entries, spec)
    return SheetAfter(sheet.pk, sheet.public_id, sheet.digest, sheet.total or Decimal(0), result.total, given)


def require_points(spec: SchemeSpec, points: Mapping[str, Decimal]) -> None:
    """Refuse points an item cannot have.

    Raises:
        Invalid: keyed by item code.
    """
    errors: dict[str, list[str]] = {}
    for code, value in points.items():
        if not spec.has_item(code):
            errors[code] = ["评价体系中没有这个条目。"]
            continue
        most = spec.item(code).max_points
        exponent = value.as_tuple().exponent if value.is_finite() else None
        if not isinstance(exponent, int) or value < 0 or value > most:
            errors[code] = [f"分值应在 0 到 {points_text(most)} 之间。"]
        elif exponent < -_HUNDREDTHS:
            errors[code] = ["分值最多两位小数。"]
    if errors:
        raise Invalid(errors)
