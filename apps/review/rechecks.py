"""Open tasks of experts are judged again when an expert's ties or an enterprise's name, code or group change (R-20)."""

from __future__ import annotations

from apps.accounts.hooks import EXPERT_HOOKS
from apps.accounts.services import FOLLOWERS, Followed
from apps.core.actor import Actor
from apps.core.moment import FixedClock, Moment
from apps.review import services


def follow_enterprise(actor: Actor, moment: Moment, change: Followed) -> None:
    """Judge the open tasks on the enterprise again, at the moment of the confirmed change."""
    services.recheck_enterprise(actor=actor, clock=FixedClock(moment), enterprise_id=change.enterprise_id)


EXPERT_HOOKS.append(services.recheck_expert)
FOLLOWERS.append(follow_enterprise)
