"""Starting and cancelling long work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.audit.chain import plain
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, NotVisible, WrongStep
from apps.core.models import new_public_id
from apps.core.moment import Clock
from apps.core.wake import after_commit
from apps.jobs.models import Job
from apps.jobs.registry import KINDS
from apps.jobs.states import CANCELLED, JOB_STATES, OPEN, QUEUED

_RUN = "apps.jobs.tasks.run_due_jobs"


@transaction.atomic
def start_job(
    *, actor: Actor, clock: Clock, kind: str, params: Mapping[str, Any], key: str | None = None
) -> str:
    """Queue long work for *actor* and return its public id; a worker takes it after the commit.

    Args:
        actor: the owner; the handler runs in this person's jurisdiction. The system's jobs have no owner.
        clock: the time.
        kind: a registered kind.
        params: JSON data for the handler (Decimals and dates become text).
        key: asked for twice with the same key, the first job is returned and nothing is started.

    Raises:
        KeyError: unknown kind (a programming error).
        Forbidden: the public starts no jobs.
        NotVisible: the key belongs to somebody else's job.
    """
    row = KINDS[kind]
    if actor.user_id is None and actor.role is not Role.SYSTEM:
        raise Forbidden("请先登录。")
    moment = clock.now()
    job = Job(
        public_id=new_public_id(),
        owner_id=actor.user_id,
        kind=kind,
        key=key,
        params=plain(params),
        state=QUEUED,
        created_at=moment.at,
    )
    # Waits for a rival with the same key to commit, then does nothing.
    Job.objects.bulk_create([job], ignore_conflicts=True)
    created = Job.objects.filter(public_id=job.public_id).first()
    if created is None:
        existing = Job.objects.visible_to(actor).filter(key=key).first()
        if existing is None:
            raise NotVisible
        return str(existing.public_id)
    record(
        actor=actor,
        event="job.start",
        subject=created,
        moment=moment,
        after={"kind": kind, "label": row.name(plain(params))},
    )
    after_commit(_RUN)
    return str(created.public_id)


@transaction.atomic
def cancel_job(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Cancel a waiting job at once; a running one stops at its next step.

    Raises:
        NotVisible: unknown, or somebody else's.
        WrongStep: already finished.
    """
    job = Job.objects.visible_to(actor).select_for_update(of=("self",)).filter(public_id=public_id).first()
    if job is None:
        raise NotVisible
    if job.state not in OPEN:
        raise WrongStep(f"任务{JOB_STATES[job.state]}，不能取消。")
    moment = clock.now()
    before = job.state
    job.cancel_requested = True
    if job.state == QUEUED:
        job.state = CANCELLED
        job.finished_at = moment.at
    job.save(update_fields=["cancel_requested", "state", "finished_at"])
    record(
        actor=actor,
        event="job.cancel",
        subject=job,
        moment=moment,
        before={"state": before},
        after={"state": job.state},
    )
