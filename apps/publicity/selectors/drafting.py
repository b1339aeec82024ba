"""What a new notice starts from: the bureau's contacts on its newest one, and how many the round has had."""

from __future__ import annotations

from dataclasses import dataclass

from apps.core.actor import Actor
from apps.publicity.models import Notice

_CONTACTS = ("contact_person", "contact_phone", "contact_email", "contact_address", "supervision_phone")


@dataclass(frozen=True, slots=True)
class DraftStart:
    """Contacts by field, empty before the first notice; `earlier` notices of the round, corrections apart."""

    contacts: dict[str, str]
    earlier: int


def draft_start(*, actor: Actor, round_public_id: str) -> DraftStart:
    """Return what the draft of a round's next notice starts from; two queries."""
    rows = Notice.objects.visible_to(actor)
    newest = rows.order_by("-id").values(*_CONTACTS).first()
    earlier = rows.filter(round__public_id=round_public_id, kind=Notice.NOTICE).count()
    return DraftStart(dict(newest or {}), earlier)
