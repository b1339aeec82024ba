"""What the forms of a review print: form checks (F-04) and what an expert wrote beside the scores (F-08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.review.models import Assignment, FormCheck


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One material of a form check."""

    item: str
    complete: bool
    problem: str


@dataclass(frozen=True, slots=True)
class FormCheckRow:
    """One form check of an application; `turn` counts from one."""

    turn: int
    rows: tuple[CheckedRow, ...]
    complete: bool
    checked_by_id: int
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """What one expert wrote: declaration, strengths, problems, advice."""

    expert_number: str
    declared_at: datetime | None
    strengths: str
    problems: str
    advice: str


def form_check_of(*, actor: Actor, public_id: str) -> FormCheckRow | None:
    """Return the newest form check of an application (its public id), None before the first.

    Raises:
        NotVisible: the application is not in the actor's jurisdiction.
    """
    case = applications.case(actor=actor, public_id=public_id)
    row = FormCheck.objects.visible_to(actor).filter(application_id=case.id).order_by("-turn").first()
    if row is None:
        return None
    return FormCheckRow(
        row.turn,
        tuple(
            CheckedRow(str(part["item"]), bool(part["complete"]), str(part.get("problem", "")))
            for part in row.rows
        ),
        row.complete,
        row.checked_by_id,
        row.checked_at,
    )


def assessment(*, actor: Actor, public_id: str) -> AssessmentRow:
    """Return what the expert of an assignment (its public id) wrote.

    Raises:
        NotVisible: another expert's.
    """
    row = (
        Assignment.objects.visible_to(actor)
        .select_related("expert")
        .filter(public_id=public_id)
        .only("expert__number", "declared_at", "strengths", "problems", "advice")
        .first()
    )
    if row is None:
        raise NotVisible
    return AssessmentRow(row.expert.number, row.declared_at, row.strengths, row.problems, row.advice)
