"""Whether the system works: processes, outbox, failed work, working calendar. For the system administrator."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.moment import DatabaseClock, Moment
from apps.deadlines import selectors as deadlines
from apps.jobs import selectors as jobs
from apps.notifications import selectors as notifications
from apps.portals.base.http import page

_PULSE_LABELS = {"beat": "定时调度", "worker": "后台处理"}
#: Minutes after which mail that is due and not sent is called late.
_LATE_MINUTES = 10
_HOUR, _DAY = 60, 24 * 60


@audience(Role.SYSTEM_ADMIN)
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Show the state of the system on one page."""
    actor, now = actor_of(request), Moment.of(timezone.now())
    outbox = notifications.outbox(actor=actor)
    waited = (now.at - outbox.oldest_waiting).total_seconds() // 60 if outbox.oldest_waiting else 0
    context = {
        "now": now.at,
        "pulses": [
            (_PULSE_LABELS.get(pulse.name, pulse.name), pulse) for pulse in jobs.pulses(clock=DatabaseClock())
        ],
        "outbox": outbox,
        "waiting": outbox.unexpanded
        + sum(outbox.by_state.get(state, 0) for state in ("waiting", "leased", "sending")),
        "failed": outbox.by_state.get("failed", 0) + outbox.by_state.get("unknown", 0),
        "waited": _long(int(max(waited, 0))),
        "late": waited > _LATE_MINUTES,
        "deliveries": notifications.deliveries(actor=actor, state="failed", limit=20),
        "jobs": jobs.failed_jobs(actor=actor, limit=20),
        "coverage": deadlines.calendar_coverage(on=now.on),
    }
    return page(request, "ops/home.html", context)


@audience(Role.SYSTEM_ADMIN)
@require_GET
def calendar(request: HttpRequest) -> HttpResponseBase:
    """Lead to the working calendar on the first page (messages about a missing year name this address)."""
    del request
    return redirect("/ops/#calendar")


def _long(minutes: int) -> str:
    """Return a length of time as people say it."""
    if minutes < 2 * _HOUR:
        return f"{minutes} 分钟"
    return f"{minutes // _HOUR} 小时" if minutes < 2 * _DAY else f"{minutes // _DAY} 天"
