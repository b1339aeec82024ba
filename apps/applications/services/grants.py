"""Giving one expert one application to score, and taking it back: grants on single rows (SECURITY R06).

The assignment or recusal that causes it is what the room above audits; a grant is nothing by itself.
"""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db import transaction
from guardian.shortcuts import assign_perm, remove_perm

from apps.applications.models import SCORE_APPLICATION
from apps.applications.services.advance import locked
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, NotVisible


@transaction.atomic
def grant_scoring(*, actor: Actor, application_id: int, user_id: int) -> None:
    """Let one expert see and score one application; granting twice changes nothing. For the room that assigns.

    Raises:
        Forbidden: not the city (or the system).
        NotVisible: no such case, or the account is not an active expert's.
    """
    _change(actor, application_id, user_id, grant=True)


@transaction.atomic
def revoke_scoring(*, actor: Actor, application_id: int, user_id: int) -> None:
    """Take the grant back: from the next request on the case is not visible to the expert.

    An expert who declares a conflict gives the grant back in person.

    Raises:
        Forbidden: neither the city, the system nor the expert concerned.
        NotVisible: no such case or expert.
    """
    _change(actor, application_id, user_id, grant=False)


def _change(actor: Actor, application_id: int, user_id: int, *, grant: bool) -> None:
    own = actor.role is Role.EXPERT and actor.user_id == user_id and not grant
    if actor.role not in {Role.MUNICIPAL, Role.SYSTEM} and not own:
        msg = "评审授权由市工业和信息化局办理。"
        raise Forbidden(msg)
    row = locked(actor, application_id=application_id)
    users = get_user_model()._default_manager.filter(pk=user_id, role=Role.EXPERT.value)
    user = (users.filter(is_active=True) if grant else users).first()
    if user is None:
        raise NotVisible
    (assign_perm if grant else remove_perm)(SCORE_APPLICATION, user, row)
