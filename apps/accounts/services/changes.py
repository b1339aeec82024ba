"""Dated changes of an enterprise (R-43): declared by it, confirmed by the district, followed by its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import transaction

from apps.accounts.models import District, Enterprise, EnterpriseChange, User
from apps.accounts.services.addresses import other_district_named
from apps.accounts.services.membership import move_responsibility, responsible
from apps.accounts.services.registration import locked_enterprise, search_key
from apps.accounts.states import (
    CHANGE_LIFE,
    CHANGES,
    CLOSURE,
    CONFIRMED,
    ENTERPRISE_LIFE,
    RENAME,
    REPORTS,
    REQUESTED,
    SUCCESSION,
    day_label,
)
from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import Invalid, NotVisible, WrongStep
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as, enter
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.policy.calendar import chinese

_EARLIEST = date(1949, 10, 1)
_REASON = 500
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Change:
    """The form of a change. Which fields count depends on `kind`."""

    kind: str
    effective_on: date | None
    reason: str = ""
    name: str = ""
    district: str = ""
    site_address: str = ""
    sub_area: str = ""
    registered_address: str = ""
    legal_representative: str = ""
    successor_id: int | None = None
    document: str = ""
    document_name: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """A confirmed change, for the rooms above whose records follow it."""

    kind: str
    enterprise_id: int
    before: dict[str, Any]
    after: dict[str, Any]
    effective_on: date
    note: str


#: Rooms above put in what they have to carry along; called as the system, in the transaction of the confirmation.
FOLLOWERS: list[Callable[[Actor, Moment, Followed], None]] = []


@transaction.atomic
def request_change(*, actor: Actor, clock: Clock, data: Change) -> str:
    """Declare a change of the own enterprise; the district where it produces (after a move: the new one) confirms.

    Returns:
        Public id of the change.

    Raises:
        Forbidden: not the responsible person.
        WrongStep: the registration is not confirmed, or a change of this kind is waiting already.
        Invalid: every faulty field.
    """
    enterprise = _own(actor)
    moment = clock.now()
    if data.kind not in CHANGES:
        raise Invalid.of("kind", "请选择变更事项。")
    if enterprise.state != CONFIRMED:
        raise WrongStep("企业登记经属地核实后才能申报变更；待核实的登记信息可以直接修改。")
    if (
        EnterpriseChange.objects.visible_to(actor)
        .filter(enterprise=enterprise, kind=data.kind, state=REQUESTED)
        .exists()
    ):
        msg = f"已有一项「{CHANGES[data.kind]}」待属地确认，请等待结果或先撤回。"
        raise WrongStep(msg)
    errors: dict[str, list[str]] = {}
    after = _collected(errors, lambda: _after(enterprise, data))
    reason = _collected(
        errors,
        lambda: clean_text(data.reason, field="reason", label="说明", limit=_REASON, multiline=True),
    )
    _check_day(errors, data, enterprise, moment.on)
    if data.kind in REPORTS | {CLOSURE} and not data.reason.strip():
        errors.setdefault("reason", []).append(f"请说明{CHANGES[data.kind]}的情况。")
    if errors or after is None or data.effective_on is None:
        raise Invalid(errors)
    target = str(after.get("district_id", enterprise.district_id))
    moved = target != enterprise.district_id
    row = EnterpriseChange.objects.create(
        enterprise=enterprise,
        district_id=target,
        from_district_id=enterprise.district_id if moved else None,
        kind=data.kind,
        before={name: _plain(getattr(enterprise, name)) for name in after},
        after=after,
        effective_on=data.effective_on,
        reason=reason or "",
        document=data.document,
        document_name=data.document_name,
        successor_id=data.successor_id if data.kind == SUCCESSION else None,
        state=REQUESTED,
        requested_by_id=actor.account,
        requested_at=moment.at,
    )
    record(
        actor=actor,
        event="enterprise.request_change",
        subject=row,
        moment=moment,
        rule="R-43",
        before=row.before,
        after=row.after,
        note=row.reason,
    )
    enqueue(
        key=f"change-requested:{row.public_id}",
        template="change_requested",
        context={"enterprise": enterprise.name, "what": CHANGES[row.kind], "public_id": row.public_id},
        to_district=target,
        subject=row,
        moment=moment,
    )
    return str(row.public_id)


@transaction.atomic
def withdraw_change(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Take a declared change back before it is confirmed.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
    """
    row = _locked(actor, public_id)
    step = CHANGE_LIFE.step(row.state, "withdraw", actor)
    responsible(actor)
    moment = clock.now()
    row.state = step.target
    row.save(update_fields=["state"])
    record(actor=actor, event="enterprise.withdraw_change", subject=row, moment=moment, rule=step.rule)


