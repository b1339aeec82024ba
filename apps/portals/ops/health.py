"""Whether the system works: processes, outbox, failed work, working calendar. For the system administrator."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from apps.audit import alerting
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience, open_to_all
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock, Moment, shown_at
from apps.core.scoping import acting_as
from apps.core.slow import SLOW_SECONDS, slow_requests
from apps.deadlines import selectors as deadlines
from apps.jobs import selectors as jobs
from apps.jobs import services as job_services
from apps.notifications import selectors as notifications
from apps.notifications import services as notification_services
from apps.portals.base.errors import error_page
from apps.portals.base.http import attempt, page, say
from apps.portals.base.visible import must_be_visible
from apps.portals.ops.clocks import two_clocks

#: Minutes after which mail that is due and not sent is called late.
_LATE_MINUTES = 10
_HOUR, _DAY = 60, 24 * 60
_GIB = 1024**3
#: From here on the disk is called nearly full.
_SCARCE_PERCENT = 85
#: Digits of the largest key of a row.
_LONGEST_KEY = 18
_LOG_OF_A_DAY = re.compile(r"-(\d{4}-\d{2}-\d{2})\.log$")


@audience(Role.SYSTEM_ADMIN)
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Show the state of the system on one page."""
    actor, now = actor_of(request), Moment.of(timezone.now())
    outbox = notifications.outbox(actor=actor)
    waited = (now.at - outbox.oldest_waiting).total_seconds() // 60 if outbox.oldest_waiting else 0
    context = {
        **two_clocks(),
        "pulses": [
            (jobs.PROCESSES.get(pulse.name, pulse.name), pulse)
            for pulse in jobs.pulses(clock=DatabaseClock())
        ],
        "outbox": outbox,
        "waiting": outbox.unexpanded
        + sum(outbox.by_state.get(state, 0) for state in ("waiting", "leased", "sending")),
        "failed": outbox.by_state.get("failed", 0) + outbox.by_state.get("unknown", 0),
        "waited": _long(int(max(waited, 0))),
        "late": waited > _LATE_MINUTES,
        "deliveries": [
            row
            for state in ("failed", "unknown")
            for row in notifications.deliveries(actor=actor, state=state, limit=20)
        ],
        "storage": _storage(),
        "logs": _logs(),
        "slow": slow_requests()[:20],
        "slow_seconds": SLOW_SECONDS,
        "jobs": jobs.failed_jobs(actor=actor, limit=20),
        "coverage": deadlines.calendar_coverage(on=Moment.of(shown_at()).on),
        "alerts": alerting.raised(actor=actor, limit=20),
    }
    return page(request, "ops/home.html", context)


@audience(Role.SECURITY_ADMIN)
@require_GET
def alerts(request: HttpRequest) -> HttpResponseBase:
    """Show the security alerts to the security administrator, newest first, page by page."""
    before = request.GET.get("before", "")
    key = int(before) if before.isdecimal() and len(before) <= _LONGEST_KEY else None
    found = alerting.alerts_page(actor=actor_of(request), before=key)
    return page(request, "ops/alerts.html", {"found": found})


@open_to_all
@require_GET
def workz(request: HttpRequest) -> HttpResponse:
    """Answer whether what nobody watches goes on: beat and workers report, and no message is overdue for long.

    One word for a monitor outside of the platform (SECURITY R56, R67): a beat that stands still cannot tell so itself.
    Not part of `/readyz`, by which the web server is taken out of service: the site works on without workers.
    """
    now, actor = Moment.of(timezone.now()), actor_of(request)
    try:
        with acting_as(Actor.system(), then=actor):
            silent = any(pulse.silent for pulse in jobs.pulses(clock=DatabaseClock()))
            oldest = notifications.outbox(actor=Actor.system()).oldest_waiting
        works = not silent and (oldest is None or (now.at - oldest).total_seconds() <= _LATE_MINUTES * 60)
    except DatabaseError:
        works = False
    return HttpResponse(
        "ok" if works else "unavailable", status=200 if works else 503, content_type="text/plain"
    )


@audience(Role.SYSTEM_ADMIN)
@require_POST
def retry_job(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Queue a failed job again."""
    _, refusal = attempt(
        job_services.retry_job, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    return _again(request, refusal, "已重新排队，稍后查看结果。")


@audience(Role.SYSTEM_ADMIN)
@require_POST
def resend(request: HttpRequest, delivery_id: int) -> HttpResponseBase:
    """Put a mail that did not arrive back into the outbox."""
    _, refusal = attempt(
        notification_services.resend, actor=actor_of(request), clock=DatabaseClock(), delivery_id=delivery_id
    )
    return _again(request, refusal, "已放回待发队列。")


@audience(Role.SYSTEM_ADMIN)
@require_GET
def calendar(request: HttpRequest) -> HttpResponseBase:
    """Lead to the working calendar on the first page (messages about a missing year name this address)."""
    del request
    return redirect("/ops/#calendar")


def _again(request: HttpRequest, refusal: DomainError | None, done: str) -> HttpResponseBase:
    must_be_visible(refusal)
    if refusal is not None:
        return error_page(request, refusal.status, "409.html", refusal.message)
    say(request, done)
    return redirect("ops:home")


@dataclass(frozen=True, slots=True)
class Storage:
    """Room on the disk that keeps the files, in GiB, and how much of it is taken, in percent."""

    free: str
    total: str
    taken: int
    scarce: bool


def _storage() -> Storage:
    place = settings.STATE_DIR if settings.STATE_DIR.exists() else settings.BASE_DIR
    disk = shutil.disk_usage(place)
    taken = round(100 * (disk.total - disk.free) / disk.total)
    return Storage(f"{disk.free / _GIB:.1f}", f"{disk.total / _GIB:.1f}", taken, taken >= _SCARCE_PERCENT)


@dataclass(frozen=True, slots=True)
class Logs:
    """Which days the kept logs cover (None: none is written) and for how many days each is kept."""

    since: date | None
    until: date | None
    days: int


def _logs() -> Logs:
    found = (_LOG_OF_A_DAY.search(path.name) for path in settings.GF_LOG_DIR.glob("platform-*.log"))
    days = [date.fromisoformat(match[1]) for match in found if match]
    return Logs(min(days, default=None), max(days, default=None), settings.GF_LOG_DAYS)


def _long(minutes: int) -> str:
    """Return a length of time as people say it."""
    if minutes < 2 * _HOUR:
        return f"{minutes} 分钟"
    return f"{minutes // _HOUR} 小时" if minutes < 2 * _DAY else f"{minutes // _DAY} 天"
