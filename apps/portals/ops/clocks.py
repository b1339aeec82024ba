"""Which time the administrator's pages show: that of the machine, and beside it the demo's where it was moved."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from apps.core.moment import demo_offset, shown_at


def two_clocks() -> dict[str, datetime | None]:
    """Return `now`, the machine's present instant, and `demo_now`: what the demo's clock says, None when it agrees.

    Processes, queues and disks live in the machine's time; deadlines live on the demo's clock.
    """
    return {"now": timezone.now(), "demo_now": shown_at() if demo_offset() else None}
