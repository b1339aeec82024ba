"""Delivering the outbox by mail: safe with any number of workers, a dead broker and a dead gateway.

Three steps, each a short transaction: a message is expanded into one row per address; a worker leases a batch
(`SKIP LOCKED`, two minutes); each row is marked `sending` immediately before it is handed to the gateway and `sent`
immediately after (the end of one mail and the beginning of the next are one transaction). A worker that dies with
leased rows loses them to the next worker when the lease ends. A worker that dies between `sending` and `sent` may or
may not have sent: that row becomes `unknown` and is never sent again (at most once; the in-site message is there in
any case).
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from smtplib import (
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import structlog
from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Q

from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, Clock, Moment
from apps.core.scoping import enter
from apps.notifications.catalogue import CATALOGUE
from apps.notifications.models import Delivery, Message
from apps.notifications.selectors import mail_addresses
from apps.notifications.states import FAILED, LEASED, SENDING, SENT, UNKNOWN, WAITING
from apps.notifications.template import Group

_log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=2)
BATCH = 50
EXPAND_BATCH = 200
#: Tries per address before it is given up, and the wait after the first; each further wait doubles.
MAX_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
#: Wait after the gateway as a whole could not be reached; such tries do not count against an address.
GATEWAY_WAIT = timedelta(minutes=2)
_PERMANENT = 500
#: Quiet hours of mails, by the clock of Shanghai; the in-site message is there at once.
QUIET_FROM, QUIET_UNTIL = time(22), time(8)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one run did."""

    expanded: int = 0
    sent: int = 0
    failed: int = 0
    postponed: int = 0


@dataclass(frozen=True, slots=True)
class _Item:
    id: int
    address: str
    title: str
    body: str
    link: str
    key: str
    attempts: int


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one try."""

    item: _Item
    state: str
    fault: str


def deliver(*, clock: Clock, limit: int = 1000) -> Delivered:
    """Expand and send what is due, at most *limit* mails; never raises because of one address or the gateway.

    One connection to the gateway serves all batches until a fault makes it doubtful.
    """
    expanded = _expand_all(clock)
    sent = failed = postponed = 0
    _give_up_interrupted(clock)
    gateway = _Gateway()
    try:
        while sent + failed + postponed < limit:
            token = secrets.token_hex(16)
            items = _lease(clock, token)
            if not items:
                break
            counts = _send_batch(items, token, clock, gateway)
            sent, failed, postponed = sent + counts.sent, failed + counts.failed, postponed + counts.postponed
    finally:
        gateway.close()
    return Delivered(expanded, sent, failed, postponed)


class _Gateway:
    """The connection of one run to the mail gateway; opened when first needed and after every fault."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def open(self) -> BaseEmailBackend:
        """Return an open connection.

        Raises:
            OSError: the gateway cannot be reached (smtplib's errors are OSErrors, too).
        """
        if self._connection is None:
            fresh: BaseEmailBackend = mail.get_connection()
            fresh.open()
            self._connection = fresh
        return self._connection

    def close(self) -> None:
        """Close the connection, if there is one."""
        opened, self._connection = self._connection, None
        if opened is None:
            return
        try:
            opened.close()
        except OSError as error:
            _log.warning("mail_gateway_close", error=str(error)[:200])


def _expand_all(clock: Clock) -> int:
    total = 0
    while True:
        count = _expand(clock.now())
        total += count
        if count < EXPAND_BATCH:
            return total


@transaction.atomic
def _expand(moment: Moment) -> int:
    """Make the delivery rows of a batch of new messages; return how many messages."""
    enter(Actor.system())
    messages = list(
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(expanded_at=None)
        .order_by("id")[:EXPAND_BATCH]
    )
    addresses = mail_addresses(messages)
    Delivery.objects.bulk_create(
        [
            Delivery(
                message=message,
                template=message.template,
                address=address,
                next_attempt_at=not_at_night(message.template, moment),
            )
            for message in messages
            for address in addresses[message.pk]
        ],
        ignore_conflicts=True,
    )
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(expanded_at=moment.at)
    return len(messages)


def not_at_night(template: str, moment: Moment) -> datetime:
    """Return from when a mail may go out: results at once, everything else not between 22:00 and 8:00 in Shanghai."""
    local = moment.at.astimezone(SHANGHAI)
    kind = CATALOGUE.get(template)
    if (kind is not None and kind.group is Group.RESULT) or QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment.at
    day = moment.on + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_UNTIL, SHANGHAI)


@transaction.atomic
def _lease(clock: Clock, token: str) -> list[_Item]:
    """Take a batch of due rows for this worker: waiting ones, and leased ones whose worker is gone."""
    enter(Actor.system())
    now = clock.now().at
    rows = list(
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("message")
        .filter(Q(state=WAITING, next_attempt_at__lte=now) | Q(state=LEASED, lease_until__lte=now))
        .order_by("next_attempt_at", "id")[:BATCH]
    )
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=LEASED, lease_token=token, lease_until=now + LEASE
    )
    return [
        _Item(
            row.pk,
            row.address,
            row.message.title,
            row.message.body,
            row.message.link,
            row.message.key,
            row.attempts,
        )
        for row in rows
    ]


