"""A long published list imported by a job: thousands of lines do not belong in the time of one request (R-03, R-04)."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction

from apps.core.actor import Actor
from apps.core.errors import DomainError, Invalid, WrongStep
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.jobs import services as jobs
from apps.jobs.registry import JobContext, JobResult, job
from apps.titles import services as titles

LIST_JOB: Final = "titles.external_list"
#: A list of up to so many lines takes effect at once: about half a second.
AT_ONCE: Final = 200
#: Faults of lines told with a failed job.
_SHOWN: Final = 5


def register() -> None:
    """Register the handler; called once when the process starts."""
    job(LIST_JOB, label="导入省级、国家级名单")(import_list)


def start_list_import(*, actor: Actor, clock: Clock, data: titles.ListData) -> str:
    """Check a list and have it imported by a job of the actor; return the job's public id.

    Raises:
        Forbidden, Invalid: as of the import itself, told before anything is queued.
    """
    titles.check_external_list(actor=actor, clock=clock, data=data)
    params = {
        "kind": data.kind,
        "title": data.title,
        "document_no": data.document_no,
        "published_on": data.published_on.isoformat(),
        "rows": [[row.action, row.name, row.uscc, row.new_name] for row in data.rows],
    }
    return jobs.start_job(actor=actor, clock=clock, kind=LIST_JOB, params=params)


def import_list(ctx: JobContext) -> JobResult:
    """Import the list in one transaction, all of it or nothing. Safe to start again: a list is known by its digest."""
    data = titles.ListData(
        kind=str(ctx.params["kind"]),
        title=str(ctx.params["title"]),
        document_no=str(ctx.params["document_no"]),
        published_on=date.fromisoformat(str(ctx.params["published_on"])),
        rows=[titles.ListRow(*row) for row in ctx.params["rows"]],
    )
    total = len(data.rows)
    ctx.progress(0, total)
    try:
        with transaction.atomic():
            enter(ctx.actor)
            done = titles.import_external_list(
                actor=ctx.actor, clock=ctx.clock, data=data, progress=lambda row: ctx.progress(row, total)
            )
    except DomainError as refusal:
        raise WrongStep(_why(refusal)) from refusal
    return JobResult(
        values={
            "link": f"/m/external/{done.public_id}/",
            "list": done.public_id,
            "applied": done.applied,
            "without_effect": done.without_effect,
            "unmatched": done.unmatched,
            "already": done.already,
        }
    )


def _why(refusal: DomainError) -> str:
    if isinstance(refusal, Invalid):
        told = [text for texts in refusal.errors.values() for text in texts]
        return "；".join(told[:_SHOWN])
    return refusal.message or "名单没有导入。"
