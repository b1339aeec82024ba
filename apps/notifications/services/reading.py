"""Opening messages, and choosing which of them come by mail as well."""

from __future__ import annotations

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import Forbidden, NotVisible
from apps.core.moment import Clock
from apps.notifications.models import MailPreference, Message, MessageRead


@transaction.atomic
def mark_read(*, actor: Actor, clock: Clock, public_id: str) -> str:
    """Record that the person behind *actor* has opened the message; the first time counts.

    Returns:
        Where the message leads (a path of the site).

    Raises:
        NotVisible: not addressed to this person.
    """
    message = Message.objects.visible_to(actor).filter(public_id=public_id).first()
    if message is None or actor.user_id is None:
        raise NotVisible
    _remember(actor.user_id, [message.pk], clock)
    return str(message.link)


@transaction.atomic
def mark_all_read(*, actor: Actor, clock: Clock) -> int:
    """Record that the person has seen every message of the inbox; return how many were unread."""
    if actor.user_id is None:
        raise NotVisible
    unread = list(
        Message.objects.visible_to(actor).exclude(reads__user=actor.user_id).values_list("pk", flat=True)
    )
    _remember(actor.user_id, unread, clock)
    return len(unread)


def _remember(user_id: int, messages: list[int], clock: Clock) -> None:
    at = clock.now().at
    MessageRead.objects.bulk_create(
        [MessageRead(message_id=pk, user_id=user_id, at=at) for pk in messages], ignore_conflicts=True
    )


@transaction.atomic
def set_mail_preference(*, actor: Actor, clock: Clock, progress_by_mail: bool) -> None:
    """Choose whether progress messages also come by mail; deadlines, tasks and results always do.

    Raises:
        Forbidden: nobody is signed in.
    """
    if actor.user_id is None:
        raise Forbidden("请先登录。")
    moment = clock.now()
    rows = MailPreference.objects.filter(user=actor.user_id)
    before = rows.values_list("progress_by_mail", flat=True).first()
    MailPreference.objects.bulk_create(
        [MailPreference(user_id=actor.user_id, progress_by_mail=progress_by_mail)],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["progress_by_mail"],
    )
    record(
        actor=actor,
        event="notifications.preference",
        subject=None,
        moment=moment,
        before={"progress_by_mail": True if before is None else before},
        after={"progress_by_mail": progress_by_mail},
    )
