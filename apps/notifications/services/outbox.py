"""Putting a message into the outbox, in the transaction of the act it tells about."""

from __future__ import annotations

from collections.abc import Mapping
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
    if not connection.in_atomic_block:
        msg = "a message is written in the transaction of the act it tells about"
        raise ValueError(msg)
    audience = _audience(
        {
            Role.ENTERPRISE: to_enterprise,
            Role.DISTRICT: to_district,
            Role.MUNICIPAL: to_municipal or None,
            Role.EXPERT: to_expert,
            Role.SYSTEM_ADMIN: to_admins or None,
            Role.PUBLIC: to_user,
        }
    )
    if to_user is not None:
        audience = Role(get_user_model()._default_manager.values_list("role", flat=True).get(pk=to_user))
    words = rendered(template, context, audience)
    row = CATALOGUE[template]
    message = Message(
        key=key,
        template=template,
        title=words.title,
        body=words.body,
        link=words.link,
        mandatory=row.group.mandatory,
        duties=sorted(duty.value for duty in row.duties),
        to_enterprise_id=to_enterprise,
        to_district_id=to_district,
        to_municipal=to_municipal,
        to_user_id=to_user,
        to_expert_id=to_expert,
        to_admins=to_admins,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        created_at=moment.at,
    )
    # No RETURNING: whoever writes a message may not read it (row-level security), and need not.
    Message.objects.bulk_create([message], ignore_conflicts=True)
    after_commit(_DELIVER)


def _audience(recipients: Mapping[Role, object]) -> Role:
    named = [role for role, recipient in recipients.items() if recipient is not None]
    if len(named) != 1:
        msg = f"a message has exactly one recipient, not {len(named)}"
        raise ValueError(msg)
    return named[0]
