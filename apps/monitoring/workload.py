"""What of the monitoring waits for a district, or for an enterprise, in numbers for their first pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from apps.core.actor import Actor
from apps.monitoring.annual_forms import overdue
from apps.monitoring.models import AnnualForm, Rectification
from apps.monitoring.planning import overdue_count, recheck_plan
from apps.monitoring.states import FILED, ORDERED, SUBMITTED


@dataclass(frozen=True, slots=True)
class Watched:
    """How many: yearly forms not filed and late, forms to review, late rechecks, notices to serve, reports."""

    forms_late: int
    forms_to_review: int
    rechecks_late: int
    to_serve: int
    to_verify: int


@dataclass(frozen=True, slots=True)
class Unread:
    """A rectification notice its enterprise has yet to acknowledge; its three months have not begun."""

    public_id: str
    number: str
    level: int


def watched(*, actor: Actor, on: date) -> Watched:
    """Return what waits within *actor*'s jurisdiction, of the forms those of every year; six queries."""
    forms = AnnualForm.objects.visible_to(actor).aggregate(
        late=Count("pk", filter=overdue(on)), to_review=Count("pk", filter=Q(state=FILED))
    )
    orders = Rectification.objects.visible_to(actor).aggregate(
        to_serve=Count("pk", filter=Q(state=ORDERED)), to_verify=Count("pk", filter=Q(state=SUBMITTED))
    )
    return Watched(
        forms_late=forms["late"],
        forms_to_review=forms["to_review"],
        rechecks_late=overdue_count(recheck_plan(actor=actor, on=on)),
        to_serve=orders["to_serve"],
        to_verify=orders["to_verify"],
    )


def unread_notices(*, actor: Actor) -> list[Unread]:
    """Return the rectification notices in sight that were not served yet, oldest first; one query."""
    rows = Rectification.objects.visible_to(actor).filter(state=ORDERED).order_by("pk")
    return [Unread(*row) for row in rows.values_list("public_id", "number", "title__level")]
