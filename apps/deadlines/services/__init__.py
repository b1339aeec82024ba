"""Use-cases of deadlines: open and close obligations, sweep them, keep the calendar."""

from apps.deadlines.services.calendar import attach_notice, correct_day, load_calendar, record_year
from apps.deadlines.services.following import move_obligations
from apps.deadlines.services.obligations import (
    Due,
    Subject,
    cancel_obligations,
    meet_obligation,
    open_obligation,
)
from apps.deadlines.services.recomputing import recompute_live
from apps.deadlines.services.sweeping import Swept, sweep

__all__ = [
    "Due",
    "Subject",
    "Swept",
    "attach_notice",
    "cancel_obligations",
    "correct_day",
    "load_calendar",
    "meet_obligation",
    "move_obligations",
    "open_obligation",
    "recompute_live",
    "record_year",
    "sweep",
]
