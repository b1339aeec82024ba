"""What a page about a proposed cancellation shows, the same for the city and a district (R-40)."""

from __future__ import annotations

from typing import Any

from apps.core.actor import Actor, Role
from apps.core.moment import Moment
from apps.monitoring import selectors as monitoring
from apps.monitoring.services import lower_titles_missed, may_decide_now
from apps.monitoring.states import CANCELLATION_LIFE, REPORTED, SUSPENDED
from apps.policy.levels import Level, Tier
from apps.policy.rectification import cancellation_decider

_CITY_TOP = Level.A3.value
_DECIDERS = {Tier.DISTRICT: "由属地签批负责人决定。", Tier.MUNICIPAL: "由局领导决定。"}


def revocation_fields(row: monitoring.CancellationRow, *, actor: Actor, now: Moment) -> dict[str, Any]:
    """Return the proposal with what may be decided now, by whom, and what else it touches."""
    decider = cancellation_decider(Level(row.level))
    ending = "suspend" if row.level > _CITY_TOP else "cancel"
    visits = (
        monitoring.recovery_visits(actor=actor, title_public_id=row.title_public_id)
        if row.state == SUSPENDED
        else []
    )
    own = actor.role is (Role.DISTRICT if decider is Tier.DISTRICT else Role.MUNICIPAL)
    return {
        "row": row,
        "may_decide": own and bool(CANCELLATION_LIFE.events_for(row.state, actor)),
        "decided_by": _DECIDERS[decider],
        "ending": ending,
        "in_statement": row.state == "proposed" and now.on <= row.statement_due_on,
        # The button is not offered before the enterprise has been heard: pressing it could only be refused.
        "waiting": row.state == "proposed"
        and not may_decide_now(actor=actor, public_id=row.public_id, decision=ending, on=now.on).ok,
        "visits": visits,
        "visit_page": "municipal:recheck" if actor.role is Role.MUNICIPAL else "district:inspection",
        # One visit at a time, and none once a visit has brought the title back.
        "may_visit": row.state == SUSPENDED
        and not any(one.passed or one.state != REPORTED for one in visits),
        "lower": [f"{level}A" for level in lower_titles_missed(actor=actor, public_id=row.public_id)],
        "now": now.at,
    }
