"""The secret address under which a person's calendar program fetches its deadlines."""

from __future__ import annotations

import secrets

from django.db import transaction

from apps.accounts.models import CalendarFeed
from apps.accounts.services.membership import token_digest
from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.moment import Clock

_TOKEN_BYTES = 24


@transaction.atomic
def open_calendar(*, actor: Actor, clock: Clock) -> str:
    """Make a new secret address for the actor's calendar; an earlier one stops working.

    Returns:
        The secret part of the address, told only once.

    Raises:
        ValueError: the public or the system has no calendar.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    moment = clock.now()
    CalendarFeed.objects.visible_to(actor).filter(user_id=actor.account).delete()
    feed = CalendarFeed.objects.create(user_id=actor.account, digest=token_digest(token), made_at=moment.at)
    record(actor=actor, event="calendar.open", subject=feed, moment=moment)
    return token


@transaction.atomic
def close_calendar(*, actor: Actor, clock: Clock) -> bool:
    """End the actor's calendar address; returns whether there was one."""
    feed = CalendarFeed.objects.visible_to(actor).filter(user_id=actor.account).first()
    if feed is None:
        return False
    record(actor=actor, event="calendar.close", subject=feed, moment=clock.now())
    feed.delete()
    return True