@transaction.atomic
def confirm_change(*, actor: Actor, clock: Clock, public_id: str, note: str = "") -> None:
    """The district confirms a change; from now on the enterprise is shown so, its history keeps both.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1; after a move only the new district confirms.
        Invalid: the note is too long.
    """
    row = _locked(actor, public_id)
    step = CHANGE_LIFE.step(row.state, "confirm", actor)
    _must_decide_here(row, actor)
    text = clean_text(note, field="note", label="确认意见", limit=_REASON, multiline=True)
    moment = clock.now()
    # The enterprise of a move is still the former district's: the new one writes it once, here.
    with acting_as(Actor.system(), then=actor):
        enterprise = Enterprise.objects.select_for_update(of=("self",)).get(pk=row.enterprise_id)
        _apply(enterprise, row, actor, moment)
        _decide(row, step.target, actor, moment, text)
        record(
            actor=actor,
            event="enterprise.confirm_change",
            subject=row,
            moment=moment,
            rule=step.rule,
            before=row.before,
            after=row.after,
            note=text,
        )
        followed = Followed(
            row.kind, enterprise.pk, row.before, row.after, row.effective_on, CHANGES[row.kind]
        )
        for follow in FOLLOWERS:
            enter(Actor.system())  # the one before may have gone back to being the actor
            follow(actor, moment, followed)
        enter(Actor.system())
        _tell(row, enterprise, "已确认", text or "变更已生效，平台记录保留变更前后的信息", moment)


@transaction.atomic
def decline_change(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """The district does not confirm; the enterprise reads why and may declare it again.

    Raises:
        NotVisible, WrongStep, Forbidden: gates 2, 3 and 1.
        Invalid: no reason.
    """
    row = _locked(actor, public_id)
    step = CHANGE_LIFE.step(row.state, "decline", actor)
    _must_decide_here(row, actor)
    text = clean_text(reason, field="reason", label="原因", limit=_REASON, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明不予确认的原因和需要补充的内容。")
    moment = clock.now()
    with acting_as(Actor.system(), then=actor):  # see confirm_change
        enterprise = Enterprise.objects.get(pk=row.enterprise_id)
        _decide(row, step.target, actor, moment, text)
        record(
            actor=actor,
            event="enterprise.decline_change",
            subject=row,
            moment=moment,
            rule=step.rule,
            note=text,
        )
        _tell(row, enterprise, "已退回", f"原因：{text}", moment)


def _own(actor: Actor) -> Enterprise:
    responsible(actor)
    row = Enterprise.objects.visible_to(actor).filter(pk=actor.enterprise_id).first()
    if row is None:
        raise NotVisible
    return locked_enterprise(actor=actor, public_id=row.public_id)


def _after(enterprise: Enterprise, data: Change) -> dict[str, Any]:
    """Return the columns that change with their new values.

    Raises:
        Invalid: every faulty field, or nothing changes.
    """
    match data.kind:
        case "rename":
            found = {"name": _text(data.name, "name", "新的企业名称", 100)}
        case "move":
            found = _new_site(data)
        case "succession":
            found = _successor(enterprise, data)
        case "closure":
            return {"state": "closed"}
        case _:
            return {}  # a report: nothing of the registration changes
    changed = {name: value for name, value in found.items() if value != getattr(enterprise, name)}
    if not changed and not data.successor_id:
        first = next(iter(found))
        field = {"district_id": "site_address"}.get(first, first)
        raise Invalid.of(field, "与现有登记一致，没有需要变更的内容。")
    return changed


def _new_site(data: Change) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    address = _collected(errors, lambda: _text(data.site_address, "site_address", "新的厂区地址", 200))
    area = _collected(errors, lambda: clean_text(data.sub_area, field="sub_area", label="板块", limit=40))
    registered = _collected(
        errors,
        lambda: clean_text(data.registered_address, field="registered_address", label="注册地址", limit=200),
    )
    # Reference data, public: the ten districts have no jurisdiction.
    districts = {row.code: row.name for row in District.objects.all()}
    if data.district not in districts:
        errors["district"] = ["请选择搬迁后的生产所在属地。"]
    elif address:
        other = other_district_named(address, data.district, districts)
        if other:
            errors.setdefault("site_address", []).append(
                f"厂区地址写明在{other}，与所选属地{districts[data.district]}不一致，请核对。"
            )
    if errors:
        raise Invalid(errors)
    found = {"district_id": data.district, "site_address": address, "sub_area": area or ""}
    return found | ({"registered_address": registered} if registered else {})


def _successor(enterprise: Enterprise, data: Change) -> dict[str, Any]:
    name = _text(data.legal_representative, "legal_representative", "新的法定代表人/负责人", 50)
    if data.successor_id is not None:
        members = User.objects.filter(pk=data.successor_id, enterprise_id=enterprise.pk, is_active=True)
        if not members.exists():
            raise Invalid.of("successor", "请选择本企业启用中的成员。")
    return {"legal_representative": name}


def _apply(enterprise: Enterprise, row: EnterpriseChange, actor: Actor, moment: Moment) -> None:
    if row.kind == CLOSURE:
        step = ENTERPRISE_LIFE.step(enterprise.state, "close", actor)
        enterprise.state, enterprise.closed_on = step.target, row.effective_on
    else:
        for name, value in row.after.items():
            setattr(enterprise, name, value)
    if row.kind == RENAME:
        old = row.before["name"]
        enterprise.former_names = [*enterprise.former_names, old]
        # found by its former names, too
        names = " ".join([search_key(enterprise.name), *enterprise.former_names])
        enterprise.name_key = names[:400]
    enterprise.version += 1
    enterprise.save()
    if row.kind == SUCCESSION and row.successor_id is not None:
        move_responsibility(
            actor=actor, moment=moment, enterprise_id=enterprise.pk, from_id=None, to_id=row.successor_id
        )


def _decide(row: EnterpriseChange, state: str, actor: Actor, moment: Moment, note: str) -> None:
    row.state = state
    row.decided_by_id = actor.account
    row.decided_at = moment.at
    row.decision_note = note
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])


