"""By when an enterprise has to say whether its 3A application becomes a 1A/2A one (R-18)."""

from __future__ import annotations

from datetime import date

from apps.applications.models import Application
from apps.core.actor import Actor
from apps.deadlines.selectors import live_due


def conversion_due_on(*, actor: Actor, public_id: str) -> date | None:
    """Return the last day of the answer, None when none is awaited or the case is not *actor*'s to see."""
    row = Application.objects.visible_to(actor).filter(public_id=public_id).first()
    due = live_due(kind="application.conversion", subject=row) if row is not None else None
    return None if due is None else due.due_on
