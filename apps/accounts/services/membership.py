"""Who acts for an enterprise: invitations by one-time link, duties, leaving, and handing over responsibility."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import Enterprise, Invitation, User
from apps.accounts.privacy import NOTICE_VERSION
from apps.accounts.services.joining import Joining, checked_joining
from apps.accounts.services.people import new_account
from apps.accounts.states import ACCEPTED, CANCELLED, CONFIRMED, INVITATION_LIFE, ISSUED
from apps.audit.services import record
from apps.core.actor import DUTY_LABELS, Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock, Moment
from apps.core.scoping import acting_as
from apps.core.text import clean_text
from apps.notifications.services import enqueue

#: How long a link may be used, and how many may be open at a time (an address list is no way to invite).
VALID_FOR = timedelta(days=7)
MOST_OPEN = 10
_TOKEN_BYTES = 24
_DUTIES = frozenset({Duty.RESPONSIBLE, Duty.CLERK})
_GONE = "邀请链接无效、已使用或已过期，请向邀请您的单位索取新的链接。"


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation. `token` goes into the link and is told only once."""

    public_id: str
    token: str
    expires_at: datetime


def token_digest(token: str) -> str:
    """Return what is stored of a secret link: who reads the table cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def responsible(actor: Actor) -> int:
    """Return the enterprise of its responsible person.

    Raises:
        Forbidden: anybody else.
    """
    if actor.role is not Role.ENTERPRISE or actor.enterprise_id is None or not actor.has(Duty.RESPONSIBLE):
        raise Forbidden("成员由本企业的法定代表人/负责人账户管理。")
    return actor.enterprise_id


def duties_of_form(duties: Collection[str]) -> list[str]:
    """Return the chosen duties of a member in a fixed order.

    Raises:
        Invalid: none, or one an enterprise does not have.
    """
    if not duties:
        raise Invalid.of("duties", "请至少选择一项职责。")
    if not set(duties) <= {duty.value for duty in _DUTIES}:
        raise Invalid.of("duties", "请从负责人、申报经办人中选择。")
    return sorted(set(duties))


@transaction.atomic
def invite_member(*, actor: Actor, clock: Clock, name: str, duties: Collection[str]) -> Invited:
    """Make a one-time link for a person who shall act for the enterprise.

    Args:
        actor: the responsible person of a confirmed enterprise.
        clock: the link ends `VALID_FOR` after now.
        name: who is invited; the person may correct it.
        duties: `responsible` and/or `clerk`.

    Raises:
        Forbidden: not the responsible person.
        WrongStep: the registration is not confirmed yet.
        Invalid: no name or duty; too many open invitations.
    """
    enterprise_id = responsible(actor)
    enterprise = _locked_enterprise(actor, enterprise_id)
    if enterprise.state != CONFIRMED:
        raise WrongStep("企业登记经属地核实后才能邀请成员。")
    moment = clock.now()
    errors: dict[str, list[str]] = {}
    person, chosen = "", list(duties)
    try:
        person = clean_text(name, field="name", label="姓名", limit=50)
        if not person:
            errors["name"] = ["请填写受邀人姓名。"]
    except Invalid as refusal:
        errors.update(refusal.errors)
    try:
        chosen = duties_of_form(duties)
    except Invalid as refusal:
        errors.update(refusal.errors)
    if errors:
        raise Invalid(errors)
    still_open = Invitation.objects.visible_to(actor).filter(state=ISSUED, expires_at__gt=moment.at)
    if still_open.count() >= MOST_OPEN:
        raise Invalid.of("name", f"最多同时有 {MOST_OPEN} 份未使用的邀请，请先作废不再需要的邀请。")
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = Invitation.objects.create(
        enterprise_id=enterprise_id,
        name=person,
        duties=chosen,
        digest=token_digest(token),
        state=ISSUED,
        invited_by_id=actor.account,
        invited_at=moment.at,
        expires_at=moment.at + VALID_FOR,
    )
    record(
        actor=actor,
        event="member.invite",
        subject=row,
        moment=moment,
        rule="R-13",
        after={"name": person, "duties": chosen, "expires_at": row.expires_at},
    )
    return Invited(row.public_id, token, row.expires_at)


@transaction.atomic
def cancel_invitation(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Make a link worthless before it is used.

    Raises:
        NotVisible, Forbidden, WrongStep: gates 2, 1 and 3.
    """
    row = (
        Invitation.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    step = INVITATION_LIFE.step(row.state, "cancel", actor)
    moment = clock.now()
    _close(row, CANCELLED, moment)
    record(actor=actor, event="member.cancel_invitation", subject=row, moment=moment, rule=step.rule)


@transaction.atomic
def accept_invitation(*, actor: Actor, clock: Clock, token: str, data: Joining) -> int:
    """Use a link: the person gets an account of the enterprise; the link is spent.

    Returns:
        The account's id.

    Raises:
        NotVisible: the link is unknown, spent, cancelled or too old; all the same to who guesses.
        Invalid: every faulty field.
    """
    # Whoever holds the link has no jurisdiction yet; the secret in it is the right to look.
    with acting_as(Actor.system(), then=actor):
        moment = clock.now()
        row = Invitation.objects.select_for_update(of=("self",)).filter(digest=token_digest(token)).first()
        if row is None or row.state != ISSUED or row.expires_at <= moment.at:
            raise NotVisible(_GONE)
        enterprise = Enterprise.objects.get(pk=row.enterprise_id)
        if enterprise.state != CONFIRMED:
            raise NotVisible(_GONE)
        email, phone = checked_joining(data)
        user = new_account(
            clock=clock,
            username=data.username,
            password=data.password,
            name=data.person_name,
            role=Role.ENTERPRISE,
            duties=[Duty(duty) for duty in row.duties],
            enterprise_id=row.enterprise_id,
            email=email,
            phone=phone,
        )
        row.accepted_by = user
        _close(row, ACCEPTED, moment)
        person = replace(actor, user_id=user.pk, name=user.name)
        record(
            actor=person,
            event="member.join",
            subject=row,
            moment=moment,
            rule="R-13",
            after={"username": user.username, "duties": row.duties, "consent": NOTICE_VERSION},
        )
        _tell(
            enterprise, f"joined:{row.public_id}", moment, f"{user.name}已接受邀请", _duty_words(row.duties)
        )
    return int(user.pk)


@transaction.atomic
def change_member_duties(*, actor: Actor, clock: Clock, user_id: int, duties: Collection[str]) -> None:
    """Give a member other duties; somebody stays responsible.

    Raises:
        Forbidden, NotVisible: not the responsible person; not a member of its enterprise.
        Invalid: no duty, or nobody would be responsible any more.
    """
    enterprise_id, member = _member(actor, user_id)
    wanted = duties_of_form(duties)
    if Duty.RESPONSIBLE.value not in wanted:
        _keep_somebody(enterprise_id, without=member)
    moment = clock.now()
    before = list(member.duties)
    if before == wanted:
        return
    member.duties = wanted
    member.save(update_fields=["duties"])
    record(
        actor=actor,
        event="member.change_duties",
        subject=member,
        moment=moment,
        rule="R-13",
        before={"duties": before},
        after={"duties": wanted},
    )


@transaction.atomic
def set_member_active(*, actor: Actor, clock: Clock, user_id: int, active: bool) -> None:
    """End a member's access with the next request, or give it back.

    Raises:
        Forbidden, NotVisible: not the responsible person; not a member of its enterprise.
        WrongStep: it is so already.
        Invalid: nobody would be responsible any more; one's own account.
    """
    enterprise_id, member = _member(actor, user_id)
    if member.pk == actor.user_id:
        raise Invalid.of("", "不能停用本人的账户；更换负责人请先办理交接。")
    if member.is_active == active:
        raise WrongStep("该成员已经启用。" if active else "该成员已经停用。")
    if not active:
        _keep_somebody(enterprise_id, without=member)
    moment = clock.now()
    member.is_active = active
    member.save(update_fields=["is_active"])
    record(
        actor=actor,
        event="member.enable" if active else "member.disable",
        subject=member,
        moment=moment,
        rule="R-13",
        before={"is_active": not active},
        after={"is_active": active},
    )


@transaction.atomic
def hand_over(*, actor: Actor, clock: Clock, user_id: int) -> None:
    """Pass the responsible person's account duties to another member; the former one stays 申报经办人.

    Only the account's duty moves: a change of the legal representative in the business register is a dated change
    (`changes.request_change`), which the district confirms.

    Raises:
        Forbidden, NotVisible: not the responsible person; not a member of its enterprise.
        Invalid: the successor is oneself or disabled.
    """
    enterprise_id, successor = _member(actor, user_id)
    if successor.pk == actor.user_id:
        raise Invalid.of("successor", "请选择另一位成员接任。")
    if not successor.is_active:
        raise Invalid.of("successor", "该成员已停用，请先启用再交接。")
    move_responsibility(
        actor=actor,
        moment=clock.now(),
        enterprise_id=enterprise_id,
        from_id=actor.account,
        to_id=successor.pk,
    )


def move_responsibility(
    *, actor: Actor, moment: Moment, enterprise_id: int, from_id: int | None, to_id: int
) -> None:
    """Give *to_id* the responsible duty and take it from *from_id* (None: from everybody); in a transaction."""
    members = User.objects.select_for_update(of=("self",)).filter(enterprise_id=enterprise_id).order_by("pk")
    for member in members:
        duties = set(member.duties)
        if member.pk == to_id:
            duties |= {Duty.RESPONSIBLE.value, Duty.CLERK.value}
        elif Duty.RESPONSIBLE.value in duties and from_id in {None, member.pk}:
            duties = duties - {Duty.RESPONSIBLE.value} | {Duty.CLERK.value}
        if duties == set(member.duties):
            continue
        before = list(member.duties)
        member.duties = sorted(duties)
        member.save(update_fields=["duties"])
        record(
            actor=actor,
            event="member.hand_over",
            subject=member,
            moment=moment,
            rule="R-13",
            before={"duties": before},
            after={"duties": member.duties},
        )
    enterprise = Enterprise.objects.get(pk=enterprise_id)
    name = next(member.name for member in members if member.pk == to_id)
    _tell(
        enterprise,
        f"handed-over:{enterprise.public_id}:{to_id}:{moment.at.isoformat()}",
        moment,
        f"负责人账户已交接给{name}",
        "提交、撤回申报和成员管理由新负责人办理，原负责人保留申报经办人职责",
    )


def _member(actor: Actor, user_id: int) -> tuple[int, User]:
    enterprise_id = responsible(actor)
    row = User.objects.select_for_update(of=("self",)).filter(pk=user_id, enterprise_id=enterprise_id).first()
    if row is None:
        raise NotVisible
    return enterprise_id, row


def _keep_somebody(enterprise_id: int, *, without: User) -> None:
    others = User.objects.select_for_update(of=("self",)).filter(
        enterprise_id=enterprise_id, is_active=True, duties__contains=[Duty.RESPONSIBLE.value]
    )
    if not others.exclude(pk=without.pk).exists():
        raise Invalid.of("duties", "企业至少要有一位启用的负责人，请先把负责人职责交给另一位成员。")


def _locked_enterprise(actor: Actor, enterprise_id: int) -> Enterprise:
    row: Enterprise | None = (
        Enterprise.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=enterprise_id).first()
    )
    if row is None:
        raise NotVisible
    return row


def _close(row: Invitation, state: str, moment: Moment) -> None:
    row.state = state
    row.closed_at = moment.at
    row.save(update_fields=["state", "closed_at", "accepted_by"])


def _duty_words(duties: Collection[str]) -> str:
    return "职责：" + "、".join(DUTY_LABELS[Duty(duty)] for duty in duties)


def _tell(enterprise: Enterprise, key: str, moment: Moment, what: str, detail: str) -> None:
    enqueue(
        key=f"members:{key}",
        template="members_changed",
        context={"what": what, "detail": detail},
        to_enterprise=enterprise.pk,
        subject=enterprise,
        moment=moment,
    )
