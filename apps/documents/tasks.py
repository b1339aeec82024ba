"""Periodic work on papers."""

from __future__ import annotations

from celery import shared_task

from apps.core.moment import DatabaseClock
from apps.documents import services


@shared_task(name="apps.documents.tasks.render_missing")
def render_missing() -> int:
    """Make the papers everybody expects shortly after an act; safe to run twice at once."""
    return services.render_missing(clock=DatabaseClock())


@shared_task(name="apps.documents.tasks.sweep_imports")
def sweep_imports() -> int:
    """Settle imports whose job died and remove uploads that are past their time; safe to run twice at once."""
    return services.sweep_imports(clock=DatabaseClock())
