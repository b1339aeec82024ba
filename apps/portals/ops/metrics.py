"""`/metrics` in the Prometheus text format: numbers only, for whoever holds the scraper's token (SECURITY R67)."""

from __future__ import annotations

import shutil
from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from apps.core.actor import Actor
from apps.core.audience import actor_of, open_to_all
from apps.core.moment import DatabaseClock
from apps.core.scoping import acting_as
from apps.deadlines import selectors as deadlines
from apps.jobs import selectors as jobs
from apps.notifications import selectors as notifications


@open_to_all
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the scraper; to anybody else, or with no token configured, the page does not exist."""
    token = settings.GF_METRICS_TOKEN
    sent = request.headers.get("Authorization", "")
    if not token or not compare_digest(sent.encode(), f"Bearer {token}".encode()):
        raise Http404
    # Numbers over all jurisdictions; no row leaves this function.
    with acting_as(Actor.system(), then=actor_of(request)):
        registry = _read()
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _read() -> CollectorRegistry:
    registry = CollectorRegistry()
    system, clock = Actor.system(), DatabaseClock()
    now = clock.now()

    def gauge(name: str, says: str, *labels: str) -> Gauge:
        return Gauge(name, says, labels, registry=registry)

    outbox = notifications.outbox(actor=system)
    gauge("gf_outbox_unexpanded", "Messages no worker has looked at").set(outbox.unexpanded)
    oldest = (now.at - outbox.oldest_waiting).total_seconds() if outbox.oldest_waiting else 0
    gauge("gf_outbox_oldest_seconds", "Seconds the oldest message or mail is overdue").set(max(0, oldest))
    deliveries = gauge("gf_deliveries", "Mail deliveries by state", "state")
    for state, count in outbox.by_state.items():
        deliveries.labels(state).set(count)

    silent = gauge("gf_process_silent", "1 when a kind of process has not reported in time", "process")
    for pulse in jobs.pulses(clock=clock):
        silent.labels(pulse.name).set(pulse.silent)
    work = gauge("gf_jobs", "Background jobs by state", "state")
    for state, count in jobs.counts(actor=system).items():
        work.labels(state).set(count)

    owed = deadlines.obligations_for(actor=system, per_page=1)
    gauge("gf_obligations_live", "Obligations that are open or overdue").set(owed.total)
    gauge("gf_obligations_overdue", "Obligations that are overdue").set(owed.overdue)
    missing = deadlines.calendar_coverage(on=now.on).missing_next_year
    gauge("gf_calendar_missing", "1 when next year's holidays are not recorded").set(missing)
    disk = shutil.disk_usage(settings.STATE_DIR if settings.STATE_DIR.exists() else settings.BASE_DIR)
    gauge("gf_storage_free_bytes", "Free bytes where files are stored").set(disk.free)
    gauge("gf_storage_total_bytes", "Bytes where files are stored").set(disk.total)
    return registry
