"""The life of a delivery in the hands of workers: leased, entered into the window, settled, given back, given up.

Every step is a short transaction. A worker that dies with leased rows loses them to the next one when the lease ends;
one that dies between `sending` and `sent` may or may not have sent: those rows become `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

import structlog
from django.db import connection, transaction
from django.db.models import Q

from apps.core.actor import Actor
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.notifications.models import Delivery, Message
from apps.notifications.reasons import lateness, why
from apps.notifications.states import CHANNELS, LEASED, MAIL, SENDING, SENT, UNKNOWN, WAITING

_log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=2)
BATCH = 50
#: Messages of one mail at most; the others make the next one.
MOST_TOGETHER = 50
#: The wait after a first try that may be repeated; each further wait doubles.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a mail."""

    title: str
    body: str
    link: str
    key: str
    why: str
    #: What a reminder adds that leaves on a later day than it was written.
    note: str


@dataclass(frozen=True, slots=True)
class Item:
    """One mail or short message to be sent: the rows it settles and what it says; several parts make a digest."""

    ids: tuple[int, ...]
    address: str
    person: int | None
    parts: tuple[Part, ...]
    attempts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try."""

    item: Item
    state: str
    fault: str


@transaction.atomic
def lease(clock: Clock, token: str, *, channel: str = MAIL) -> list[Item]:
    """Take a batch of due rows for this worker: waiting ones, and leased ones whose worker is gone.

    With a row that may be put together come the others that wait for the same address, due or not.
    """
    enter(Actor.system())
    now = clock.now()
    open_rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("message")
    rows = list(
        open_rows.filter(
            Q(state=WAITING, next_attempt_at__lte=now.at) | Q(state=LEASED, lease_until__lte=now.at),
            channel=channel,
        ).order_by("next_attempt_at", "id")[:BATCH]
    )
    if together := {row.address for row in rows if row.digest}:
        rows += open_rows.filter(
            state=WAITING, channel=channel, digest=True, address__in=together, next_attempt_at__gt=now.at
        ).order_by("id")[: BATCH * MOST_TOGETHER]
    items = list(_items(rows, now.on))
    Delivery.objects.filter(pk__in=[pk for item in items for pk in item.ids]).update(
        state=LEASED, lease_token=token, lease_until=now.at + LEASE
    )
    return items


def _items(rows: Sequence[Delivery], on: date) -> Iterator[Item]:
    """Yield a mail for each row, and one for all rows of an address that may be put together."""
    for row in rows:
        if not row.digest:
            yield _item([row], on)
    mergeable = sorted((row for row in rows if row.digest), key=lambda row: (row.address, row.pk))
    for _, group in groupby(mergeable, key=lambda row: row.address):
        yield _item(list(group)[:MOST_TOGETHER], on)


def _part(message: Message, on: date) -> Part:
    mark, note = lateness(message, on=on)
    return Part(mark + message.title, message.body, message.link, message.key, why(message), note)


def _item(rows: Sequence[Delivery], on: date) -> Item:
    parts = [_part(row.message, on) for row in rows]
    return Item(
        tuple(row.pk for row in rows),
        rows[0].address,
        rows[0].person_id,
        tuple(parts),
        max(row.attempts for row in rows),
    )


def _wait(attempts: int) -> timedelta:
    return min(FIRST_WAIT * (1 << attempts), LONGEST_WAIT)


@transaction.atomic
def advance(done: Outcome | None, begin: Item | None, token: str, now: datetime) -> bool:
    """Store the outcome of one try and enter the at-most-once window of the next: one transaction, one statement.

    This runs once a mail and decides how many mails a worker sends a second, hence plain SQL.

    Returns:
        Whether the window of *begin* is entered; False when the rows are no longer ours.
    """
    enter(Actor.system())
    with connection.cursor() as cursor:
        cursor.execute(
            _ADVANCE,
            {
                "token": token,
                "done": list(done.item.ids) if done is not None else [],
                "state": done.state if done is not None else "",
                "again": now + _wait(done.item.attempts if done is not None else 0),
                "sent_at": now if done is not None and done.state == SENT else None,
                "fault": done.fault[:300] if done is not None else "",
                "begin": list(begin.ids) if begin is not None else [],
                "until": now + LEASE,
            },
        )
        return bool(cursor.rowcount)


_ADVANCE = f"""
with done as (
  update notifications_delivery set state = %(state)s, attempts = attempts + 1, next_attempt_at = %(again)s,
    lease_token = '', lease_until = null, sent_at = %(sent_at)s, last_error = %(fault)s
  where id = any(%(done)s) and state = '{SENDING}' and lease_token = %(token)s)
update notifications_delivery set state = '{SENDING}', lease_until = %(until)s
where id = any(%(begin)s) and state = '{LEASED}' and lease_token = %(token)s
"""  # noqa: S608  (the states are constants of this room)


@transaction.atomic
def release(token: str, clock: Clock, *, wait: timedelta) -> None:
    """Give rows back that were leased but not tried; that is not counted as a try."""
    enter(Actor.system())
    Delivery.objects.filter(state=LEASED, lease_token=token).update(
        state=WAITING, next_attempt_at=clock.now().at + wait, lease_token="", lease_until=None
    )


@transaction.atomic
def give_up_interrupted(clock: Clock) -> None:
    """Mark rows whose worker died inside the window: sent or not cannot be known."""
    enter(Actor.system())
    rows = Delivery.objects.filter(state=SENDING, lease_until__lte=clock.now().at, channel__in=list(CHANNELS))
    count = rows.update(
        state=UNKNOWN, lease_token="", lease_until=None, last_error="投递进程中断，无法确认是否已送出"
    )
    if count:
        _log.warning("delivery_outcome_unknown", count=count)
