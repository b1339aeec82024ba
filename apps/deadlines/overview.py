"""What is due and what is late in the whole system, for the administrator: counts and faults, no case contents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q

from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden
from apps.core.scoping import acting_as
from apps.deadlines.models import Obligation
from apps.deadlines.registry import KINDS
from apps.deadlines.states import LIVE, OPEN, OVERDUE, Party

SOON_DAYS = 7
_MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class KindLine:
    """The live obligations of one kind: how many run, fall due within the week, are late; the oldest late day."""

    label: str
    party_label: str
    live: int
    soon: int
    late: int
    oldest: date | None


@dataclass(frozen=True, slots=True)
class HookFault:
    """A follow-up of a missed deadline that failed and will be tried again."""

    label: str
    number: str
    due_on: date
    attempts: int
    again_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the administrator's page."""

    kinds: list[KindLine]
    faults: list[HookFault]


def overview(*, actor: Actor, on: date) -> Overview:
    """Return the counts by kind and the failed follow-ups; two queries.

    Read as the system: an administrator belongs to no jurisdiction and sees numbers here, never whose they are.

    Raises:
        Forbidden: not the system administrator.
    """
    if actor.role not in {Role.SYSTEM_ADMIN, Role.SYSTEM}:
        raise Forbidden("期限总览由系统管理员查看。")
    with acting_as(Actor.system(), then=actor):
        lines = list(
            Obligation.objects.filter(state__in=LIVE, kind__in=list(KINDS))
            .order_by("kind")
            .values_list("kind")
            .annotate(
                live=Count("pk"),
                soon=Count("pk", filter=Q(state=OPEN, due_on__lte=on + timedelta(days=SOON_DAYS))),
                late=Count("pk", filter=Q(state=OVERDUE)),
                oldest=Min("due_on", filter=Q(state=OVERDUE)),
            )
        )
        failing = list(
            Obligation.objects.filter(state=OVERDUE, kind__in=list(KINDS), hook_due_at__isnull=False)
            .exclude(hook_error="")
            .order_by("hook_due_at")[:_MOST_FAULTS]
        )
    return Overview(
        [KindLine(KINDS[line[0]].label, Party(KINDS[line[0]].party).label, *line[1:]) for line in lines],
        [
            HookFault(
                KINDS[row.kind].label,
                row.subject_number,
                row.due_on,
                row.hook_attempts,
                row.hook_due_at,
                row.hook_error,
            )
            for row in failing
            if row.hook_due_at is not None
        ],
    )
