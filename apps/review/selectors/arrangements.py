"""Absences of experts, overrides of conflicts, and the arrangement of a round, for their pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.review import states
from apps.review.models import Absence, ConflictOverride, RoundArrangement


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """A time in which an expert cannot review."""

    public_id: str
    expert_id: int
    from_on: date
    until_on: date
    note: str


def absences(*, actor: Actor, on: date, expert_id: int | None = None) -> list[AbsenceRow]:
    """Return absences that are not over, of one expert or of all; an expert sees its own.

    Raises:
        NotVisible: neither an expert nor of the city.
    """
    if actor.role is Role.EXPERT:
        expert_id = actor.expert_id
    elif actor.role not in {Role.MUNICIPAL, Role.SYSTEM, Role.AUDITOR}:
        raise NotVisible
    rows = Absence.objects.filter(withdrawn_at=None, until_on__gte=on)
    if expert_id is not None:
        rows = rows.filter(expert_id=expert_id)
    return [
        AbsenceRow(row.public_id, row.expert_id, row.from_on, row.until_on, row.note)
        for row in rows.order_by("from_on", "id")
    ]


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """A request to set a conflict aside, and what became of it."""

    public_id: str
    expert_id: int
    expert_name: str
    grounds: tuple[str, ...]
    reason: str
    state: str
    state_label: str
    requested_by: str
    requested_by_id: int
    requested_at: datetime
    decided_by: str
    note: str


def overrides_of(*, actor: Actor, public_id: str) -> list[OverrideRow]:
    """Return the requests of an application (its public id), newest first.

    Raises:
        NotVisible: no such case for the actor.
    """
    case = applications.case(actor=actor, public_id=public_id)
    rows = (
        ConflictOverride.objects.visible_to(actor)
        .filter(application_id=case.id)
        .select_related("expert__user", "requested_by", "decided_by")
        .order_by("-id")
    )
    return [
        OverrideRow(
            public_id=row.public_id,
            expert_id=row.expert_id,
            expert_name=row.expert.user.name,
            grounds=tuple(row.grounds),
            reason=row.reason,
            state=row.state,
            state_label=states.OVERRIDE_LIFE.label(row.state),
            requested_by=row.requested_by.name,
            requested_by_id=row.requested_by_id,
            requested_at=row.requested_at,
            decided_by=row.decided_by.name if row.decided_by is not None else "",
            note=row.note,
        )
        for row in rows
    ]


def override_case(*, actor: Actor, public_id: str) -> str:
    """Return the public id of the application that a request is about.

    Raises:
        NotVisible: no such request for the actor.
    """
    found = (
        ConflictOverride.objects.visible_to(actor)
        .filter(public_id=public_id)
        .values_list("application__public_id", flat=True)
        .first()
    )
    if found is None:
        raise NotVisible
    return str(found)


@dataclass(frozen=True, slots=True)
class ArrangementRow:
    """What the city decided for one round; None: the setting in force counts."""

    shows_scores: bool | None = None
    cases_max: int | None = None


def arrangement(*, actor: Actor, public_id: str) -> ArrangementRow:
    """Return the arrangement of a round (its public id).

    Raises:
        NotVisible: not of the city.
    """
    if actor.role not in {Role.MUNICIPAL, Role.AUDITOR, Role.SYSTEM}:
        raise NotVisible
    row = RoundArrangement.objects.visible_to(actor).filter(round__public_id=public_id).first()
    return ArrangementRow() if row is None else ArrangementRow(row.shows_scores, row.cases_max)
