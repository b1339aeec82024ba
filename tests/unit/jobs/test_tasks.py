"""The periodic tasks exist under the names the schedule and the wake-ups use, in every thread, and do their work."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from celery import current_app
from django.conf import settings

from apps.core import wake
from apps.core.actor import Actor
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from apps.deadlines import tasks as deadline_tasks
from apps.jobs import selectors
from apps.jobs import tasks as job_tasks
from apps.notifications import tasks as notification_tasks
from apps.notifications.services.outbox import _DELIVER as DELIVER
from suzhou_greenfactory.celery import app

TASKS = (
    job_tasks.heartbeat,
    job_tasks.run_due_jobs,
    notification_tasks.deliver_outbox,
    deadline_tasks.sweep,
)


def test_the_schedule_names_tasks_that_exist() -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {task.name for task in TASKS} <= scheduled
    assert DELIVER in scheduled


def test_every_thread_talks_to_the_configured_broker() -> None:
    """Celery's current application is per thread: a thread without one would publish to nowhere."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(wake.current_app.conf.broker_url))
    thread.start()
    thread.join()
    assert found == [app.conf.broker_url] == [current_app.conf.broker_url]
    assert app.conf.broker_transport_options["socket_timeout"] <= 2
    assert app.conf.broker_transport_options["socket_connect_timeout"] <= 2
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost


@pytest.mark.django_db
def test_each_task_runs_by_the_databases_clock() -> None:
    for task in TASKS:
        task()
    enter(Actor.system())
    assert [pulse.name for pulse in selectors.pulses(clock=DatabaseClock()) if pulse.silent] == []
