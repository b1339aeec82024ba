"""Extension of a rectification: only by the city, with a reason, and only where the bureau has allowed it (R-37)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, WrongStep, require
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.monitoring.services.rectification import countdown, locked_rectification, run_on
from apps.monitoring.services.shared import choices
from apps.monitoring.states import SERVED
from apps.notifications.services import enqueue
from apps.policy.levels import Tier
from apps.policy.rectification import may_extend_rectification

_TEXT = 500


@transaction.atomic
def extend_rectification(*, actor: Actor, clock: Clock, public_id: str, extra_days: int, reason: str) -> date:
    """Give more natural days; the enterprise is told and all reminders follow the new deadline.

    Returns:
        The new last day.

    Raises:
        RuleBroken: extensions are not allowed, no reason, or more days than allowed in all.
        WrongStep: not running, or overdue already.
        NotVisible, Forbidden: gates 1–2.
    """
    row = locked_rectification(actor=actor, public_id=public_id)
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.SIGNER, Duty.LEADER):
        raise Forbidden("延长整改期限由市工业和信息化局签批。")
    moment = clock.now()
    if row.state != SERVED or countdown(row, moment.on).overdue:
        raise WrongStep("只有正在进行、尚未逾期的整改可以延长期限。")
    text = clean_text(reason, field="reason", label="延长理由", limit=_TEXT, multiline=True)
    require(
        may_extend_rectification(
            tier=Tier.MUNICIPAL,
            reason=text,
            extra_days=extra_days,
            already_extended_days=row.extended_days,
            parameters=choices(moment.on),
        )
    )
    before = row.deadline
    row.extended_days += extra_days
    row.extension_note = f"{row.extension_note}\n{text}".strip()
    where = countdown(row, moment.on)
    granted = f"经批准延长{extra_days}日。"
    run_on(row, where, moment, why=granted + where.resumed.why if where.resumed is not None else granted)
    row.version += 1
    row.save()
    record(
        actor=actor,
        event="rectification.extend",
        subject=row,
        moment=moment,
        rule="R-37",
        before={"deadline": before},
        after={"deadline": where.deadline, "extra_days": extra_days},
        note=text,
    )
    enqueue(
        key=f"rectification-extended:{row.public_id}:{row.version}",
        template="rectification_extended",
        context={"number": row.number, "due": where.deadline, "reason": text, "public_id": row.public_id},
        to_enterprise=row.enterprise_id,
        subject=row,
        moment=moment,
    )
    return where.deadline
