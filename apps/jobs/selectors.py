"""Reading jobs and heartbeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count

from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.moment import Clock
from apps.core.scoping import acting_as
from apps.jobs.models import Heartbeat, Job
from apps.jobs.registry import KINDS
from apps.jobs.states import DONE, FAILED, JOB_STATES, OPEN

#: Processes that must show a pulse, and after how long their silence is an alarm (F14).
PROCESSES = {"beat": "定时调度", "worker": "后台处理"}
PULSES = {"beat": timedelta(minutes=5), "worker": timedelta(minutes=5)}


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as a page shows it."""

    public_id: str
    kind: str
    label: str
    state: str
    state_label: str
    done: int
    total: int
    error: str
    result_name: str
    result: Mapping[str, Any]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancel_requested: bool

    @property
    def is_open(self) -> bool:
        """Whether it is still waiting or running."""
        return self.state in OPEN

    @property
    def has_file(self) -> bool:
        """Whether there is a file to download."""
        return self.state == DONE and bool(self.result_name)


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file to hand out."""

    path: Path
    name: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Pulse:
    """A kind of process: when it last showed a sign of life, and whether it is silent for too long."""

    name: str
    at: datetime | None
    silent: bool


def results_root() -> Path:
    """Return the folder that holds one folder per job."""
    return Path(settings.STATE_DIR) / "results"


def _row(found: Job) -> JobRow:
    kind = KINDS.get(found.kind)
    return JobRow(
        found.public_id,
        found.kind,
        kind.name(found.params) if kind else found.kind,
        found.state,
        JOB_STATES[found.state],
        found.done,
        found.total,
        found.error,
        found.result_name,
        found.result,
        found.created_at,
        found.started_at,
        found.finished_at,
        found.cancel_requested,
    )


def job(*, actor: Actor, public_id: str) -> JobRow:
    """Return one of the actor's own jobs.

    Raises:
        NotVisible: unknown, or somebody else's.
    """
    found = Job.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotVisible
    return _row(found)


def my_jobs(*, actor: Actor, kind: str | None = None, limit: int = 20) -> list[JobRow]:
    """Return the actor's newest jobs."""
    rows = Job.objects.visible_to(actor).order_by("-id")
    if kind:
        rows = rows.filter(kind=kind)
    return [_row(found) for found in rows[:limit]]


def result_file(*, actor: Actor, public_id: str) -> ResultFile:
    """Return the file of one of the actor's own finished jobs.

    Raises:
        NotVisible: unknown, somebody else's, unfinished, or no longer kept.
    """
    found = Job.objects.visible_to(actor).filter(public_id=public_id, state=DONE).first()
    if found is None or not found.result_path:
        raise NotVisible
    path = results_root() / found.result_path
    if not path.is_file():
        raise NotVisible("结果文件已不存在，请重新生成。")
    return ResultFile(path, found.result_name, found.result_type)


def pulses(*, clock: Clock) -> list[Pulse]:
    """Return the pulse of every kind of process, for the health page."""
    now = clock.now().at
    at = dict(Heartbeat.objects.filter(name__in=list(PULSES)).values_list("name", "at"))
    return [
        Pulse(name, at.get(name), name not in at or now - at[name] > patience)
        for name, patience in PULSES.items()
    ]


def failed_jobs(*, actor: Actor, limit: int = 50) -> list[JobRow]:
    """Return the newest jobs that ended without a result, whoever started them (system administrator).

    Raises:
        NotVisible: another role.
    """
    if actor.role not in {Role.SYSTEM_ADMIN, Role.SYSTEM}:
        raise NotVisible
    # A job belongs to its owner alone; that it failed concerns who runs the system. Parameters are not handed out.
    with acting_as(Actor.system(), then=actor):
        rows = list(Job.objects.visible_to(Actor.system()).filter(state=FAILED).order_by("-id")[:limit])
    return [_row(found) for found in rows]


def counts(*, actor: Actor) -> dict[str, int]:
    """Return how many jobs are in each state, whoever's they are (system administrator and monitoring).

    Raises:
        NotVisible: another role.
    """
    if actor.role not in {Role.SYSTEM_ADMIN, Role.SYSTEM}:
        raise NotVisible
    with acting_as(Actor.system(), then=actor):
        found = Job.objects.visible_to(Actor.system()).order_by().values_list("state").annotate(n=Count("pk"))
        return dict.fromkeys(JOB_STATES, 0) | dict(found)
