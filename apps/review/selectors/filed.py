"""What everybody may know of the districts' decisions: on which day the city put them on file (R-16)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Max

from apps.core.actor import Actor
from apps.core.moment import SHANGHAI
from apps.core.scoping import acting_as
from apps.review.models import Filing, FilingItem
from apps.review.states import ACKNOWLEDGED


def newest_filing() -> datetime | None:
    """Return when the city last put something on file, for caches of the public record; one query."""
    with acting_as(Actor.system(), then=Actor.public()):
        found: datetime | None = Filing.objects.filter(state=ACKNOWLEDGED).aggregate(at=Max("answered_at"))[
            "at"
        ]
    return found


def filed_on(*, actor: Actor, ruling_public_ids: Collection[str]) -> dict[str, date]:
    """Return by public id of the ruling the day of its 备案; those not on file are missing; one query.

    Read as the system: the public has no sight of filings, only of the day.
    """
    with acting_as(Actor.system(), then=actor):
        rows = list(
            FilingItem.objects.filter(
                ruling__public_id__in=list(ruling_public_ids),
                filing__state=ACKNOWLEDGED,
                filing__answered_at__isnull=False,
            ).values_list("ruling__public_id", "filing__answered_at")
        )
    return {public_id: at.astimezone(SHANGHAI).date() for public_id, at in rows if at is not None}
