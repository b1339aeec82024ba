"""Telling a person that something about their account changed (SECURITY R60)."""

from __future__ import annotations

from django.conf import settings

from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.models import new_public_id
from apps.core.moment import Moment
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
                "when": moment.at,
            },
            to_user=user_id,
            moment=moment,
        )


#: Where the one-time link is asked for; no token is ever stored in a message.
_RESET_PAGE = "/accounts/password/reset/"


def invite_to_set_password(*, actor: Actor, moment: Moment, user: User) -> None:
    """Tell the owner of a new account, by mail, where to get the one-time link that sets its first password.

    The link itself is made when its owner asks for it: it goes to the registered address alone, works once, and
    stands in no table, so that nobody who reads the messages can open the account (SECURITY R62).
    """
    with acting_as(Actor.system(), then=actor):
        enqueue(
            key=f"expert-invited:{user.pk}:{new_public_id()}",
            template="expert_invited",
            context={"username": user.username, "address": f"{settings.PUBLIC_URL}{_RESET_PAGE}"},
            to_user=user.pk,
            moment=moment,
        )
