"""Reading cultivation: events, who takes part, plans and lists with their counts, service bodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.scoping import acting_as
from apps.cultivation.models import (
    BuildingPlan,
    Engagement,
    Event,
    EventFile,
    Participation,
    ServiceBody,
)
from apps.cultivation.states import BODY_KINDS, DRAFT, EVENT_KINDS, HELD, LISTED, OPEN

_MOST = 200


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event with the sums a list shows."""

    public_id: str
    kind: str
    kind_label: str
    title: str
    organiser: str
    district: str | None
    place: str
    starts_at: datetime
    ends_at: datetime
    sign_up_until: datetime
    seats: int | None
    summary: str
    material: str
    state: str
    state_label: str
    note: str
    signed_up: int
    came: int
    mine: bool


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """An enterprise that takes part, as the host sees it."""

    public_id: str
    enterprise_name: str
    person: str
    people: int
    signed_up_at: datetime
    came: bool | None


def events(*, actor: Actor, limit: int = _MOST) -> list[EventRow]:
    """Return the events in sight, newest first; one query (the public sees what is published, and no numbers)."""
    return [_event(row) for row in _events(actor)[:limit]]


def event(*, actor: Actor, public_id: str) -> EventRow:
    """Return one event.

    Raises:
        NotVisible: none in sight.
    """
    row = _events(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    return _event(row)


def participants(*, actor: Actor, public_id: str) -> list[ParticipantRow]:
    """Return who takes part, for the host; one query.

    A host reads who comes from another district too, whose file it may not open: the name is read with the row.
    """
    found = Participation.objects.visible_to(actor).filter(event__public_id=public_id, withdrawn_at=None)
    with acting_as(Actor.system(), then=actor):
        rows = list(found.select_related("enterprise").order_by("signed_up_at")[: 5 * _MOST])
    return [
        ParticipantRow(row.public_id, row.enterprise.name, row.person, row.people, row.signed_up_at, row.came)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """A file of an event."""

    public_id: str
    name: str
    size_text: str
    added_at: datetime


def event_files(*, actor: Actor, public_id: str) -> list[MaterialRow]:
    """Return the files of an event in sight; one query."""
    rows = EventFile.objects.visible_to(actor).filter(
        event__in=Event.objects.visible_to(actor).filter(public_id=public_id), removed_at=None
    )
    return [MaterialRow(row.public_id, row.name, row.size_text, row.added_at) for row in rows.order_by("pk")]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a dashboard shows of a year: events held, enterprises and people who took part, enterprises on the list."""

    events: int
    enterprises: int
    people: int
    listed: int
    by_kind: Sequence[tuple[str, int]]


def figures(*, actor: Actor, year: int) -> Figures:
    """Return the year's figures of cultivation in sight of a bureau (a district: its own events); two queries.

    An event counts from the day it begins unless it was called off; who came counts, not who signed up.
    """
    held = Event.objects.visible_to(actor).filter(starts_at__year=year, state__in=[OPEN, HELD])
    if actor.role is Role.DISTRICT:
        held = held.filter(district_id=actor.district)
    came = Q(participations__came=True)
    found = held.aggregate(
        firms=Count("participations__enterprise", filter=came, distinct=True),
        people=Sum("participations__people", filter=came),
        **{code: Count("pk", filter=Q(kind=code), distinct=True) for code in EVENT_KINDS},
    )
    listed = BuildingPlan.objects.visible_to(actor).filter(state=LISTED, target_year__gte=year)
    return Figures(
        sum(found[code] for code in EVENT_KINDS),
        found["firms"],
        found["people"] or 0,
        listed.values("enterprise").distinct().count(),
        [(label, found[code]) for code, label in EVENT_KINDS.items() if found[code]],
    )


def _events(actor: Actor) -> QuerySet[Event]:
    live = Q(participations__withdrawn_at=None)
    mine = Participation.objects.filter(
        event=OuterRef("pk"), enterprise_id=actor.enterprise_id or 0, withdrawn_at=None
    )
    rows: QuerySet[Event] = Event.objects.visible_to(actor).select_related("district")
    if actor.role is not Role.MUNICIPAL:
        rows = rows.filter(~Q(state=DRAFT) | Q(district_id=actor.district or ""))
    return rows.annotate(
        people=Sum("participations__people", filter=live),
        there=Count("participations", filter=live & Q(participations__came=True)),
        taking_part=Exists(mine),
    ).order_by("-starts_at", "-pk")


def _event(row: Event) -> EventRow:
    return EventRow(
        public_id=row.public_id,
        kind=row.kind,
        kind_label=row.get_kind_display(),
        title=row.title,
        organiser=row.district.authority if row.district is not None else "苏州市工业和信息化局",
        district=row.district_id,
        place=row.place,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        sign_up_until=row.sign_up_until,
        seats=row.seats,
        summary=row.summary,
        material=row.material,
        state=row.state,
        state_label=row.get_state_display(),
        note=row.note,
        signed_up=getattr(row, "people", 0) or 0,
        came=getattr(row, "there", 0),
        mine=getattr(row, "taking_part", False),
    )


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A building plan."""

    public_id: str
    enterprise_name: str
    district_name: str
    level: int
    year: int
    measures: str
    state: str
    state_label: str
    sent_at: datetime
    opinion: str


def plans(*, actor: Actor, year: int | None = None, district: str = "", state: str = "") -> list[PlanRow]:
    """Return the plans in sight, newest first; one query."""
    rows = BuildingPlan.objects.visible_to(actor).select_related("enterprise", "district")
    if year:
        rows = rows.filter(target_year=year)
    if district:
        rows = rows.filter(district_id=district)
    if state:
        rows = rows.filter(state=state)
    return [
        PlanRow(
            row.public_id, row.enterprise.name, row.district.name, row.target_level, row.target_year,
            row.measures, row.state, row.get_state_display(), row.sent_at, row.opinion,
        )
        for row in rows.order_by("-sent_at", "-pk")[: 5 * _MOST]
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PoolLine:
    """How many listed enterprises of a district aim at each level in a year."""

    district_name: str
    year: int
    by_level: Sequence[int]
    total: int


def pool(*, actor: Actor) -> list[PoolLine]:
    """Return the cultivation list counted by district, year and target level 1A to 5A; one query."""
    counted = (
        BuildingPlan.objects.visible_to(actor)
        .filter(state=LISTED)
        .order_by("district__order", "target_year")
        .values_list("district__name", "target_year", "target_level")
        .annotate(n=Count("pk"))
    )
    lines: dict[tuple[str, int], list[int]] = {}
    for district, year, level, number in counted:
        lines.setdefault((district, year), [0] * 5)[level - 1] = number
    return [PoolLine(district, year, levels, sum(levels)) for (district, year), levels in lines.items()]


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A registered body."""

    public_id: str
    name: str
    uscc: str
    kind_labels: Sequence[str]
    qualification: str
    since: date | None = None


def bodies() -> list[BodyRow]:
    """Return the registered bodies by name; public, one query."""
    return [_body(row) for row in ServiceBody.objects.filter(removed_at=None).order_by("name", "pk")[:_MOST]]


def my_bodies(*, actor: Actor) -> list[BodyRow]:
    """Return the bodies the actor's enterprise has declared; one query."""
    rows = Engagement.objects.visible_to(actor).select_related("body").order_by("-since", "-pk")
    return [_body(row.body, row.since) for row in rows[:_MOST]]


def helpers_of(*, enterprise_id: int) -> dict[str, str]:
    """Return credit code → name of the bodies an enterprise has declared (for the conflict rule of panels, R-20)."""
    rows = Engagement.objects.filter(enterprise_id=enterprise_id)
    return dict(rows.values_list("body__uscc", "body__name"))


def _body(row: ServiceBody, since: date | None = None) -> BodyRow:
    return BodyRow(
        row.public_id, row.name, row.uscc, [BODY_KINDS[kind] for kind in row.kinds], row.qualification, since
    )


def takes_sign_ups(row: EventRow, now: datetime) -> bool:
    """Return whether enterprises may sign up for an event now."""
    return row.state == OPEN and now <= row.sign_up_until
