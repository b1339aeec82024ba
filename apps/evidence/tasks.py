"""Periodic work on evidence: asking the virus scanner again, tidying what no row names, keeping the pages bounded."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from apps.core.actor import Actor
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from apps.evidence import services


@shared_task(name="apps.evidence.tasks.scan_waiting")
def scan_waiting() -> int:
    """Scan files that have not passed the virus scanner; safe to run twice at once."""
    return services.scan_waiting(clock=DatabaseClock())


@shared_task(name="apps.evidence.tasks.tidy")
def tidy() -> int:
    """Delete bytes without a row that are a day old, and page images beyond the bound."""
    with transaction.atomic():
        enter(Actor.system())
        removed = services.remove_orphans(clock=DatabaseClock())
    return removed + services.evict_pages()
