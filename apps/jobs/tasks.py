"""Periodic work on jobs, and the heartbeat."""

from __future__ import annotations

from celery import shared_task

from apps.core.moment import DatabaseClock
from apps.jobs import services


@shared_task(name="apps.jobs.tasks.run_due_jobs", soft_time_limit=1740, time_limit=1800)
def run_due_jobs() -> None:
    """Run waiting jobs; safe to run twice at once. Woken after a commit, too: shows that the worker lives."""
    clock = DatabaseClock()
    services.beat(clock=clock, names=("worker",))
    services.run_due(clock=clock)


@shared_task(name="apps.jobs.tasks.heartbeat")
def heartbeat() -> None:
    """Scheduled by beat and run by a worker: both live. Also removes results that are past their time."""
    clock = DatabaseClock()
    services.beat(clock=clock, names=("beat", "worker"))
    services.sweep_results(clock=clock)
