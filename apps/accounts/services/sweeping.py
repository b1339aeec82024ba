"""What is kept about people leaves a line in the trail when its time is over (field inventory, R-44)."""

from __future__ import annotations

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.moment import Moment


def trace_sweep(kind: str, count: int, moment: Moment) -> None:
    """Record that *count* rows of *kind* (its Chinese name) were removed; nothing is recorded where none were."""
    if count:
        record(
            actor=Actor.system(),
            event="personal.swept",
            subject=None,
            moment=moment,
            rule="R-44",
            after={"kind": kind, "count": count},
        )