def _must_decide_here(row: EnterpriseChange, actor: Actor) -> None:
    if row.district_id != actor.district:
        msg = "搬迁由迁入地主管部门确认，本属地只能查看。"
        raise WrongStep(msg)


def _locked(actor: Actor, public_id: str) -> EnterpriseChange:
    row: EnterpriseChange | None = (
        EnterpriseChange.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


def _check_day(errors: dict[str, list[str]], data: Change, enterprise: Enterprise, today: date) -> None:
    on, label = data.effective_on, day_label(data.kind)
    if on is None:
        errors.setdefault("effective_on", [f"请填写{label}。"])
    elif on > today:
        errors["effective_on"] = [f"{label}不能晚于今天（{chinese(today)}），发生后再申报。"]
    elif on < (enterprise.founded_on or _EARLIEST):
        errors["effective_on"] = [f"{label}早于企业成立日期，请核对。"]


def _text(value: str, field: str, label: str, limit: int) -> str:
    text = clean_text(value, field=field, label=label, limit=limit)
    if not text:
        raise Invalid.of(field, f"请填写{label}。")
    return text


def _collected(errors: dict[str, list[str]], read: Callable[[], Result]) -> Result | None:
    try:
        return read()
    except Invalid as refusal:
        for field, messages in refusal.errors.items():
            errors.setdefault(field, []).extend(messages)
        return None


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _tell(row: EnterpriseChange, enterprise: Enterprise, outcome: str, detail: str, moment: Moment) -> None:
    enqueue(
        key=f"change-decided:{row.public_id}",
        template="change_decided",
        context={"what": CHANGES[row.kind], "outcome": outcome, "detail": detail},
        to_enterprise=enterprise.pk,
        subject=row,
        moment=moment,
    )
    if row.from_district_id:
        enqueue(
            key=f"change-moved-out:{row.public_id}",
            template="enterprise_moved_out",
            context={"enterprise": enterprise.name, "outcome": outcome, "public_id": row.public_id},
            to_district=row.from_district_id,
            subject=row,
            moment=moment,
        )
