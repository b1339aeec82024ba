"""What rooms above want to know at once: the employer or the ties of an expert are not what they were.

A room registers a hook when it starts (`AppConfig.ready`); the services of this room call `expert_changed` after
writing, inside their transaction. Changes of enterprises have their own list (`services.changes.FOLLOWERS`).
"""

from __future__ import annotations

from typing import Protocol

from apps.core.actor import Actor
from apps.core.moment import Clock


class Hook(Protocol):
    """Called with the id of the expert that changed, and by whom."""

    def __call__(self, *, actor: Actor, clock: Clock, expert_id: int) -> None:
        """React inside the transaction of the change; an error undoes the change."""


EXPERT_HOOKS: list[Hook] = []


def expert_changed(*, actor: Actor, clock: Clock, expert_id: int) -> None:
    """Tell that the employer or the ties of an expert changed."""
    for hook in EXPERT_HOOKS:
        hook(actor=actor, clock=clock, expert_id=expert_id)