def _send_batch(items: Sequence[_Item], token: str, clock: Clock, gateway: _Gateway) -> Delivered:
    """Send the leased rows; after the first fault the rest goes back, to be taken over a fresh connection."""
    try:
        opened = gateway.open()
    except OSError as error:
        _log.warning("mail_gateway_unreachable", error=str(error)[:200], waiting=len(items))
        _release(token, clock, wait=GATEWAY_WAIT)
        return Delivered(postponed=len(items))
    counts: Counter[str] = Counter()
    done: _Outcome | None = None
    # The clock is asked once a batch, which lasts a second or so: a lease of minutes does not need it more exactly.
    now = clock.now().at
    try:
        for item in items:
            begun, done = _advance(done, item, token, now), None
            if not begun:
                continue  # the lease ran out and another worker has the row
            state, fault = _send(item, opened)
            if state == WAITING and item.attempts + 1 >= MAX_ATTEMPTS:
                state = FAILED
            done = _Outcome(item, state, fault)
            counts[state] += 1
            if state != SENT:
                gateway.close()
                break
    finally:
        if done is not None:
            _advance(done, None, token, now)
        _release(token, clock, wait=timedelta())
    return Delivered(sent=counts[SENT], failed=counts[FAILED] + counts[UNKNOWN], postponed=counts[WAITING])


def _send(item: _Item, gateway: BaseEmailBackend) -> tuple[str, str]:
    """Hand one mail to the gateway; return the new state and the error.

    An answer of the gateway is certain: 5xx is final, 4xx may be tried again. A connection that breaks or times out
    in the middle is not: the mail may have been taken, so it is never sent again.
    """
    message = mail.EmailMessage(
        subject=item.title,
        body=f"{item.body}\n办理链接：{settings.PUBLIC_URL}{item.link}\n\n本邮件由系统自动发出，请勿回复。",
        to=[item.address],
        headers={"X-Message-Key": item.key, "Auto-Submitted": "auto-generated"},
        connection=gateway,
    )
    try:
        message.send()
    except SMTPSenderRefused as error:  # our own set-up is at fault, not the address
        return WAITING, f"{error.smtp_code} {error.smtp_error!r}"
    except SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return (FAILED if all(code >= _PERMANENT for code in codes) else WAITING), str(error.recipients)
    except SMTPResponseException as error:
        return (
            FAILED if error.smtp_code >= _PERMANENT else WAITING
        ), f"{error.smtp_code} {error.smtp_error!r}"
    except (SMTPServerDisconnected, TimeoutError, ConnectionError) as error:
        return UNKNOWN, f"{type(error).__name__}: {error}"
    except (OSError, ValueError) as error:  # a full disk; an address or title that no header can carry
        return (WAITING if isinstance(error, OSError) else FAILED), f"{type(error).__name__}: {error}"
    return SENT, ""


def _wait(attempts: int) -> timedelta:
    return min(FIRST_WAIT * (1 << attempts), LONGEST_WAIT)


@transaction.atomic
def _advance(done: _Outcome | None, begin: _Item | None, token: str, now: datetime) -> bool:
    """Store the outcome of one try and enter the at-most-once window of the next: one transaction, one statement.

    This runs once a mail and decides how many mails a worker sends a second, hence plain SQL.

    Returns:
        Whether the window of *begin* is entered; False when the row is no longer ours.
    """
    enter(Actor.system())
    with connection.cursor() as cursor:
        cursor.execute(
            _ADVANCE,
            {
                "token": token,
                "done": done.item.id if done is not None else None,
                "state": done.state if done is not None else "",
                "again": now + _wait(done.item.attempts if done is not None else 0),
                "sent_at": now if done is not None and done.state == SENT else None,
                "fault": done.fault[:300] if done is not None else "",
                "begin": begin.id if begin is not None else None,
                "until": now + LEASE,
            },
        )
        return bool(cursor.rowcount)


_ADVANCE = f"""
with done as (
  update notifications_delivery set state = %(state)s, attempts = attempts + 1, next_attempt_at = %(again)s,
    lease_token = '', lease_until = null, sent_at = %(sent_at)s, last_error = %(fault)s
  where id = %(done)s and state = '{SENDING}' and lease_token = %(token)s)
update notifications_delivery set state = '{SENDING}', lease_until = %(until)s
where id = %(begin)s and state = '{LEASED}' and lease_token = %(token)s
"""  # noqa: S608  (the states are constants of this room)


@transaction.atomic
def _release(token: str, clock: Clock, *, wait: timedelta) -> None:
    """Give rows back that were leased but not tried; that is not counted as a try."""
    enter(Actor.system())
    Delivery.objects.filter(state=LEASED, lease_token=token).update(
        state=WAITING, next_attempt_at=clock.now().at + wait, lease_token="", lease_until=None
    )


@transaction.atomic
def _give_up_interrupted(clock: Clock) -> None:
    """Mark rows whose worker died inside the window: sent or not cannot be known."""
    enter(Actor.system())
    rows = Delivery.objects.filter(state=SENDING, lease_until__lte=clock.now().at)
    count = rows.update(
        state=UNKNOWN, lease_token="", lease_until=None, last_error="投递进程中断，无法确认是否已送出"
    )
    if count:
        _log.warning("mail_outcome_unknown", count=count)
