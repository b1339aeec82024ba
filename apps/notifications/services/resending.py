"""Sending again what did not arrive, for whoever runs the system."""

from __future__ import annotations

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.core.wake import after_commit
from apps.notifications.models import Delivery
from apps.notifications.states import FAILED, UNKNOWN, WAITING

_RUN = "apps.notifications.tasks.deliver_outbox"


@transaction.atomic
def resend(*, actor: Actor, clock: Clock, delivery_id: int) -> None:
    """Put a failed mail back into the outbox, with as many attempts as at first.

    One whose end is unknown may have arrived: sending it again is a decision of a person, and this is where it is
    made (the worker never does).

    Raises:
        Forbidden: not the system administrator.
        NotVisible: no such delivery.
        WrongStep: it neither failed nor is its end unknown.
    """
    if actor.role is not Role.SYSTEM_ADMIN:
        raise Forbidden("邮件由系统管理员重发。")
    row = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery_id).first()
    if row is None:
        raise NotVisible
    if row.state not in {FAILED, UNKNOWN}:
        raise WrongStep("只有未能送达或结果不明的邮件可以重发。")
    moment = clock.now()
    before = {"state": row.state, "error": row.last_error}
    row.state, row.attempts, row.next_attempt_at, row.last_error = WAITING, 0, moment.at, ""
    row.lease_token, row.lease_until = "", None
    row.save(
        update_fields=["state", "attempts", "next_attempt_at", "last_error", "lease_token", "lease_until"]
    )
    record(
        actor=actor,
        event="notifications.resend",
        subject=row,
        moment=moment,
        before=before,
        after={"state": WAITING},
    )
    after_commit(_RUN)
