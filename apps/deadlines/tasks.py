"""The periodic sweep."""

from __future__ import annotations

from celery import shared_task

from apps.core.moment import DatabaseClock
from apps.deadlines import services


@shared_task(name="apps.deadlines.tasks.sweep")
def sweep() -> None:
    """Do what is due; safe to run twice at once, and a missed run is made up by the next."""
    services.sweep(clock=DatabaseClock())
