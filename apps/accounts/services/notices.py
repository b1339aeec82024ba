"""Telling a person that something about their account changed (SECURITY R60)."""

from __future__ import annotations

from apps.core.actor import Actor
from apps.core.models import new_public_id
from apps.core.moment import SHANGHAI, Moment
from apps.core.scoping import acting_as
from apps.notifications.services import enqueue


def tell_account(*, actor: Actor, moment: Moment, user_id: int, what: str, detail: str) -> None:
    """Send the person of an account a message that cannot be switched off; inside the caller's transaction.

    Args:
        actor: who acts (the message itself is the system's).
        moment: when.
        user_id: whom to tell.
        what: title.
        detail: one sentence, with its full stop.
    """
    with acting_as(Actor.system(), then=actor):
        enqueue(
            key=f"account-changed:{user_id}:{new_public_id()}",
            template="account_changed",
            context={
                "what": what,
                "detail": detail,
                "when": f"{moment.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            },
            to_user=user_id,
            moment=moment,
        )
