"""What is running under a rule: told to whoever is about to change a parameter of that rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min

from apps.core.actor import Actor
from apps.deadlines.models import Obligation
from apps.deadlines.registry import KINDS
from apps.deadlines.states import LIVE


@dataclass(frozen=True, slots=True)
class Running:
    """Live obligations of one kind: how many, and between which days they fall due."""

    label: str
    count: int
    first_due: date
    last_due: date


@dataclass(frozen=True, slots=True)
class RunningCase:
    """One live obligation by name."""

    kind_label: str
    number: str
    name: str
    due_on: date
    provisional: bool


def running_cases(*, actor: Actor, rule: str, most: int) -> Sequence[RunningCase]:
    """Return the live obligations that rest on *rule* one by one, the nearest first; one query."""
    rows = Obligation.objects.visible_to(actor).filter(rule=rule, state__in=LIVE).order_by("due_on", "pk")
    return [
        RunningCase(
            KINDS[row.kind].label,
            row.subject_number,
            row.enterprise_name or row.subject_label,
            row.due_on,
            row.provisional,
        )
        for row in rows[:most]
    ]


def running_under(*, actor: Actor, rule: str) -> Sequence[Running]:
    """Return the live obligations that rest on *rule* ("R-13"), by kind; one query, only what *actor* may see."""
    rows = (
        Obligation.objects.visible_to(actor)
        .filter(rule=rule, state__in=LIVE)
        .order_by("kind")
        .values_list("kind")
        .annotate(count=Count("pk"), first=Min("due_on"), last=Max("due_on"))
    )
    return [Running(KINDS[kind].label, count, first, last) for kind, count, first, last in rows]
