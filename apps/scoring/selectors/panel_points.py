"""The experts' points of one application item by item, for the room that describes how far they are apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from apps.core.actor import Actor
from apps.scoring.models import ScoreEntry
from apps.scoring.selectors.schemes import scheme_spec


@dataclass(frozen=True, slots=True)
class PanelPoints:
    """`points`: item → sheet id → points; `maxima`: item → its maximum; `names`: item → its name."""

    points: dict[str, dict[int, Decimal]]
    maxima: dict[str, Decimal]
    names: dict[str, str]


def panel_points(*, actor: Actor, sheet_ids: Collection[int], scheme_id: int) -> PanelPoints:
    """Return the points of the named sheets (read as whoever may see them); one query and the cached scheme."""
    spec = scheme_spec(actor=actor, scheme_id=scheme_id)
    points: dict[str, dict[int, Decimal]] = {}
    rows = ScoreEntry.objects.filter(sheet_id__in=list(sheet_ids), points__isnull=False)
    for sheet_id, code, value in rows.values_list("sheet_id", "item_code", "points"):
        if value is not None:
            points.setdefault(code, {})[sheet_id] = value
    return PanelPoints(
        points=points,
        maxima={item.code: item.max_points for item in spec.items},
        names={item.code: item.name for item in spec.items},
    )
