"""What everybody may know of a title that was suspended: since when, under which number, and when it was restored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from apps.core.actor import Actor
from apps.core.moment import SHANGHAI
from apps.core.scoping import acting_as
from apps.monitoring.models import Cancellation, Recheck
from apps.monitoring.states import REPORTED, SUSPENDED


@dataclass(frozen=True, slots=True)
class SuspensionEvent:
    """A title was suspended (with the number of the decision) or restored after a visit to the site."""

    title_public_id: str
    on: date
    restored: bool
    document_no: str = ""


def suspensions_of(*, actor: Actor, title_public_ids: Collection[str]) -> list[SuspensionEvent]:
    """Return the suspensions of these titles and their ends, oldest first; two queries.

    Read as the system: the public has no sight of cancellations and rechecks, only of these days.
    """
    wanted = list(title_public_ids)
    with acting_as(Actor.system(), then=actor):
        decided = list(
            Cancellation.objects.filter(
                title__public_id__in=wanted, state=SUSPENDED, decided_on__isnull=False
            ).values_list("title__public_id", "decided_on", "document_no")
        )
        passed = list(
            Recheck.objects.filter(
                title__public_id__in=[public_id for public_id, _, _ in decided],
                trigger=Recheck.AFTER_SUSPENSION,
                state=REPORTED,
                passed=True,
                signed_at__isnull=False,
            ).values_list("title__public_id", "signed_at")
        )
    events = [SuspensionEvent(title, on, False, number) for title, on, number in decided]
    events += [SuspensionEvent(title, at.astimezone(SHANGHAI).date(), True) for title, at in passed]
    return sorted(events, key=lambda event: (event.on, event.restored))
