"""Reading the inbox, and finding the mail addresses behind a recipient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.db.models import Count, Exists, Min, OuterRef, Q

from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden
from apps.core.masking import masked_phone
from apps.core.scoping import acting_as
from apps.notifications.catalogue import CATALOGUE
from apps.notifications.models import Delivery, MailPreference, Message, MessageRead
from apps.notifications.reasons import GROUPS, why
from apps.notifications.states import CHANNELS, DELIVERY_STATES, LEASED, MAIL, SENDING, WAITING

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One message of the inbox; `body` has one fact per line (what to do, number, enterprise, deadline)."""

    public_id: str
    template: str
    title: str
    body: str
    link: str
    mandatory: bool
    created_at: datetime
    is_read: bool
    why: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of messages, newest first, with the number of unread ones in all."""

    rows: Sequence[InboxRow]
    unread: int
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One line of the delivery log; the address is shown in part only."""

    id: int
    template: str
    kind_label: str
    channel_label: str
    address: str
    state: str
    state_label: str
    attempts: int
    sent_at: datetime | None
    last_error: str


def _read_by(actor: Actor) -> Exists:
    return Exists(MessageRead.objects.filter(message=OuterRef("pk"), user=actor.user_id))


def inbox(*, actor: Actor, page: int = 1, per_page: int = PER_PAGE, unread_only: bool = False) -> Inbox:
    """Return a page of the messages addressed to *actor* in person or to its organisation."""
    messages = Message.objects.visible_to(actor)
    counted = messages.aggregate(total=Count("pk"), unread=Count("pk", filter=~Q(_read_by(actor))))
    total = counted["unread"] if unread_only else counted["total"]
    pages = max(1, ceil(total / per_page))
    page = min(max(1, page), pages)
    rows = messages.annotate(is_read=_read_by(actor)).order_by("-id")
    if unread_only:
        rows = rows.filter(is_read=False)
    found = [
        InboxRow(
            row.public_id,
            row.template,
            row.title,
            row.body,
            row.link,
            row.mandatory,
            row.created_at,
            row.is_read,
            why(row),
        )
        for row in rows[(page - 1) * per_page : page * per_page]
    ]
    return Inbox(found, counted["unread"], total, page, pages)


def unread_count(*, actor: Actor) -> int:
    """Return how many messages *actor* has not opened yet (one query)."""
    return int(Message.objects.visible_to(actor).exclude(_read_by(actor)).count())


def first_read_at(*, actor: Actor, key: str) -> datetime | None:
    """Return when the message *key* was first opened by anybody it is addressed to, None while it was not.

    The proof of service of a rectification notice (R-37). Looks across jurisdictions on purpose: whoever sent the
    message may learn that it was opened, and nothing else.
    """
    with acting_as(Actor.system(), then=actor):
        return (
            MessageRead.objects.filter(message__key=key).order_by("at").values_list("at", flat=True).first()
        )


def _kind_label(template: str) -> str:
    """Return what kind of message it was; its title may name a case, which is not the system administrator's to see."""
    kind = CATALOGUE.get(template)
    return f"{GROUPS[kind.group]}消息" if kind is not None else "消息"


def deliveries(*, actor: Actor, state: str | None = None, limit: int = 200) -> list[DeliveryRow]:
    """Return the newest mail deliveries for the system administrator's log.

    Raises:
        Forbidden: not the system administrator.
    """
    if actor.role not in {Role.SYSTEM_ADMIN, Role.SYSTEM}:
        raise Forbidden("发送日志由系统管理员查看。")
    rows = Delivery.objects.order_by("-id")
    if state:
        rows = rows.filter(state=state)
    return [
        DeliveryRow(
            row.pk,
            row.template,
            _kind_label(row.template),
            CHANNELS[row.channel],
            masked(row.address) if row.channel == MAIL else row.address,
            row.state,
            DELIVERY_STATES[row.state],
            row.attempts,
            row.sent_at,
            row.last_error,
        )
        for row in rows[:limit]
    ]


@dataclass(frozen=True, slots=True)
class Outbox:
    """What waits to go out: mails by state, messages no worker has looked at yet, and since when the oldest waits."""

    by_state: dict[str, int]
    unexpanded: int
    oldest_waiting: datetime | None


def outbox(*, actor: Actor) -> Outbox:
    """Return how the outbox stands, for the system administrator; two queries.

    Raises:
        Forbidden: not the system administrator.
    """
    if actor.role not in {Role.SYSTEM_ADMIN, Role.SYSTEM}:
        raise Forbidden("发送日志由系统管理员查看。")
    counted = (
        Delivery.objects.order_by().values_list("state").annotate(n=Count("pk"), first=Min("next_attempt_at"))
    )
    found = {state: (count, first) for state, count, first in counted}
    due = [first for state, (_, first) in found.items() if state in {WAITING, LEASED, SENDING}]
    # Messages belong to whom they are addressed to: only their number and age are handed out here.
    with acting_as(Actor.system(), then=actor):
        fresh = Message.objects.filter(expanded_at=None).aggregate(n=Count("pk"), first=Min("created_at"))
    if fresh["first"] is not None:
        due.append(fresh["first"])
    return Outbox({state: count for state, (count, _) in found.items()}, fresh["n"], min(due, default=None))


def masked(address: str) -> str:
    """Return a mail address with all but the first character of the name hidden."""
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}"


@dataclass(frozen=True, slots=True)
class MailChoices:
    """What a person has chosen.

    Whether progress messages are mailed at all, and the kinds left out; whether mails are put together; which groups
    come as short messages, and to which number (shown in part).
    """

    progress_by_mail: bool
    muted: frozenset[str]
    digest: bool
    sms: frozenset[str]
    phone: str


def mail_choices(*, actor: Actor) -> MailChoices:
    """Return what the person behind *actor* has chosen about mails; all of them when nothing was chosen."""
    row = MailPreference.objects.filter(user=actor.user_id).first()
    if row is None:
        row = MailPreference(progress_by_mail=True)
    return MailChoices(
        row.progress_by_mail, frozenset(row.muted), row.digest, frozenset(row.sms), masked_phone(row.phone)
    )
