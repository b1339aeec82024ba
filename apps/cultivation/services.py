"""Use-cases of cultivation: events and who takes part, building plans and the districts' lists, service bodies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from apps.accounts import selectors as accounts
from apps.accounts.states import CONFIRMED
from apps.accounts.uscc import check as check_uscc
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.models import new_public_id
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.cultivation.models import BuildingPlan, Engagement, Event, Participation, ServiceBody
from apps.cultivation.states import (
    BODY_KINDS,
    DRAFT,
    EVENT_KINDS,
    EVENT_LIFE,
    HELD,
    OPEN,
    PLAN_LIFE,
    SENT,
)

_BUREAUS = frozenset({Role.DISTRICT, Role.MUNICIPAL})
_LEVELS = range(1, 6)
_YEARS_AHEAD = 5


@dataclass(frozen=True, slots=True)
class EventData:
    """What is announced of an event; `seats` None: no limit."""

    kind: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    sign_up_until: datetime
    summary: str
    seats: int | None = None
    material: str = ""


def _staff(actor: Actor) -> None:
    if actor.role not in _BUREAUS or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("由主管部门经办或签批人员办理。")


@transaction.atomic
def make_event(*, actor: Actor, clock: Clock, data: EventData) -> str:
    """Draft an event of the actor's bureau; returns its public id.

    Raises:
        Forbidden: not staff of a bureau.
        Invalid: every fault by field.
    """
    _staff(actor)
    moment = clock.now()
    errors: dict[str, list[str]] = {}
    texts = {
        field: clean_text(value, field=field, label=label, limit=limit)
        for field, label, limit, value in (
            ("title", "名称", 100, data.title),
            ("place", "地点", 120, data.place),
            ("summary", "内容", 2000, data.summary),
            ("material", "资料", 20000, data.material),
        )
    }
    for field, label in (("title", "名称"), ("place", "地点"), ("summary", "内容")):
        if not texts[field]:
            errors[field] = [f"请填写{label}。"]
    if data.kind not in EVENT_KINDS:
        errors["kind"] = ["请选择类别。"]
    if data.ends_at <= data.starts_at:
        errors["ends_at"] = ["结束时间应晚于开始时间。"]
    if data.sign_up_until > data.ends_at:
        errors["sign_up_until"] = ["报名截止不能晚于活动结束。"]
    if data.seats is not None and data.seats < 1:
        errors["seats"] = ["名额至少 1 人，不限请留空。"]
    if errors:
        raise Invalid(errors)
    row = Event.objects.create(
        **texts,
        kind=data.kind,
        district_id=actor.district,
        starts_at=data.starts_at,
        ends_at=data.ends_at,
        sign_up_until=data.sign_up_until,
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
    row = _own_event(actor, public_id)
    step = EVENT_LIFE.step(row.state, event, actor)
    text = clean_text(note, field="note", label="说明", limit=200)
    if event == "call_off" and not text:
        raise Invalid.of("note", "请说明取消的原因。")
    moment = clock.now()
    if event == "hold" and moment.at < row.starts_at:
        raise WrongStep("活动尚未开始，不能登记已举办。")
    before, row.state, row.note = row.state, step.target, text or row.note
    row.save(update_fields=["state", "note"])
    _kept(actor, moment, row, f"event.{event}", {"state": before}, {"state": row.state}, text)
    return str(row.state)


@transaction.atomic
def put_material(*, actor: Actor, clock: Clock, public_id: str, material: str) -> None:
    """Replace the material of an event of the actor's own bureau, before or after it was held.

    Raises:
        NotVisible, Forbidden: as `move_event`.
    """
    _staff(actor)
    row = _own_event(actor, public_id)
    row.material = clean_text(material, field="material", label="资料", limit=20000)
    row.save(update_fields=["material"])
    _kept(actor, clock.now(), row, "event.material", {}, {"length": len(row.material)}, "")


@transaction.atomic
def sign_up(*, actor: Actor, clock: Clock, public_id: str, person: str, people: int) -> None:
    """An enterprise signs up, or changes how many come; free of charge and voluntary.

    Raises:
        Forbidden: not a member of a confirmed enterprise.
        NotVisible: no such event.
        WrongStep: not open, sign-up over, or no seats left.
        Invalid: nobody named, or not 1 to 20 people.
    """
    firm = _firm(actor)
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
    _kept(actor, moment, fresh, "event.sign_up", {}, {"people": people}, "")


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
    _kept(actor, moment, row, "event.withdraw", {}, {}, "")


@transaction.atomic
def mark_attendance(*, actor: Actor, clock: Clock, public_id: str, came: Collection[str]) -> int:
    """Keep who came to an event of the actor's own bureau; returns how many enterprises did.

    Raises:
        NotVisible, Forbidden: as `move_event`.
        WrongStep: it has not begun, or was called off.
    """
    _staff(actor)
    row = _own_event(actor, public_id)
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
    _kept(actor, moment, row, "event.attendance", {}, {"came": there, "signed_up": len(parts)}, "")
    return there


@transaction.atomic
def send_plan(*, actor: Actor, clock: Clock, level: int, year: int, measures: str) -> str:
    """An enterprise sends (or revises) its building plan for a year; voluntary, and no condition of an application.

    Raises:
        Forbidden: not a member of a confirmed enterprise.
        Invalid: every fault by field.
        WrongStep: the plan of that year is on the list already.
    """
    firm = _firm(actor)
    moment = clock.now()
    text = clean_text(measures, field="measures", label="主要措施", limit=2000)
    errors: dict[str, list[str]] = {} if text else {"measures": ["请填写主要措施。"]}
    if level not in _LEVELS:
        errors["level"] = ["请选择目标等级。"]
    if not moment.on.year <= year <= moment.on.year + _YEARS_AHEAD:
        errors["year"] = [f"目标年度为 {moment.on.year} 至 {moment.on.year + _YEARS_AHEAD} 年。"]
    if errors:
        raise Invalid(errors)
    row = (
        BuildingPlan.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(target_year=year, enterprise_id=firm.id)
        .first()
    )
    if row is not None:
        PLAN_LIFE.step(row.state, "revise", actor)
    fresh = row or BuildingPlan(enterprise_id=firm.id, district_id=firm.district, target_year=year)
    fresh.target_level, fresh.measures, fresh.state = level, text, SENT
    fresh.sent_at, fresh.sent_by_id = moment.at, actor.account
    fresh.save()
    _kept(actor, moment, fresh, "plan.send", {}, {"level": level, "year": year}, "")
    return str(fresh.public_id)


@transaction.atomic
def decide_plan(*, actor: Actor, clock: Clock, public_id: str, event: str, opinion: str) -> str:
    """A district lists a plan for cultivation, leaves it out, or takes it off; returns the new state.

    Raises:
        NotVisible: not a plan of this district.
        WrongStep, Forbidden: the lifecycle.
        Invalid: left out or taken off without an opinion.
    """
    row = (
        BuildingPlan.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    step = PLAN_LIFE.step(row.state, event, actor)
    text = clean_text(opinion, field="opinion", label="意见", limit=200)
    if event != "list" and not text:
        raise Invalid.of("opinion", "请填写意见。")
    moment = clock.now()
    before, row.state, row.opinion = row.state, step.target, text
    row.decided_at, row.decided_by_id = moment.at, actor.account
    row.save(update_fields=["state", "opinion", "decided_at", "decided_by"])
    _kept(actor, moment, row, f"plan.{event}", {"state": before}, {"state": row.state}, text)
    return str(row.state)


@transaction.atomic
def register_body(
    *, actor: Actor, clock: Clock, name: str, uscc: str, kinds: Collection[str], qualification: str = ""
) -> str:
    """The city registers a service body; returns its public id. Registration recommends nobody.

    Raises:
        Forbidden: not municipal staff.
        Invalid: no name, a faulty or known credit code, no kind.
    """
    if actor.role is not Role.MUNICIPAL:
        raise Forbidden("服务机构由市局登记。")
    _staff(actor)
    code = check_uscc(uscc)
    text = clean_text(name, field="name", label="名称", limit=100)
    errors: dict[str, list[str]] = {} if text else {"name": ["请填写机构名称。"]}
    chosen = [kind for kind in BODY_KINDS if kind in kinds]
    if not chosen:
        errors["kinds"] = ["请选择服务类别。"]
    moment = clock.now()
    row = ServiceBody(
        public_id=new_public_id(),
        name=text,
        uscc=code,
        kinds=chosen,
        qualification=clean_text(qualification, field="qualification", label="资质", limit=200),
        registered_at=moment.at,
        registered_by_id=actor.account,
    )
    if not errors:
        ServiceBody.objects.bulk_create([row], ignore_conflicts=True)
        stored = ServiceBody.objects.filter(public_id=row.public_id).values_list("pk", flat=True).first()
        if stored is None:
            errors["uscc"] = ["这家机构已经登记。"]
    if errors:
        raise Invalid(errors)
    _kept(
        actor,
        moment,
        ServiceBody.objects.get(public_id=row.public_id),
        "body.register",
        {},
        {"uscc": code, "kinds": chosen},
        "",
    )
    return str(row.public_id)


@transaction.atomic
def declare_engagement(*, actor: Actor, clock: Clock, body: str, since: date) -> None:
    """An enterprise says which registered body helps it, so that its people do not judge the enterprise (R-20).

    Raises:
        Forbidden: not a member of a confirmed enterprise.
        Invalid: no such body, a day to come, or declared already.
    """
    firm = _firm(actor)
    moment = clock.now()
    found = ServiceBody.objects.filter(public_id=body, removed_at=None).first()
    if found is None:
        raise Invalid.of("body", "请选择登记在册的机构。")
    if since > moment.on:
        raise Invalid.of("since", "开始日期不能晚于今天。")
    if Engagement.objects.visible_to(actor).filter(body=found, enterprise_id=firm.id).exists():
        raise Invalid.of("body", "已登记过这家机构。")
    row = Engagement.objects.create(
        enterprise_id=firm.id,
        district_id=firm.district,
        body=found,
        since=since,
        declared_at=moment.at,
        declared_by_id=actor.account,
    )
    _kept(actor, moment, row, "body.engage", {}, {"body": found.name, "since": since}, "")


def _own_event(actor: Actor, public_id: str) -> Event:
    row = Event.objects.visible_to(actor).select_for_update(of=("self",)).filter(public_id=public_id).first()
    if row is None or actor.role not in _BUREAUS or row.district_id != actor.district:
        raise NotVisible
    found: Event = row
    return found


def _firm(actor: Actor) -> accounts.EnterpriseFile:
    if actor.role is not Role.ENTERPRISE:
        raise Forbidden("由企业成员办理。")
    firm = accounts.enterprise_file(actor=actor)
    if firm.state != CONFIRMED:
        raise Forbidden("企业登记核实通过后可以办理。")
    return firm


def _kept(
    actor: Actor,
    moment: Moment,
    subject: Event | Participation | BuildingPlan | ServiceBody | Engagement,
    event: str,
    before: dict[str, object],
    after: dict[str, object],
    note: str,
) -> None:
    record(
        actor=actor,
        event=event,
        subject=subject,
        moment=moment,
        rule="R-45",
        before=before,
        after=after,
        note=note,
    )
