"""Use-cases of cultivation: events, building plans, service bodies."""

from apps.cultivation.services.bodies import declare_engagement, register_body
from apps.cultivation.services.events import (
    EventData,
    make_event,
    mark_attendance,
    move_event,
    put_material,
    sign_up,
    withdraw,
)
from apps.cultivation.services.plans import decide_plan, send_plan

__all__ = [
    "EventData",
    "decide_plan",
    "declare_engagement",
    "make_event",
    "mark_attendance",
    "move_event",
    "put_material",
    "register_body",
    "send_plan",
    "sign_up",
    "withdraw",
]
