"""Counting every live deadline again after the calendar has changed (F40)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.core.actor import Actor
from apps.core.moment import Clock, Moment
from apps.deadlines.counting import Counting
from apps.deadlines.models import Obligation
from apps.deadlines.registry import KINDS
from apps.deadlines.services.access import as_system
from apps.deadlines.services.obligations import PREFACE, Dated, dated, redate
from apps.deadlines.services.reminding import send_change
from apps.deadlines.states import CANCELLED, LIVE


@transaction.atomic
def recompute_live(*, actor: Actor, clock: Clock) -> int:
    """Count every live obligation again with the calendar as it is now; return how many changed.

    Whoever owes one that moved to another day is told; every change is audited under *actor*.
    """
    moment = clock.now()
    changed = 0
    with as_system():
        for row in Obligation.objects.select_for_update(of=("self",)).filter(state__in=LIVE).order_by("pk"):
            old_due = row.due_on
            if _recompute(row, actor, moment):
                changed += 1
                if row.due_on != old_due and row.state in LIVE:
                    send_change(row, old_due=old_due, moment=moment)
    return changed


def _recompute(row: Obligation, actor: Actor, moment: Moment) -> bool:
    when: Dated
    if row.computed_by:
        counting = Counting.from_stored(row.computed_by)
        preface = str(row.computed_by.get(PREFACE, ""))
        when = dated(counting=counting, due_on=None, due_at=None, basis=preface, started_on=row.started_on)
    else:
        kind = KINDS.get(row.kind)
        if kind is None or kind.recompute is None:
            return False
        due = kind.recompute(row.subject_id)
        if due is None:
            row.state, row.closed_at, row.hook_due_at = CANCELLED, moment.at, None
            row.changes += 1
            row.save(update_fields=["state", "closed_at", "hook_due_at", "changes"])
            return True
        is_instant = isinstance(due, datetime)
        when = dated(
            counting=None,
            due_on=None if is_instant else due,
            due_at=due if isinstance(due, datetime) else None,
            basis=row.basis,
            started_on=row.started_on,
        )
    return redate(row, when, moment=moment, event="obligation.recompute", actor=actor)
