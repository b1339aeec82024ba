"""Periodic work of review: open tasks of experts are judged again for conflicts of interest. Safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.db import transaction

from apps.core.actor import Actor
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from apps.review import services


@shared_task(name="apps.review.tasks.recheck_conflicts", ignore_result=True)
def recheck_conflicts(**_: Any) -> None:
    """Judge every open task again (R-20): years pass, groups and names change."""
    with transaction.atomic():
        enter(Actor.system())
        services.recheck_all(clock=DatabaseClock())
