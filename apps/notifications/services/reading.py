"""Opening messages, and choosing which of them come by mail as well."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.moment import Clock
from apps.notifications.catalogue import CATALOGUE
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
def set_mail_preference(
    *, actor: Actor, clock: Clock, progress_by_mail: bool, muted: Collection[str] = ()
) -> None:
    """Choose which progress messages also come by mail; deadlines, tasks and results always do.

    Args:
        actor: whose mails.
        clock: when.
        progress_by_mail: False: no progress message at all.
        muted: codes of single progress messages that stay in the inbox only.

    Raises:
        Forbidden: nobody is signed in.
        Invalid: a message that cannot be switched off, or is not known.
    """
    if actor.user_id is None:
        raise Forbidden("请先登录。")
    wanted = sorted(set(muted))
    for code in wanted:
        if code not in CATALOGUE:
            raise Invalid.of("muted", "没有这一种消息。")
        if CATALOGUE[code].group.mandatory:
            raise Invalid.of("muted", "时限、待办和结果类消息不能退订。")
    moment = clock.now()
    row = MailPreference.objects.filter(user=actor.user_id).first()
    before = {
        "progress_by_mail": row.progress_by_mail if row is not None else True,
        "muted": list(row.muted) if row is not None else [],
    }
    MailPreference.objects.bulk_create(
        [MailPreference(user_id=actor.user_id, progress_by_mail=progress_by_mail, muted=wanted)],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["progress_by_mail", "muted"],
    )
    record(
        actor=actor,
        event="notifications.preference",
        subject=None,
        moment=moment,
        before=before,
        after={"progress_by_mail": progress_by_mail, "muted": wanted},
    )
