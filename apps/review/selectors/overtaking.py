"""Who was first: the newest step of a review, a filing or a list, for the person who came second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.audit import selectors as audit
from apps.core.actor import Actor, Role
from apps.core.lifecycle import Lifecycle
from apps.review.models import Filing, Panel, PreliminaryReview, Recommendation
from apps.review.states import (
    ASSIGNMENT_LIFE,
    FILING_LIFE,
    OPEN_PANELS,
    PANEL_LIFE,
    PRELIMINARY_LIFE,
    RECOMMENDATION_LIFE,
)

_NEWEST = 20


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step somebody took: who, when, what it is called, and the labels of the states it can be taken from."""

    who: str
    at: datetime
    label: str
    sources: frozenset[str]


def preliminary_step(*, actor: Actor, public_id: str) -> StepTaken | None:
    """Return the newest step of an application's preliminary review (public id of the application)."""
    rows = PreliminaryReview.objects.visible_to(actor).filter(application__public_id=public_id)
    return _newest(actor, rows.first(), "preliminary", PRELIMINARY_LIFE)


def filing_step(*, actor: Actor, public_id: str) -> StepTaken | None:
    """Return the newest step of a filing."""
    rows = Filing.objects.visible_to(actor).filter(public_id=public_id)
    return _newest(actor, rows.first(), "filing", FILING_LIFE)


def recommendation_step(*, actor: Actor, public_id: str) -> StepTaken | None:
    """Return the newest step of a recommendation list."""
    rows = Recommendation.objects.visible_to(actor).filter(public_id=public_id)
    return _newest(actor, rows.first(), "recommendation", RECOMMENDATION_LIFE)


def panel_step(*, actor: Actor, public_id: str) -> StepTaken | None:
    """Return the newest step a person took on an application's panel: the panel's own, or one of a member's task.

    What follows of itself (评分齐备 after the last sheet, or after the late ones were taken off) is nobody's step:
    named is who did the last thing before it.
    """
    panel = Panel.objects.visible_to(actor).filter(application__public_id=public_id).first()
    if panel is None:
        return None
    open_panel = frozenset(PANEL_LIFE.label(state) for state in OPEN_PANELS)
    steps = {
        f"panel.{step.event}": (step.label, frozenset(PANEL_LIFE.label(state) for state in step.sources))
        for step in PANEL_LIFE.transitions
        if not step.roles <= {Role.SYSTEM}
    } | {
        f"assignment.{event}": (
            next(step.label for step in ASSIGNMENT_LIFE.transitions if step.event == event),
            open_panel,
        )
        for event in ("submit", "remove", "recuse")
    }
    subjects = [
        *panel.assignments.all(),
        panel,
    ]  # of one moment: the member's step, what the panel did follows
    trail = [entry for row in subjects for entry in audit.history_of(actor=actor, subject=row, limit=_NEWEST)]
    found = max((entry for entry in trail if entry.event in steps), key=lambda entry: entry.at, default=None)
    return None if found is None else StepTaken(found.who, found.at, *steps[found.event])


def _newest(
    actor: Actor, row: PreliminaryReview | Filing | Recommendation | None, noun: str, life: Lifecycle
) -> StepTaken | None:
    """Return the newest event about *row* that moved its life on; saves and claims in between are no step."""
    if row is None:
        return None
    steps = {f"{noun}.{step.event}": step for step in life.transitions}
    trail = audit.history_of(actor=actor, subject=row, limit=_NEWEST)
    found = next((entry for entry in trail if entry.event in steps), None)
    if found is None:
        return None
    step = steps[found.event]
    return StepTaken(found.who, found.at, step.label, frozenset(life.label(state) for state in step.sources))
