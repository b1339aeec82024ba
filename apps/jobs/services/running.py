"""Running long work: leased, kept alive, finished by the holder of the lease only.

A worker takes a row with `SKIP LOCKED` and a random token. While the handler works a second thread renews the lease,
writes the progress and looks for a cancellation, on its own connection, so that nothing depends on the handler's
transactions. When the process dies the lease ends within two minutes (F11) and the next sweep either starts the work
again from the beginning or, when it has been started too often, closes it with a plain message (no poison loop, F31).
Only the holder of the token can close the row: a worker that was believed dead and comes back changes nothing.
"""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from django.db import Error as DatabaseFault
from django.db import connection, transaction
from django.db.models import Q

from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.errors import DomainError
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.jobs.models import Job
from apps.jobs.registry import KINDS, JobCancelled, JobResult
from apps.jobs.selectors import results_root
from apps.jobs.states import CANCELLED, DONE, FAILED, QUEUED, RUNNING

_log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=2)
#: Seconds between two looks of the keeper: progress is written and a cancellation noticed this often.
KEEP_EVERY = 2.0
_INTERRUPTED = "处理进程多次中断，任务未完成。请稍后重试；仍不成功的，请联系系统管理员。"
_UNEXPECTED = "处理时发生意外错误，任务未完成。请稍后重试；仍不成功的，请将任务编号告知系统管理员。"


@dataclass(slots=True)
class _Work:
    """One job in progress; what `JobContext` promises to handlers."""

    public_id: str
    actor: Actor
    clock: Clock
    params: Mapping[str, Any]
    folder: Path
    kind: str
    token: str
    done: int = 0
    total: int = 0
    cancelled: threading.Event = field(default_factory=threading.Event)

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is.

        Raises:
            JobCancelled: the owner asked to stop, or the lease was lost to another worker.
            ValueError: not 0 ≤ done ≤ total.
        """
        if not 0 <= done <= total:
            msg = f"{done} of {total} is no progress"
            raise ValueError(msg)
        self.done, self.total = done, total
        if self.cancelled.is_set():
            raise JobCancelled


def run_due(*, clock: Clock, limit: int = 20, keep_lease: bool = True) -> int:
    """Run waiting jobs one after the other, at most *limit*; return how many were run."""
    count = 0
    while count < limit:
        work = _lease(clock)
        if work is None:
            break
        _run(work, keep_lease=keep_lease)
        count += 1
    return count


def run_job(*, clock: Clock, public_id: str, keep_lease: bool = True) -> bool:
    """Run this job now if it is waiting; return whether it was run here.

    `keep_lease=False` runs without the keeper thread: for callers that hold everything in one transaction.
    """
    work = _lease(clock, public_id=public_id)
    if work is None:
        return False
    _run(work, keep_lease=keep_lease)
    return True


@transaction.atomic
def _lease(clock: Clock, *, public_id: str | None = None) -> _Work | None:
    """Take the oldest waiting job, or one whose worker is gone; close those that were started too often."""
    enter(Actor.system())
    now = clock.now()
    due = Job.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        Q(state=QUEUED) | Q(state=RUNNING, lease_until__lte=now.at)
    )
    if public_id is not None:
        due = due.filter(public_id=public_id)
    for job in due.order_by("id")[:50]:
        kind = KINDS.get(job.kind)
        if kind is None:
            continue  # a newer release knows this kind: left for its workers
        if job.cancel_requested:
            _close(job, CANCELLED, clock)
            continue
        if job.attempts >= kind.attempts:
            _close(job, FAILED, clock, error=_INTERRUPTED)
            continue
        job.state = RUNNING
        job.attempts += 1
        job.started_at = job.started_at or now.at
        job.lease_token = secrets.token_hex(16)
        job.lease_until = now.at + LEASE
        job.save(update_fields=["state", "attempts", "started_at", "lease_token", "lease_until"])
        owner: Any = job.owner
        return _Work(
            public_id=job.public_id,
            actor=owner.actor() if owner is not None else Actor.system(),
            clock=clock,
            params=job.params,
            folder=results_root() / job.public_id / job.lease_token,
            kind=job.kind,
            token=job.lease_token,
        )
    return None


def _run(work: _Work, *, keep_lease: bool) -> None:
    """Run the handler and store its outcome; nothing it raises leaves this function."""
    work.folder.mkdir(parents=True, exist_ok=True)
    keeper = _Keeper(work) if keep_lease else None
    if keeper is not None:
        keeper.start()
    outcome: tuple[str, str, JobResult] = (FAILED, _UNEXPECTED, JobResult())
    try:
        outcome = (DONE, "", KINDS[work.kind].handler(work))
    except JobCancelled:
        outcome = (CANCELLED, "", JobResult())
    except DomainError as refusal:
        outcome = (FAILED, refusal.message, JobResult())
    except Exception:  # noqa: BLE001  (the boundary: a handler's fault must never stop the worker)
        _log.exception("job_failed", job=work.public_id, kind=work.kind)
    finally:
        if keeper is not None:
            keeper.stop()
        kept = _finish(work, *outcome)
        if not kept or outcome[2].path is None:
            shutil.rmtree(work.folder, ignore_errors=True)


@transaction.atomic
def _finish(work: _Work, state: str, error: str, result: JobResult) -> bool:
    """Close the row if the lease is still ours; return whether it was."""
    enter(Actor.system())
    job = (
        Job.objects.select_for_update(of=("self",))
        .filter(public_id=work.public_id, state=RUNNING, lease_token=work.token)
        .first()
    )
    if job is None:
        return False
    if state == DONE and result.path is not None:
        job.result_path = str(result.path.relative_to(results_root()))
        job.result_name = result.name
        job.result_type = result.content_type
    job.result = dict(result.values)
    job.total = max(work.total, work.done)
    job.done = job.total if state == DONE else work.done
    _close(job, state, work.clock, error=error)
    return True


def _close(job: Job, state: str, clock: Clock, *, error: str = "") -> None:
    moment = clock.now()
    before = job.state
    job.state = state
    job.error = error[:500]
    job.finished_at = moment.at
    job.lease_token = ""
    job.lease_until = None
    job.save()
    record(
        actor=Actor.system(),
        event=f"job.{state}",
        subject=job,
        moment=moment,
        before={"state": before},
        after={"state": state, "kind": job.kind},
        note=error,
    )


class _Keeper(threading.Thread):
    """Keeps the lease of one job alive until told to stop."""

    def __init__(self, work: _Work) -> None:
        super().__init__(name=f"lease-{work.public_id}", daemon=True)
        self._work = work
        self._stop_asked = threading.Event()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stop_asked.set()
        self.join()

    def run(self) -> None:
        """Renew until stopped; a database that is away is tried again until the lease is over anyway."""
        try:
            while not self._stop_asked.wait(KEEP_EVERY):
                try:
                    self._renew()
                except DatabaseFault as error:
                    _log.warning("job_lease_not_renewed", job=self._work.public_id, error=str(error)[:200])
                    connection.close()  # a broken connection is made anew by the next look
        finally:
            connection.close()

    @transaction.atomic
    def _renew(self) -> None:
        enter(Actor.system())
        work = self._work
        mine = Job.objects.filter(public_id=work.public_id, state=RUNNING, lease_token=work.token)
        done, total = work.done, work.total
        updated = mine.update(
            lease_until=work.clock.now().at + LEASE, done=min(done, total), total=max(done, total)
        )
        if not updated or mine.filter(cancel_requested=True).exists():
            work.cancelled.set()
