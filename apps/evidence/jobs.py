"""Long work of this room: making pages of an Office file."""

from __future__ import annotations

from datetime import timedelta

from apps.evidence.services.viewing import CONVERT, convert_file
from apps.jobs.registry import JobContext, JobResult, job


@job(CONVERT, label="生成 Office 文件页面", attempts=2, keep=timedelta(days=1))
def convert(context: JobContext) -> JobResult:
    """Convert the file named in the parameters, as the person who wants to see it."""
    convert_file(actor=context.actor, public_id=str(context.params["file"]))
    return JobResult(values={"file": context.params["file"]})
