"""The bureau's choices about when messages go out; the room that keeps the parameters says what is in force.

Parameters are kept above this room (choosing one sends messages), so it is told here how to ask for them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from apps.policy.parameters import DEFAULTS, Parameters

InForce = Callable[[date], Parameters]
_ASKED: list[InForce] = []


def ask(source: InForce) -> None:
    """Let *source* say what is in force on a day; called once, when its room is loaded."""
    _ASKED[:] = [source]


def in_force(on: date) -> Parameters:
    """Return the parameters in force on a Shanghai day; the defaults where nobody keeps any."""
    return _ASKED[0](on) if _ASKED else DEFAULTS
