"""Opening messages, and choosing which of them come by mail as well."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible
from apps.core.masking import masked_phone
from apps.core.moment import Clock
from apps.notifications.catalogue import CATALOGUE
from apps.notifications.models import MailPreference, Message, MessageRead
from apps.notifications.sms import mobile, sms_offered
from apps.notifications.template import SMS_GROUPS


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
    *,
    actor: Actor,
    clock: Clock,
    progress_by_mail: bool,
    muted: Collection[str] = (),
    digest: bool = False,
    sms: Collection[str] = (),
    phone: str = "",
) -> None:
    """Choose how messages come beside the inbox; deadlines, tasks and results are always mailed.

    Args:
        actor: whose messages.
        clock: when.
        progress_by_mail: False: no progress message by mail at all.
        muted: codes of single progress messages that stay in the inbox only.
        digest: progress and tasks of a while make one mail.
        sms: groups ("deadline", "result", "task") that also come as short messages; none: the number is deleted.
        phone: the mobile number for them; empty keeps the one given before.

    Raises:
        Forbidden: nobody is signed in.
        Invalid: a message that cannot be switched off or is not known, no mobile number, no short messages here.
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
    before = row or MailPreference(progress_by_mail=True)
    groups = sorted(set(sms))
    number = _number(phone, before.phone, groups)
    MailPreference.objects.bulk_create(
        [
            MailPreference(
                user_id=actor.user_id,
                progress_by_mail=progress_by_mail,
                muted=wanted,
                digest=digest,
                sms=groups,
                phone=number,
            )
        ],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["progress_by_mail", "muted", "digest", "sms", "phone"],
    )
    record(
        actor=actor,
        event="notifications.preference",
        subject=None,
        moment=moment,
        before=_told(before),
        after={
            "progress_by_mail": progress_by_mail,
            "muted": wanted,
            "digest": digest,
            "sms": groups,
            "phone": masked_phone(number),
        },
    )


def _told(row: MailPreference) -> dict[str, object]:
    return {
        "progress_by_mail": row.progress_by_mail,
        "muted": list(row.muted),
        "digest": row.digest,
        "sms": list(row.sms),
        "phone": masked_phone(row.phone),
    }


def _number(typed: str, known: str, groups: Collection[str]) -> str:
    """Return the number to keep: none when no short message is wanted.

    Raises:
        Invalid: a group that has no short messages, no number, none that is a mobile number, none offered here.
    """
    if not groups:
        return ""
    if not sms_offered():
        raise Invalid.of("sms", "本平台尚未开通短信。")
    if unknown := set(groups) - SMS_GROUPS:
        raise Invalid.of("sms", f"不能发短信的消息：{'、'.join(sorted(unknown))}。")
    try:
        number = mobile(typed) or known
    except ValueError as error:
        raise Invalid.of("phone", str(error)) from error
    if not number:
        raise Invalid.of("phone", "选择短信提醒的，请填写接收短信的手机号。")
    return number
