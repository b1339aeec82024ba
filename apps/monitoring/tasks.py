"""The yearly forms and the cycles of rechecks, looked after by the clock."""

from __future__ import annotations

from celery import shared_task

from apps.core.moment import DatabaseClock
from apps.monitoring import services


@shared_task(name="apps.monitoring.tasks.open_annual_forms")
def open_annual_forms() -> None:
    """Make the forms that are owed; safe to run twice at once, and a missed run is made up by the next."""
    services.open_annual_forms(clock=DatabaseClock())


@shared_task(name="apps.monitoring.tasks.watch_recheck_cycles")
def watch_recheck_cycles() -> None:
    """Keep the ends of the cycles in the table of obligations; safe to run twice at once."""
    services.watch_recheck_cycles(clock=DatabaseClock())
