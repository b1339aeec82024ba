"""Lending one's duties to a colleague while away, and ending it early (R-44)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import Delegation, User
from apps.accounts.services.notices import tell_account
from apps.audit.services import record
from apps.core.actor import DUTY_LABELS, Actor, Duty, Loan, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.faults import Faults
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.policy.calendar import chinese
from apps.policy.delegation import may_delegate

_REASON = 200
_BUREAUS = frozenset({Role.DISTRICT.value, Role.MUNICIPAL.value})


@transaction.atomic
def delegate_duties(
    *,
    actor: Actor,
    clock: Clock,
    absent_id: int,
    delegate_id: int,
    from_on: date | None,
    until_on: date | None,
    reason: str,
) -> str:
    """Lend the own duties of an absent person to a colleague of the same bureau, from and until a day.

    Args:
        actor: the absent person, or the security administrator.
        clock: the legal clock.
        absent_id: account of who is away.
        delegate_id: account of who stands in.
        from_on: first day; None when none was given, which is refused.
        until_on: last day, that day included; None likewise.
        reason: why, for the record.

    Returns:
        Public id of the arrangement.

    Raises:
        Forbidden: another person than those two.
        NotVisible: no such account.
        Invalid: every fault by field: no reason, no days, nobody chosen.
        RuleBroken: see `apps.policy.delegation.may_delegate`.
        WrongStep: the person's duties are lent already on one of these days.
    """
    _require_right(actor, absent_id)
    with Faults() as faults:
        text = faults.read(lambda: clean_text(reason, field="reason", label="原因", limit=_REASON), "")
        if not text:
            faults.note("reason", "请填写原因。")
        for field, label, day in (("from_on", "开始日期", from_on), ("until_on", "结束日期", until_on)):
            if day is None:
                faults.note(field, f"请填写{label}。")
        if from_on and until_on and until_on < from_on:
            faults.note("until_on", "结束日期不能早于开始日期。")
        if not User.objects.filter(pk=delegate_id).exists():
            faults.note("delegate", "请选择受托人。")
        if from_on is None or until_on is None:
            raise faults.refusal()
    # In the order of their ids: two arrangements the other way round cannot wait for each other.
    rows = User.objects.select_for_update(of=("self",)).filter(pk__in=[absent_id, delegate_id]).order_by("pk")
    found = {row.pk: row for row in rows}
    absent, delegate = found.get(absent_id), found.get(delegate_id)
    if absent is None or delegate is None or absent.role not in _BUREAUS:
        raise NotVisible
    moment = clock.now()
    require(
        may_delegate(
            held=absent.duties,
            same_bureau=(absent.role, absent.district_id) == (delegate.role, delegate.district_id),
            same_person=absent_id == delegate_id,
            delegate_enabled=delegate.is_active,
            from_on=from_on,
            until_on=until_on,
            today=moment.on,
        )
    )
    with acting_as(Actor.system(), then=actor):  # who else arranged something for this person
        taken = _live(moment.on).filter(absent=absent, from_on__lte=until_on, until_on__gte=from_on)
        if taken.exists():
            raise WrongStep("这段时间已有委托，请先结束原来的委托。")
        row = Delegation.objects.create(
            absent=absent,
            delegate=delegate,
            district_id=absent.district_id,
            duties=list(absent.duties),
            from_on=from_on,
            until_on=until_on,
            reason=text,
            made_by_id=actor.account,
            made_at=moment.at,
        )
        relend(moment, delegate)
    record(
        actor=actor,
        event="delegation.begin",
        subject=row,
        moment=moment,
        rule="R-44",
        after={"from_on": from_on, "until_on": until_on, "duties": row.duties},
        note=text,
    )
    labels = "、".join(DUTY_LABELS[Duty(duty)] for duty in row.duties)
    span = f"{chinese(from_on)}至{chinese(until_on)}"
    tell_account(actor=actor, moment=moment, user_id=delegate.pk, what=f"您受托代行{absent.name}的职责",
                 detail=f"{span}，您代行{absent.name}的职责：{labels}。")  # fmt: skip
    tell_account(actor=actor, moment=moment, user_id=absent.pk, what=f"您的职责由{delegate.name}代行",
                 detail=f"{span}，{delegate.name}代行您的职责：{labels}。")  # fmt: skip
    return str(row.public_id)


@transaction.atomic
def end_delegation(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """End an arrangement before its last day; the delegate loses the duties with the next request.

    Raises:
        Forbidden: neither the absent person nor the security administrator.
        NotVisible: no such arrangement.
        WrongStep: it is over.
        Invalid: no reason.
    """
    moment = clock.now()
    with acting_as(Actor.system(), then=actor):
        row = (
            Delegation.objects.select_for_update(of=("self",))
            .select_related("absent", "delegate")
            .filter(public_id=public_id)
            .first()
        )
    if row is None or (actor.role is not Role.SECURITY_ADMIN and actor.user_id != row.absent_id):
        raise NotVisible
    text = clean_text(reason, field="reason", label="原因", limit=_REASON)
    if not text:
        raise Invalid.of("reason", "请填写原因。")
    if row.ended_at is not None or row.until_on < moment.on:
        raise WrongStep("这项委托已经结束。")
    with acting_as(Actor.system(), then=actor):
        row.ended_at, row.ended_by_id = moment.at, actor.account
        row.save(update_fields=["ended_at", "ended_by"])
        relend(moment, User.objects.select_for_update(of=("self",)).get(pk=row.delegate_id))
    record(
        actor=actor,
        event="delegation.end",
        subject=row,
        moment=moment,
        rule="R-44",
        before={"until_on": row.until_on},
        after={"ended_on": moment.on},
        note=text,
    )
    tell_account(actor=actor, moment=moment, user_id=row.delegate_id, what=f"代行{row.absent.name}的职责已结束",
                 detail=f"{row.absent.name}的职责不再由您代行。")  # fmt: skip


def duties_changed(moment: Moment, person: User) -> None:
    """Give everybody who stands in for *person* the duties that person has now, and no others (for `keeping`)."""
    with_loans = _live(moment.on).filter(absent=person).values_list("delegate_id", flat=True)
    for delegate in (
        User.objects.select_for_update(of=("self",)).filter(pk__in=set(with_loans)).order_by("pk")
    ):
        relend(moment, delegate)


def relend(moment: Moment, delegate: User) -> None:
    """Write what is lent to *delegate* from the arrangements that run or are to come. Call as the system."""
    rows = _live(moment.on).filter(delegate=delegate).select_related("absent").order_by("from_on", "pk")
    delegate.lent = [
        Loan(
            delegation=row.public_id,
            absent=row.absent.name,
            # Never more than was lent, nor more than the absent person still has; nothing of a disabled account.
            duties=tuple(duty for duty in row.duties if row.absent.is_active and duty in row.absent.duties),
            from_on=row.from_on,
            until_on=row.until_on,
        ).stored()
        for row in rows
    ]
    delegate.save(update_fields=["lent"])


def _live(on: date) -> QuerySet[Delegation]:
    return Delegation.objects.filter(ended_at=None, until_on__gte=on)


def _require_right(actor: Actor, absent_id: int) -> None:
    if actor.role is not Role.SECURITY_ADMIN and actor.user_id != absent_id:
        raise Forbidden("只能委托本人的职责；他人的职责由安全管理员办理。")
