"""Use-cases of cultivation: events, building plans, service bodies."""

from apps.cultivation.services.bodies import declare_engagement, register_body, remove_body
from apps.cultivation.services.events import (
    EventData,
    make_event,
    mark_attendance,
    move_event,
    put_material,
    sign_up,
    withdraw,
)
from apps.cultivation.services.materials import add_event_file, open_event_file, remove_event_file
from apps.cultivation.services.plans import decide_plan, send_plan

__all__ = [
    "EventData",
    "add_event_file",
    "decide_plan",
    "declare_engagement",
    "make_event",
    "mark_attendance",
    "move_event",
    "open_event_file",
    "put_material",
    "register_body",
    "remove_body",
    "remove_event_file",
    "send_plan",
    "sign_up",
    "withdraw",
]
