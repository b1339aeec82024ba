"""How a score came about, item by item: from the self-evaluation over the district to the experts, with each reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.scoring.selectors.compare import CompareView, compare_view
from apps.scoring.selectors.heads import SheetHead, sheets_of
from apps.scoring.states import DISTRICT, EXPERT, SELF


@dataclass(frozen=True, slots=True)
class Step:
    """What one scorer gave an item; `lower` is whether it is less than the one it is compared with."""

    text: str
    reason: str
    lower: bool


@dataclass(frozen=True, slots=True)
class Trail:
    """One item with the points of every scorer in order; `cut` is whether anybody gave less."""

    code: str
    name: str
    max_text: str
    steps: tuple[Step, ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class Trajectory:
    """Scorers in order (experts are numbered, never named), their totals, and every item."""

    columns: tuple[str, ...]
    totals: tuple[str, ...]
    trails: tuple[Trail, ...]


def trajectory(*, actor: Actor, application_id: int) -> Trajectory:
    """Return the trajectory of an application as far as *actor* may read it.

    Raises:
        NotVisible: no official sheet has been released to *actor*.
    """
    heads = _official(actor, application_id)
    if not heads:
        raise NotVisible
    views = [compare_view(actor=actor, public_id=head.public_id) for head in heads]
    own = next((column.total_text for column in views[0].columns if column.kind == SELF), "—")
    return Trajectory(
        ("自评", *_names(heads)), (own, *(view.total_text for view in views)), tuple(_trails(views))
    )


def _official(actor: Actor, application_id: int) -> list[SheetHead]:
    """Return the official sheets *actor* may read: the district's, then the experts'."""
    heads = [
        head
        for head in sheets_of(actor=actor, application_id=application_id)
        if head.kind != SELF and head.total is not None
    ]
    return sorted(heads, key=lambda head: (head.kind != DISTRICT, head.id))


def _names(heads: Sequence[SheetHead]) -> list[str]:
    experts = 0
    names = []
    for head in heads:
        if head.kind == EXPERT:
            experts += 1
            names.append(f"专家{experts}")
        else:
            names.append(head.kind_label)
    return names


def _trails(views: Sequence[CompareView]) -> list[Trail]:
    by_view = [
        {row.code: row for part in view.dimensions for group in part.groups for row in group.rows}
        for view in views
    ]
    found = []
    for code, first in by_view[0].items():
        start = first.cells.get(SELF)
        steps = [Step(start.text if start else "—", "", lower=False)]
        baseline = start.points if start else None
        for rows in by_view:
            cell = rows[code].own
            lower = baseline is not None and cell.points is not None and cell.points < baseline
            steps.append(Step(cell.text, cell.reason, lower))
        found.append(
            Trail(code, first.name, first.max_text, tuple(steps), cut=any(step.lower for step in steps))
        )
    return found
