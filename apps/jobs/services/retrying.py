"""Beginning failed work again, for whoever runs the system."""

from __future__ import annotations

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.core.scoping import acting_as
from apps.core.wake import after_commit
from apps.jobs.models import Job
from apps.jobs.registry import KINDS
from apps.jobs.states import FAILED, QUEUED

_RUN = "apps.jobs.tasks.run_due_jobs"


@transaction.atomic
def retry_job(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Queue a failed job again, for its owner and in its owner's jurisdiction, with as many attempts as at first.

    Raises:
        Forbidden: not the system administrator.
        NotVisible: no such job.
        WrongStep: it did not fail, or is of a kind that must not begin twice (its owner starts another).
    """
    if actor.role is not Role.SYSTEM_ADMIN:
        raise Forbidden("后台任务由系统管理员重试。")
    # A job belongs to its owner alone; only its state is touched here and nothing of it is shown.
    with acting_as(Actor.system(), then=actor):
        row = Job.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
        if row is None:
            raise NotVisible
        if row.state != FAILED:
            raise WrongStep("只有未完成的任务可以重试。")
        kind = KINDS.get(row.kind)
        if kind is None or kind.attempts == 1:
            raise WrongStep("这类任务不能重复执行，请由本人重新发起。")
        before = row.error
        row.state, row.attempts, row.error, row.finished_at = QUEUED, 0, "", None
        row.save(update_fields=["state", "attempts", "error", "finished_at"])
    record(
        actor=actor,
        event="job.retry",
        subject=row,
        moment=clock.now(),
        before={"error": before},
        after={"state": QUEUED},
    )
    after_commit(_RUN)
