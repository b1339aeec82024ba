"""How much of publicity waits for the city, in counts only: the first page, the pipeline and its obstacles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, DateField, Min, Q, Value, When
from django.db.models.functions import Cast

from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.publicity.models import CreditCheck, Notice, NoticeEntry, Objection, Recognition
from apps.publicity.states import OPEN_OBJECTIONS, PUBLISHED, STANDING
from apps.titles import selectors as titles

_READERS = frozenset({Role.MUNICIPAL, Role.AUDITOR, Role.SYSTEM})
_CLEAR = (CreditCheck.NORMAL, CreditCheck.EXPLAINED)


@dataclass(frozen=True, slots=True)
class Workload:
    """How many notices, objections, recognitions and upward lists (that name somebody) are in each state."""

    notices: dict[str, int]
    objections: dict[str, int]
    recognitions: dict[str, int]
    upward: dict[str, int]


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What holds up a round: credit results of the cases in that stage, running notices, open objections."""

    credit_clear: int
    credit_stale: int
    credit_adverse: int
    notice_ends_on: date | None
    open_objections: int


def workload(*, actor: Actor) -> Workload:
    """Return the counts behind the city's first page; one query.

    Raises:
        NotVisible: the actor is not of the city.
    """
    if actor.role not in _READERS:
        raise NotVisible
    counted = [
        model.objects.visible_to(actor).order_by().values_list(Value(name), "state").annotate(n=Count("pk"))
        for name, model in (("notice", Notice), ("objection", Objection), ("recognition", Recognition))
    ]
    counted.append(titles.upward_counts(actor=actor, name="upward"))
    found: dict[str, dict[str, int]] = {"notice": {}, "objection": {}, "recognition": {}, "upward": {}}
    for name, state, count in counted[0].union(*counted[1:], all=True):
        found[name][state] = count
    return Workload(found["notice"], found["objection"], found["recognition"], found["upward"])


def obstacles(*, actor: Actor, round_code: str, on: date) -> Obstacles:
    """Return what holds up a round ("" for all); one query whatever its size.

    Raises:
        NotVisible: the actor is not of the city.
    """
    if actor.role not in _READERS:
        raise NotVisible
    narrowed = Q(application__round__code=round_code) if round_code else Q()
    newest = (
        CreditCheck.objects.visible_to(actor)
        .filter(narrowed, application__state="credit_check")
        .order_by("application_id", "-id")
        .distinct("application_id")
    )
    kind = Case(
        When(result__in=_CLEAR, valid_until__gte=on, then=Value("clear")),
        When(result__in=_CLEAR, then=Value("stale")),
        default=Value("adverse"),
    )
    no_day = Cast(Value(None), DateField())
    credit = (
        CreditCheck.objects.filter(pk__in=newest.values("pk"))
        .order_by()
        .values_list(kind)
        .annotate(n=Count("pk"), first=no_day)
    )
    notices = (
        NoticeEntry.objects.visible_to(actor)
        .filter(narrowed, state=STANDING, notice__state=PUBLISHED)
        .order_by()
        .values_list(Value("notice"))
        .annotate(n=Count("pk"), first=Min("ends_on"))
    )
    objections = (
        Objection.objects.visible_to(actor)
        .filter(narrowed, state__in=OPEN_OBJECTIONS)
        .order_by()
        .values_list(Value("objection"))
        .annotate(n=Count("pk"), first=no_day)
    )
    found = {name: (count, first) for name, count, first in credit.union(notices, objections, all=True)}
    counts = {name: count for name, (count, _) in found.items()}
    return Obstacles(
        credit_clear=counts.get("clear", 0),
        credit_stale=counts.get("stale", 0),
        credit_adverse=counts.get("adverse", 0),
        notice_ends_on=found["notice"][1] if "notice" in found else None,
        open_objections=counts.get("objection", 0),
    )
