"""Making the deliveries of new messages: one row for each mailbox and each phone, due when it may go out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, Clock, Moment
from apps.core.scoping import enter
from apps.notifications.addressing import Way, ways_of
from apps.notifications.catalogue import CATALOGUE
from apps.notifications.models import Delivery, Message
from apps.notifications.rhythm import in_force
from apps.notifications.states import MAIL
from apps.notifications.template import Group
from apps.policy.parameters import Parameters
from apps.policy.reminders import after_quiet_hours

EXPAND_BATCH = 200


def expand_all(clock: Clock) -> int:
    """Make the rows of every new message; return how many messages."""
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
    if not messages:
        return 0
    parameters = in_force(moment.on)
    ways = ways_of(messages)
    Delivery.objects.bulk_create(
        [
            Delivery(
                message=message,
                template=message.template,
                channel=way.channel,
                address=way.address,
                person_id=way.person,
                digest=way.digest,
                next_attempt_at=due_at(message.template, way, moment=moment, parameters=parameters),
            )
            for message in messages
            for way in ways[message.pk]
        ],
        ignore_conflicts=True,
    )
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(expanded_at=moment.at)
    return len(messages)


def due_at(template: str, way: Way, *, moment: Moment, parameters: Parameters) -> datetime:
    """Return from when a delivery may go out.

    The mail of a result goes at once. What may be put together waits for others; nothing else disturbs during the
    quiet hours, a short message never.
    """
    kind = CATALOGUE.get(template)
    if way.channel == MAIL and kind is not None and kind.group is Group.RESULT:
        return moment.at
    wait = timedelta(minutes=parameters.digest_minutes if way.digest else 0)
    return after_quiet_hours((moment.at + wait).astimezone(SHANGHAI), parameters)
