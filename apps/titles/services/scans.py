"""Counting verifications: one row a certificate, raised by every look-up that found it; nothing about who looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.moment import Clock
from apps.core.scoping import acting_as

#: In one statement: two look-ups at the same instant are both counted.
_RAISE = """
insert into titles_verificationcount (title_id, scans, first_at, last_at)
select id, 1, %(at)s, %(at)s from titles_title where public_id = %(title)s
on conflict (title_id) do update
   set scans = titles_verificationcount.scans + 1, last_at = excluded.last_at
returning scans, first_at
"""


@dataclass(frozen=True, slots=True)
class Scans:
    """How often a certificate has been verified, this time included, and when first."""

    count: int
    first_at: datetime


@transaction.atomic
def count_verification(*, actor: Actor, clock: Clock, title_public_id: str) -> Scans:
    """Count one verification of a title that was found; anybody may verify.

    Raises:
        NotVisible: no such title.
    """
    moment = clock.now()
    # Whoever verifies has no right to write the register: the count is kept on the system's behalf.
    with acting_as(Actor.system(), then=actor), connection.cursor() as cursor:
        cursor.execute(_RAISE, {"at": moment.at, "title": title_public_id})
        found = cursor.fetchone()
    if found is None:
        raise NotVisible
    return Scans(found[0], found[1])
