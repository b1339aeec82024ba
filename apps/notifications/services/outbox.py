"""Putting a message into the outbox, in the transaction of the act it tells about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model

from apps.core.actor import Role
from apps.core.moment import Moment
from apps.core.wake import after_commit
from apps.notifications.catalogue import CATALOGUE
from apps.notifications.models import Message
from apps.notifications.rendering import rendered

_DELIVER = "apps.notifications.tasks.deliver_outbox"
#: Rows of one insert.
_STATEMENT = 1000


def enqueue(  # noqa: PLR0913  (a message has one of six recipients; all named at the call)
    *,
    key: str,
    template: str,
    context: Mapping[str, Any],
    moment: Moment,
    to_enterprise: int | None = None,
    to_district: str | None = None,
    to_municipal: bool = False,
    to_user: int | None = None,
    to_expert: int | None = None,
    to_admins: bool = False,
    subject: Model | None = None,
) -> None:
    """Store one message to one party; it is delivered after the commit, and never without it.

    Safe to call again with the same *key*: nothing happens (`on conflict do nothing`), also when two processes do it
    at once. The broker is not touched here; a worker is woken after the commit, in the background.

    Args:
        key: what the message is about, unique in the whole product ("award:<case>:<version>").
        template: a code of `apps.notifications.catalogue`.
        context: values for the template; `number`, `enterprise`, `due` (date or aware datetime) and `public_id` are
            understood by all.
        moment: when the act happened.
        to_enterprise: enterprise id; all its members.
        to_district: district code; all staff of the district.
        to_municipal: all staff of the city's bureau.
        to_user: one account.
        to_expert: one expert (= account id).
        to_admins: the system administrators.
        subject: the row the message is about.

    Raises:
        KeyError: unknown template or missing placeholder (a programming error).
        ValueError: not exactly one recipient, or outside a transaction.
    """
    enqueue_all(
        moment=moment,
        notes=[
            Note(
                key,
                template,
                context,
                subject=subject,
                to_enterprise=to_enterprise,
                to_district=to_district,
                to_municipal=to_municipal,
                to_user=to_user,
                to_expert=to_expert,
                to_admins=to_admins,
            )
        ],
    )


@dataclass(frozen=True, slots=True)
class Note:
    """One message to be stored; the fields mean what the arguments of `enqueue` mean."""

    key: str
    template: str
    context: Mapping[str, Any]
    subject: Model | None = None
    to_enterprise: int | None = None
    to_district: str | None = None
    to_municipal: bool = False
    to_user: int | None = None
    to_expert: int | None = None
    to_admins: bool = False


def enqueue_all(*, moment: Moment, notes: Iterable[Note]) -> None:
    """Store many messages in one statement; for each of them everything that `enqueue` promises holds.

    Raises:
        KeyError: unknown template or missing placeholder (a programming error).
        ValueError: not exactly one recipient, or outside a transaction.
    """
    if not connection.in_atomic_block:
        msg = "a message is written in the transaction of the act it tells about"
        raise ValueError(msg)
    messages = [_message(note, moment) for note in notes]
    if not messages:
        return
    # No RETURNING: whoever writes a message may not read it (row-level security), and need not.
    Message.objects.bulk_create(messages, ignore_conflicts=True, batch_size=_STATEMENT)
    after_commit(_DELIVER)


def _message(note: Note, moment: Moment) -> Message:
    audience = _audience(
        {
            Role.ENTERPRISE: note.to_enterprise,
            Role.DISTRICT: note.to_district,
            Role.MUNICIPAL: note.to_municipal or None,
            Role.EXPERT: note.to_expert,
            Role.SYSTEM_ADMIN: note.to_admins or None,
            Role.PUBLIC: note.to_user,
        }
    )
    if note.to_user is not None:
        users = get_user_model()._default_manager
        audience = Role(users.values_list("role", flat=True).get(pk=note.to_user))
    words = rendered(note.template, note.context, audience)
    row = CATALOGUE[note.template]
    subject = note.subject
    return Message(
        key=note.key,
        template=note.template,
        title=words.title,
        body=words.body,
        link=words.link,
        mandatory=row.group.mandatory,
        duties=sorted(duty.value for duty in row.duties),
        to_enterprise_id=note.to_enterprise,
        to_district_id=note.to_district,
        to_municipal=note.to_municipal,
        to_user_id=note.to_user,
        to_expert_id=note.to_expert,
        to_admins=note.to_admins,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        created_at=moment.at,
    )


def _audience(recipients: Mapping[Role, object]) -> Role:
    named = [role for role, recipient in recipients.items() if recipient is not None]
    if len(named) != 1:
        msg = f"a message has exactly one recipient, not {len(named)}"
        raise ValueError(msg)
    return named[0]
