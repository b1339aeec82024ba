"""Scheduled work: closing notices whose period has ended (a second net under the deadlines sweeper)."""

from __future__ import annotations

from celery import shared_task

from apps.core.moment import DatabaseClock
from apps.publicity import services


@shared_task(name="apps.publicity.tasks.close_due_notices")
def close_due_notices() -> int:
    """Close every notice whose last day has passed; safe to run twice."""
    return services.close_due_notices(clock=DatabaseClock())
