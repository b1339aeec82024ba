"""Periodic and woken delivery of the outbox."""

from __future__ import annotations

from celery import shared_task

from apps.core.moment import DatabaseClock
from apps.notifications import services


@shared_task(name="apps.notifications.tasks.deliver_outbox")
def deliver_outbox() -> None:
    """Send what is due; safe to run twice at once."""
    services.deliver(clock=DatabaseClock())
