"""Periodic work of applications: rounds whose window is over are closed. Reads the database, safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.db import transaction

from apps.applications import services
from apps.core.actor import Actor
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter


@shared_task(name="apps.applications.tasks.close_due_rounds", ignore_result=True)
def close_due_rounds(**_: Any) -> None:
    """Close the rounds whose window and extensions are over."""
    with transaction.atomic():
        enter(Actor.system())
        services.close_due_rounds(clock=DatabaseClock())
