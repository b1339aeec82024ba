"""Keeping house: results that are past their time, and the pulse of the processes."""

from __future__ import annotations

import shutil

from django.db import transaction

from apps.core.actor import Actor
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.jobs.models import Heartbeat, Job
from apps.jobs.registry import KINDS
from apps.jobs.selectors import results_root
from apps.jobs.states import DONE, EXPIRED

_BATCH = 200


@transaction.atomic
def sweep_results(*, clock: Clock) -> int:
    """Delete result files that are past the time their kind keeps them; return how many jobs expired.

    The row is marked first and committed with the caller; a folder left behind by a crash is deleted on the next
    sweep, because deleting is repeated for every expired job that still has a path.
    """
    enter(Actor.system())
    now = clock.now().at
    count = 0
    for kind in KINDS.values():
        rows = list(
            Job.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(kind=kind.code, state__in=[DONE, EXPIRED], finished_at__lt=now - kind.keep)
            .exclude(result_path="")[:_BATCH]
        )
        for job in rows:
            shutil.rmtree(results_root() / job.public_id, ignore_errors=True)
            job.state = EXPIRED
            job.result_path = ""
            job.save(update_fields=["state", "result_path"])
        count += len(rows)
    return count


@transaction.atomic
def expire_lost_results() -> int:
    """After a restore: results are made again when they are wanted and stand in no backup; return how many expired."""
    enter(Actor.system())
    rows = Job.objects.select_for_update(of=("self",)).filter(state=DONE).exclude(result_path="")
    lost = [job for job in rows if not (results_root() / job.result_path).is_file()]
    for job in lost:
        job.state = EXPIRED
        job.result_path = ""
        job.save(update_fields=["state", "result_path"])
    return len(lost)


@transaction.atomic
def beat(*, clock: Clock, names: tuple[str, ...]) -> None:
    """Record that these kinds of process live."""
    enter(Actor.system())
    at = clock.now().at
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=at) for name in names],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )
