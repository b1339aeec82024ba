"""What must be true of jobs, checked by `manage.py verify`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from apps.core.moment import DatabaseClock
from apps.jobs.models import Job
from apps.jobs.selectors import results_root
from apps.jobs.states import DONE, RUNNING

_PATIENCE = timedelta(hours=1)


def problems() -> Iterator[str]:
    """Yield a sentence for every inconsistency: leases nobody takes over, results without a file."""
    now = DatabaseClock().now().at
    for job in Job.objects.filter(state=RUNNING, lease_until__lt=now - _PATIENCE):
        yield f"任务 {job.public_id}（{job.kind}）的租约早已到期，没有后台进程接手。"
    for job in Job.objects.filter(state=DONE).exclude(result_path=""):
        if not (results_root() / job.result_path).is_file():
            yield f"任务 {job.public_id}（{job.kind}）的结果文件不存在。"
