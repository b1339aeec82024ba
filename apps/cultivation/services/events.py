"""Events: made and moved by their bureau, signed up to by enterprises, attendance kept (R-45)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Sum

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import Invalid, NotVisible, WrongStep
from apps.core.faults import Faults
from apps.core.moment import Clock
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.cultivation.models import Event, Participation
from apps.cultivation.services.common import BUREAUS, keep, own_firm, require_staff
from apps.cultivation.states import DRAFT, EVENT_KINDS, EVENT_LIFE, HELD, OPEN

#: Texts of several lines.
_PARAGRAPHS = frozenset({"summary", "material"})


@dataclass(frozen=True, slots=True)
class EventData:
    """What is announced of an event; `seats` None: no limit; a time None: not given, which is refused."""

    kind: str
    title: str
    place: str
    starts_at: datetime | None
    ends_at: datetime | None
    sign_up_until: datetime | None
    summary: str
    seats: int | None = None
    material: str = ""


@transaction.atomic
def make_event(*, actor: Actor, clock: Clock, data: EventData) -> str:
    """Draft an event of the actor's bureau; returns its public id.

    Raises:
        Forbidden: not staff of a bureau.
        Invalid: every fault by field.
    """
    require_staff(actor)
    moment = clock.now()
    starts_at, ends_at, until = data.starts_at, data.ends_at, data.sign_up_until
    texts: dict[str, str] = {}
    with Faults() as faults:
        if data.kind not in EVENT_KINDS:
            faults.note("kind", "请选择类别。")
        for field, label, limit, value in (
            ("title", "名称", 100, data.title),
            ("place", "地点", 120, data.place),
            ("summary", "内容", 2000, data.summary),
            ("material", "资料", 20000, data.material),
        ):
            read = partial(
                clean_text, value, field=field, label=label, limit=limit, multiline=field in _PARAGRAPHS
            )
            texts[field] = faults.read(read, "")
            if not texts[field] and field != "material":
                faults.note(field, f"请填写{label}。")
        for field, label, at in (
            ("starts_at", "开始时间", starts_at),
            ("ends_at", "结束时间", ends_at),
            ("sign_up_until", "报名截止时间", until),
        ):
            if at is None:
                faults.note(field, f"请填写{label}。")
        if starts_at and ends_at and ends_at <= starts_at:
            faults.note("ends_at", "结束时间应晚于开始时间。")
        if until and ends_at and until > ends_at:
            faults.note("sign_up_until", "报名截止不能晚于活动结束。")
        if data.seats is not None and data.seats < 1:
            faults.note("seats", "名额至少 1 人，不限请留空。")
        if starts_at is None or ends_at is None or until is None:
            raise faults.refusal()
    row = Event.objects.create(
        **texts,
        kind=data.kind,
        district_id=actor.district,
        starts_at=starts_at,
        ends_at=ends_at,
        sign_up_until=until,
        seats=data.seats,
        state=DRAFT,
        made_by_id=actor.account,
        made_at=moment.at,
    )
    record(
        actor=actor, event="event.make", subject=row, moment=moment, rule="R-45", after={"title": row.title}
    )
    return str(row.public_id)


@transaction.atomic
def move_event(*, actor: Actor, clock: Clock, public_id: str, event: str, note: str = "") -> str:
    """Publish, hold or call off an event of the actor's own bureau; returns its new state.

    Raises:
        NotVisible: no such event, or another bureau's.
        WrongStep, Forbidden: the lifecycle.
        Invalid: called off without a reason.
    """
    row = own_event(actor, public_id)
    step = EVENT_LIFE.step(row.state, event, actor)
    text = clean_text(note, field="note", label="说明", limit=200)
    if event == "call_off" and not text:
        raise Invalid.of("note", "请说明取消的原因。")
    moment = clock.now()
    if event == "hold" and moment.at < row.starts_at:
        raise WrongStep("活动尚未开始，不能登记已举办。")
    before, row.state, row.note = row.state, step.target, text or row.note
    row.save(update_fields=["state", "note"])
    keep(actor, moment, row, f"event.{event}", {"state": before}, {"state": row.state}, text)
    return str(row.state)


@transaction.atomic
def put_material(*, actor: Actor, clock: Clock, public_id: str, material: str) -> None:
    """Replace the material of an event of the actor's own bureau, before or after it was held.

    Raises:
        NotVisible, Forbidden: as `move_event`.
    """
    require_staff(actor)
    row = own_event(actor, public_id)
    row.material = clean_text(material, field="material", label="资料", limit=20000, multiline=True)
    row.save(update_fields=["material"])
    keep(actor, clock.now(), row, "event.material", {}, {"length": len(row.material)}, "")


@transaction.atomic
def sign_up(*, actor: Actor, clock: Clock, public_id: str, person: str, people: int) -> None:
    """An enterprise signs up, or changes how many come; free of charge and voluntary.

    Raises:
        Forbidden: not a member of a confirmed enterprise.
        NotVisible: no such event.
        WrongStep: not open, sign-up over, or no seats left.
        Invalid: nobody named, or not 1 to 20 people.
    """
    firm = own_firm(actor)
    with acting_as(Actor.system(), then=actor):  # the lock that counts the seats
        row = (
            Event.objects.select_for_update(of=("self",))
            .filter(public_id=public_id)
            .exclude(state=DRAFT)
            .first()
        )
    if row is None:
        raise NotVisible
    moment = clock.now()
    if row.state != OPEN or moment.at > row.sign_up_until:
        raise WrongStep("报名已经结束。")
    name = clean_text(person, field="person", label="参加人", limit=50)
    errors: dict[str, list[str]] = {} if name else {"person": ["请填写参加人姓名。"]}
    if not 1 <= people <= 20:  # noqa: PLR2004  (the table's own limit)
        errors["people"] = ["人数为 1 至 20 人。"]
    if errors:
        raise Invalid(errors)
    with acting_as(Actor.system(), then=actor):  # everybody's seats
        others = Participation.objects.filter(event=row, withdrawn_at=None).exclude(enterprise_id=firm.id)
        taken = others.aggregate(n=Sum("people"))["n"] or 0
    if row.seats is not None and taken + people > row.seats:
        raise WrongStep(f"名额不足：共 {row.seats} 人，已报 {taken} 人。")
    mine = Participation.objects.visible_to(actor).filter(event=row).first()
    fresh = mine or Participation(
        event=row, enterprise_id=firm.id, district_id=firm.district, host=row.district_id or ""
    )
    fresh.person, fresh.people, fresh.withdrawn_at = name, people, None
    fresh.signed_up_at, fresh.signed_up_by_id = moment.at, actor.account
    fresh.save()
    keep(actor, moment, fresh, "event.sign_up", {}, {"people": people}, "")


@transaction.atomic
def withdraw(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """An enterprise takes its sign-up back before the event begins.

    Raises:
        NotVisible: it has not signed up.
        WrongStep: the event has begun.
    """
    row = (
        Participation.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("event")
        .filter(event__public_id=public_id, withdrawn_at=None, enterprise_id=actor.enterprise_id)
        .first()
    )
    if row is None:
        raise NotVisible
    moment = clock.now()
    if moment.at >= row.event.starts_at:
        raise WrongStep("活动已经开始，不能取消报名。")
    row.withdrawn_at = moment.at
    row.save(update_fields=["withdrawn_at"])
    keep(actor, moment, row, "event.withdraw", {}, {}, "")


@transaction.atomic
def mark_attendance(*, actor: Actor, clock: Clock, public_id: str, came: Collection[str]) -> int:
    """Keep who came to an event of the actor's own bureau; returns how many enterprises did.

    Raises:
        NotVisible, Forbidden: as `move_event`.
        WrongStep: it has not begun, or was called off.
    """
    require_staff(actor)
    row = own_event(actor, public_id)
    moment = clock.now()
    if row.state not in {OPEN, HELD} or moment.at < row.starts_at:
        raise WrongStep("活动开始后才能登记到场。")
    parts = list(
        Participation.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(event=row, withdrawn_at=None)
        .order_by("pk")
    )
    for part in parts:
        part.came = part.public_id in came
    Participation.objects.bulk_update(parts, ["came"])
    there = sum(bool(part.came) for part in parts)
    keep(actor, moment, row, "event.attendance", {}, {"came": there, "signed_up": len(parts)}, "")
    return there


def own_event(actor: Actor, public_id: str) -> Event:
    """Return an event of the actor's own bureau, locked (for the modules of this room).

    Raises:
        NotVisible: none, or another bureau's.
    """
    row = Event.objects.visible_to(actor).select_for_update(of=("self",)).filter(public_id=public_id).first()
    if row is None or actor.role not in BUREAUS or row.district_id != actor.district:
        raise NotVisible
    found: Event = row
    return found
