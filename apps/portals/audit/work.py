"""The auditor's long work: walking the chain, and making an evidence package."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.db import transaction

from apps.applications import selectors as applications
from apps.audit import selectors as audit
from apps.audit.package import Wanted, make_package
from apps.audit.services import record
from apps.core.actor import Role
from apps.core.errors import NotVisible
from apps.core.scoping import enter
from apps.documents.services.trail import CHAIN_JOB, PACKAGE_JOB
from apps.jobs.registry import JobContext, JobResult, job
from apps.portals.audit.printing import printed
from apps.scoring import selectors as scoring

#: Breaks kept in the result; `manage.py verify` prints them all.
SHOWN = 50


def register() -> None:
    """Make both kinds of work known to the workers; safe to call again."""
    job(CHAIN_JOB, label="核验审计链")(walk_chain)
    job(PACKAGE_JOB, label="制作取证包")(pack)


def walk_chain(ctx: JobContext) -> JobResult:
    """Walk the whole chain; the result names the first breaks and the head that was checked."""
    with transaction.atomic():
        _be_auditor(ctx)
        head = audit.chain_head()
        found = audit.chain_problems(progress=lambda done: ctx.progress(min(done, head.length), head.length))
        problems = list(islice(found, SHOWN))
    ctx.progress(head.length, head.length)
    return JobResult(values={"problems": problems, "length": head.length, "digest": head.digest})


def pack(ctx: JobContext) -> JobResult:
    """Make the package of a period or of a case; that it was made is itself an event."""
    with transaction.atomic():
        _be_auditor(ctx)
        wanted = _wanted(ctx)
        made = make_package(
            actor=ctx.actor,
            moment=ctx.clock.now(),
            wanted=wanted,
            folder=ctx.folder,
            printer=printed,
            progress=lambda done, total: ctx.progress(min(done, total), total),
        )
        record(
            actor=ctx.actor,
            event="audit.package",
            subject=None,
            moment=ctx.clock.now(),
            rule="R-44",
            after={"title": wanted.title, "rows": made.rows, "sha256": made.sha256, "head": made.last_digest},
            note=str(ctx.params.get("reason", "")),
        )
    return JobResult(
        made.path,
        f"{wanted.title}.zip",
        "application/zip",
        {"rows": made.rows, "links": made.links, "sha256": made.sha256, "head": made.last_digest},
    )


def _be_auditor(ctx: JobContext) -> None:
    if ctx.actor.role is not Role.AUDITOR:
        raise NotVisible
    enter(ctx.actor)


def _wanted(ctx: JobContext) -> Wanted:
    params = ctx.params
    if params.get("case"):
        case = applications.case(actor=ctx.actor, public_id=str(params["case"]))
        sheets = scoring.sheets_of(actor=ctx.actor, application_id=case.id, current_only=False)
        return Wanted(
            f"取证包_{case.number or case.public_id}",
            subjects=(
                ("applications.application", (case.id,)),
                ("scoring.scoresheet", tuple(sheet.id for sheet in sheets)),
            ),
        )
    since, until = (datetime.fromisoformat(str(params[name])) for name in ("since", "until"))
    return Wanted(str(params["title"]), since, until)
