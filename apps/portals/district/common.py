"""What the pages of the district share: the moment shown, deadlines by case, switches above lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.core.actor import Actor
from apps.core.moment import Moment, shown_at
from apps.deadlines import selectors as deadlines
from apps.deadlines.selectors import ObligationRow


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as queues show it."""

    due_on: date
    label: str
    overdue: bool
    basis: str


def shown_now() -> Moment:
    """Return the web server's present moment, for pages that only show; acts ask the database clock."""
    return Moment.of(shown_at())


def dues(*, actor: Actor, cases: Collection[str], kinds: Sequence[str] | None = None) -> dict[str, Due]:
    """Return public id of each case → the soonest open deadline of the district about it; one query."""
    found = deadlines.soonest_of(actor=actor, subjects=cases, kinds=kinds)
    return {public_id: _due(row) for public_id, row in found.items()}


def _due(row: ObligationRow) -> Due:
    return Due(row.due_on, row.label, row.is_overdue, row.basis)


def tabs(
    options: Mapping[str, tuple[str, int | None]], current: str, *, param: str = "state"
) -> list[dict[str, Any]]:
    """Return the switch above a list: key → (label, count)."""
    return [
        {"label": label, "url": f"?{param}={key}" if key else "?", "count": count, "current": key == current}
        for key, (label, count) in options.items()
    ]
