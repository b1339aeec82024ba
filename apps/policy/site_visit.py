"""What a record of an on-site check must hold together (F-10)."""

from __future__ import annotations

from datetime import time
from typing import Final

MEETINGS_REVERSED: Final = "末次会议时间应晚于首次会议时间，请核对。"


def meetings_reversed(opening_at: time | None, closing_at: time | None) -> bool:
    """Return whether the last meeting is said to be no later than the first; both are times of the visit's day."""
    return opening_at is not None and closing_at is not None and closing_at <= opening_at
