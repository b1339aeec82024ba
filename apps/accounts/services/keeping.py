"""Keeping accounts: disabled, enabled, given duties by the security administrator, never one's own (三员分立)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services.delegation import duties_changed
from apps.accounts.services.notices import tell_account
from apps.audit.services import record
from apps.core.actor import DUTIES_OF, DUTY_LABELS, Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.core.scoping import acting_as
from apps.core.text import clean_text

_REASON = 200


def locked_account(*, actor: Actor, user_id: int) -> User:
    """Return an account locked for change.

    Raises:
        Forbidden: the actor is not the security administrator, or means its own account.
        NotVisible: there is no such account.
    """
    if actor.role is not Role.SECURITY_ADMIN:
        raise Forbidden("账户由安全管理员管理。")
    row = User.objects.select_for_update(of=("self",)).filter(pk=user_id).first()
    if row is None:
        raise NotVisible
    if row.pk == actor.user_id:
        raise Forbidden("不能变更本人的账户，请由另一位安全管理员办理。")
    return row


@transaction.atomic
def set_account_active(*, actor: Actor, clock: Clock, user_id: int, active: bool, reason: str) -> None:
    """Disable an account (its sessions end with the next request) or enable it again.

    Raises:
        Forbidden: not the security administrator, or the own account.
        Invalid: no reason.
        WrongStep: it is in that state already.
        NotVisible: no such account.
    """
    row = locked_account(actor=actor, user_id=user_id)
    text = clean_text(reason, field="reason", label="原因", limit=_REASON)
    if not text:
        raise Invalid.of("reason", "请填写原因。")
    if row.is_active == active:
        raise WrongStep("该账户已经启用。" if active else "该账户已经停用。")
    if not active and last_of_its_kind(row):
        raise WrongStep("这是最后一位启用的安全管理员，停用后将无人管理账户。请先建立另一位安全管理员。")
    moment = clock.now()
    row.is_active = active
    row.save(update_fields=["is_active"])
    with acting_as(Actor.system(), then=actor):
        duties_changed(moment, row)
    record(
        actor=actor,
        event="account.enable" if active else "account.disable",
        subject=row,
        moment=moment,
        before={"is_active": not active},
        after={"is_active": active},
        note=text,
    )


@transaction.atomic
def change_duties(*, actor: Actor, clock: Clock, user_id: int, duties: Collection[str], reason: str) -> None:
    """Give an account other duties within its role.

    Raises:
        Forbidden: not the security administrator, or the own account.
        Invalid: no reason; a duty the role cannot hold.
        NotVisible: no such account.
    """
    row = locked_account(actor=actor, user_id=user_id)
    text = clean_text(reason, field="reason", label="原因", limit=_REASON)
    allowed = DUTIES_OF.get(Role(row.role), frozenset())
    wanted = {duty for duty in Duty if duty.value in duties}
    errors: dict[str, list[str]] = {} if text else {"reason": ["请填写原因。"]}
    if len(wanted) != len(set(duties)) or not wanted <= allowed:
        errors["duties"] = ["职责与角色不符。"]
    if errors:
        raise Invalid(errors)
    before = list(row.duties)
    row.duties = sorted(duty.value for duty in wanted)
    moment = clock.now()
    row.save(update_fields=["duties"])
    with acting_as(Actor.system(), then=actor):
        duties_changed(moment, row)
    record(
        actor=actor,
        event="account.change_duties",
        subject=row,
        moment=moment,
        before={"duties": before},
        after={"duties": row.duties},
        note=text,
    )
    labels = "、".join(DUTY_LABELS[Duty(duty)] for duty in row.duties) or "无"
    tell_account(actor=actor, moment=moment, user_id=row.pk, what="账户职责已变更",
                 detail=f"您的职责现为：{labels}。")  # fmt: skip


def last_of_its_kind(row: User) -> bool:
    """Whether *row* is the only security administrator left: nobody could undo its disabling."""
    if row.role != Role.SECURITY_ADMIN.value:
        return False
    others = User.objects.filter(role=Role.SECURITY_ADMIN.value, is_active=True).exclude(pk=row.pk)
    return not others.exists()
