"""Provisional decisions: the newest of each case, a round's in three groups, and the views a person has saved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.policy.provisional import Provisional
from apps.publicity.models import ProvisionalDecision, SavedView

#: Cases in this state wait for the bureau's decision.
DECIDABLE = "credit_check"
_MOST = 2000


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """The newest provisional decision about a case."""

    decision: Provisional
    reason: str
    made_by_id: int
    made_by: str
    made_at: datetime

    @property
    def label(self) -> str:
        """The decision in the plan's words."""
        return self.decision.label


@dataclass(frozen=True, slots=True)
class Intended:
    """One case of a round with what the bureau intends with it; None: nobody has said yet."""

    case: CaseRow
    decision: DecisionRow | None


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view of the board."""

    public_id: str
    name: str
    filters: dict[str, str]


def noted_as(*, actor: Actor, decision: Provisional | None) -> list[int]:
    """Return the undecided stage's applications whose newest note is *decision* (None: any); one query.

    Raises:
        NotVisible: the actor is not of the city.
    """
    if actor.role not in {Role.MUNICIPAL, Role.AUDITOR, Role.SYSTEM}:
        raise NotVisible
    rows = (
        ProvisionalDecision.objects.visible_to(actor)
        .filter(application__state=DECIDABLE)
        .order_by("application_id", "-id")
        .distinct("application_id")
        .values_list("application_id", "decision")
    )
    return [application_id for application_id, noted in rows if decision is None or noted == decision.value]


def decisions_of(*, actor: Actor, application_ids: Collection[int]) -> dict[int, DecisionRow]:
    """Return by application the newest provisional decision; one query.

    Raises:
        NotVisible: the actor is not of the city.
    """
    if actor.role not in {Role.MUNICIPAL, Role.AUDITOR, Role.SYSTEM}:
        raise NotVisible
    rows = (
        ProvisionalDecision.objects.visible_to(actor)
        .filter(application_id__in=list(application_ids))
        .select_related("made_by")
        .order_by("application_id", "-id")
        .distinct("application_id")
    )
    return {
        row.application_id: DecisionRow(
            Provisional(row.decision), row.reason, row.made_by_id, row.made_by.name, row.made_at
        )
        for row in rows
    }


def intended_in_round(*, actor: Actor, round_public_id: str) -> list[Intended]:
    """Return every case of a round that waits for a decision, with the newest one, by district and number; two queries.

    Raises:
        NotVisible: the actor is not of the city.
    """
    cases = applications.cases_in_state(
        actor=actor, states=[DECIDABLE], round_public_id=round_public_id, limit=_MOST
    )
    decisions = decisions_of(actor=actor, application_ids=[case.id for case in cases])
    ordered = sorted(cases, key=lambda case: (case.district, case.number or ""))
    return [Intended(case, decisions.get(case.id)) for case in ordered]


def saved_views(*, actor: Actor) -> Sequence[ViewRow]:
    """Return the actor's own saved views by name; one query."""
    rows = SavedView.objects.visible_to(actor).order_by("name")
    return [ViewRow(row.public_id, row.name, dict(row.filters)) for row in rows]
