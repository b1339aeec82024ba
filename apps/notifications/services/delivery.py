"""Delivering the outbox by mail and short message: safe with any number of workers, a dead broker, a dead gateway.

A message is expanded into one row for each address (`expanding`); a worker leases a batch (`leasing`); each row is
marked `sending` immediately before it is handed to the gateway and `sent` immediately after (the end of one and the
beginning of the next are one transaction). The in-site message is there in any case.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction

from apps.core.actor import Actor
from apps.core.masking import masked_phone
from apps.core.moment import Clock, Moment
from apps.core.scoping import enter
from apps.notifications.addressing import phones_of
from apps.notifications.services.expanding import expand_all
from apps.notifications.services.leasing import (
    Item,
    Outcome,
    advance,
    give_up_interrupted,
    lease,
    release,
)
from apps.notifications.services.mailing import MailGateway
from apps.notifications.sms import SmsGateway, SmsRefused, SmsUnavailable, sms_gateway, sms_text
from apps.notifications.states import FAILED, MAIL, SENT, SMS, UNKNOWN, WAITING

_log = structlog.get_logger(__name__)
#: Tries per address before it is given up.
MAX_ATTEMPTS = 8
#: Wait after the gateway as a whole could not be reached; such tries do not count against an address.
GATEWAY_WAIT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one run did; a mail with several messages counts once."""

    expanded: int = 0
    sent: int = 0
    failed: int = 0
    postponed: int = 0

    def __add__(self, other: Delivered) -> Delivered:
        """Return both together."""
        return Delivered(
            self.expanded + other.expanded,
            self.sent + other.sent,
            self.failed + other.failed,
            self.postponed + other.postponed,
        )

    @property
    def tried(self) -> int:
        """How many were handed over or put off."""
        return self.sent + self.failed + self.postponed


def deliver(*, clock: Clock, limit: int = 1000) -> Delivered:
    """Expand and send what is due, at most *limit* of a channel; never raises because of one address or the gateway.

    One connection to the mail gateway serves all batches until a fault makes it doubtful.
    """
    done = Delivered(expanded=expand_all(clock))
    give_up_interrupted(clock)
    mails = MailGateway()
    try:
        done += _drain(MAIL, lambda items, token: _mail(items, token, clock, mails), clock, limit)
    finally:
        mails.close()
    operator = sms_gateway()
    if operator is not None:
        done += _drain(SMS, lambda items, token: _text(items, token, clock, operator), clock, limit)
    return done


def _drain(
    channel: str, send: Callable[[Sequence[Item], str], Delivered], clock: Clock, limit: int
) -> Delivered:
    done = Delivered()
    while done.tried < limit:
        token = secrets.token_hex(16)
        items = lease(clock, token, channel=channel)
        if not items:
            break
        done += send(items, token)
    return done


def _mail(items: Sequence[Item], token: str, clock: Clock, gateway: MailGateway) -> Delivered:
    """Send the leased rows; after the first fault the rest goes back, to be taken over a fresh connection."""
    try:
        gateway.open()
    except OSError as error:
        _log.warning("mail_gateway_unreachable", error=str(error)[:200], waiting=len(items))
        release(token, clock, wait=GATEWAY_WAIT)
        return Delivered(postponed=len(items))

    def send(item: Item) -> tuple[str, str]:
        answer = gateway.send(item)
        if answer[0] != SENT:
            gateway.close()
        return answer

    return _hand_over(items, token, clock, send)


def _text(items: Sequence[Item], token: str, clock: Clock, operator: SmsGateway) -> Delivered:
    phones = _phones(items)
    now = clock.now()

    def send(item: Item) -> tuple[str, str]:
        phone = phones.get(item.person or 0)
        if phone is None:
            return FAILED, "本人已停用短信"
        return _short_message(operator, item, phone, now)

    return _hand_over(items, token, clock, send)


@transaction.atomic
def _phones(items: Sequence[Item]) -> dict[int, str]:
    enter(Actor.system())
    return phones_of(item.person for item in items if item.person is not None)


def _short_message(operator: SmsGateway, item: Item, phone: str, now: Moment) -> tuple[str, str]:
    """Hand one short message to the operator; return the new state and the error, with no number in it."""
    part = item.parts[0]
    try:
        operator.send(phone=phone, text=sms_text(part.title), key=part.key, at=now.at)
    except SmsRefused as error:
        state, fault = FAILED, str(error)
    except SmsUnavailable as error:
        state, fault = WAITING, str(error)
    except OSError as error:
        state, fault = UNKNOWN, f"{type(error).__name__}: {error}"
    else:
        return SENT, ""
    return state, fault.replace(phone, masked_phone(phone))


def _hand_over(
    items: Sequence[Item], token: str, clock: Clock, send: Callable[[Item], tuple[str, str]]
) -> Delivered:
    """Send one after the other, each inside its window; after the first fault the rest goes back."""
    counts: Counter[str] = Counter()
    done: Outcome | None = None
    # The clock is asked once a batch, which lasts a second or so: a lease of minutes does not need it more exactly.
    now = clock.now().at
    try:
        for item in items:
            begun, done = advance(done, item, token, now), None
            if not begun:
                continue  # the lease ran out and another worker has the rows
            state, fault = send(item)
            if state == WAITING and item.attempts + 1 >= MAX_ATTEMPTS:
                state = FAILED
            done = Outcome(item, state, fault)
            counts[state] += 1
            if state != SENT:
                break
    finally:
        if done is not None:
            advance(done, None, token, now)
        release(token, clock, wait=timedelta())
    return Delivered(sent=counts[SENT], failed=counts[FAILED] + counts[UNKNOWN], postponed=counts[WAITING])
