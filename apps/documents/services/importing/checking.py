"""Looking into a file, and applying it: the same reading and the same act, first rolled back, then for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from apps.core.actor import Actor
from apps.core.errors import DomainError, RuleBroken, WrongStep
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.documents.imports.importer import Context, Finding, Importer, Outcome, PathsRefused, RowsRefused
from apps.documents.imports.marking import reference_of
from apps.documents.imports.reading import WorkbookRefused
from apps.documents.models import ImportBatch
from apps.documents.services.importing.readings import Reading, read_upload
from apps.documents.services.importing.receiving import CHECK_JOB
from apps.documents.services.importing.records import advance, importer_of, locked
from apps.documents.states import APPLYING, CHECKING
from apps.jobs import services as jobs
from apps.jobs.registry import JobCancelled, JobContext, JobResult, job
from apps.parameters.selectors import in_force

APPLY_JOB: Final = "documents.import.apply"
_STEPS: Final = 3
#: Findings on the page; all of them are in the marked copy (SECURITY X10).
_FINDINGS_SHOWN: Final = 100
_CHECK_STOPPED: Final = "检查已取消，请重新上传。"
_CHECK_FAILED: Final = "检查时发生意外错误，没有完成。请重新上传；仍不成功的，请联系系统管理员。"
_STOPPED: Final = "导入已取消，未写入任何数据，可以再次确认或放弃。"
_FAILED: Final = "导入时发生意外错误，未写入任何数据。请再次确认；仍不成功的，请联系系统管理员。"


def register() -> None:
    """Register the handlers; called once when the process starts."""
    job(CHECK_JOB, label="检查导入文件")(check)
    job(APPLY_JOB, label="导入数据")(apply)


@transaction.atomic
def confirm_import(*, actor: Actor, clock: Clock, public_id: str) -> str:
    """Confirm what the preview shows; a job applies it in one transaction.

    Returns:
        Public id of the job.

    Raises:
        NotVisible, Forbidden, WrongStep: no such import, another duty, not checked or with faults.
    """
    row = locked(actor, public_id)
    importer_of(actor, row.kind)
    moment = clock.now()
    started = jobs.start_job(
        actor=actor,
        clock=clock,
        kind=APPLY_JOB,
        params={"public_id": public_id},
        key=f"{APPLY_JOB}:{public_id}:{row.version}",
    )
    fields = {"confirmed_at": moment.at, "job": started, "error": ""}
    advance(row, "confirm", actor=actor, moment=moment, fields=fields, after={"rows": row.rows})
    return started


def check(ctx: JobContext) -> JobResult:
    """Read an upload, rehearse the import, and store findings, preview and marked copy."""
    ctx.progress(0, _STEPS)
    public_id = str(ctx.params["public_id"])
    row = _row(ctx.actor, public_id)
    if row.state != CHECKING:
        return JobResult(values={"import": public_id})  # an earlier run of this job has stored its result
    importer = importer_of(ctx.actor, row.kind)
    try:
        reading = _read(ctx.clock, importer, row)
        ctx.progress(1, _STEPS)
        findings, outcome = _rehearse(ctx.actor, ctx.clock, row, reading)
        ctx.progress(2, _STEPS)
        fields = _told(reading, findings, outcome)
        _settle(ctx, public_id, "fault" if fields["faults"] else "pass", fields)
    except WorkbookRefused as refusal:
        _settle(ctx, public_id, "refuse", {"refusal": refusal.rule, "error": refusal.message[:500]})
        return JobResult(values={"import": public_id})
    except JobCancelled:
        _settle(ctx, public_id, "refuse", {"error": _CHECK_STOPPED})
        raise
    except Exception:
        # The job's own record says what happened; the page must not wait for ever.
        _settle(ctx, public_id, "refuse", {"error": _CHECK_FAILED})
        raise
    return JobResult(values={"import": public_id, "faults": fields["faults"], "rows": fields["rows"]})


def apply(ctx: JobContext) -> JobResult:
    """Apply a confirmed import: all of it or nothing, once."""
    ctx.progress(0, _STEPS)
    public_id = str(ctx.params["public_id"])
    row = _row(ctx.actor, public_id)
    if row.state != APPLYING:
        return JobResult(values={"import": public_id})
    importer = importer_of(ctx.actor, row.kind)
    try:
        reading = _read(ctx.clock, importer, row)
        ctx.progress(1, _STEPS)
        _commit(ctx, public_id, reading)
    except (RowsRefused, PathsRefused) as refused:
        # Something changed since the preview: nothing was written, the lines are named.
        findings = [*reading.findings, *reading.placed(refused)]
        _settle(ctx, public_id, "fault", _told(reading, findings, None))
        raise
    except DomainError as refusal:
        _settle(ctx, public_id, "reopen", {"error": refusal.message[:500]})
        raise
    except JobCancelled:
        _settle(ctx, public_id, "reopen", {"error": _STOPPED})
        raise
    except Exception:
        _settle(ctx, public_id, "reopen", {"error": _FAILED})
        raise
    return JobResult(values={"import": public_id})


@transaction.atomic
def _commit(ctx: JobContext, public_id: str, reading: Reading) -> None:
    enter(ctx.actor)
    row = locked(ctx.actor, public_id)
    if row.state != APPLYING:
        return
    if any(finding.error for finding in reading.findings):
        raise WrongStep("文件中仍有须更正的问题，未导入。")
    outcome = reading.act(_context(ctx.actor, ctx.clock, row, reading))
    # The last moment at which the owner may stop it: inside the transaction, so that nothing of it remains.
    ctx.progress(2, _STEPS)
    enter(ctx.actor)
    moment = ctx.clock.now()
    fields = {
        "applied_at": moment.at,
        "summary": outcome.summary[:500],
        "changes": outcome.changes,
        "link": outcome.link,
        "preview": {},
        "findings": [],
        "error": "",
    }
    after = {"rows": row.rows, "changes": outcome.changes, "summary": outcome.summary}
    advance(row, "apply", actor=ctx.actor, moment=moment, fields=fields, after=after)


@transaction.atomic
def _row(actor: Actor, public_id: str) -> ImportBatch:
    enter(actor)
    return locked(actor, public_id)


@transaction.atomic
def _settle(ctx: JobContext, public_id: str, event: str, fields: Mapping[str, Any]) -> None:
    enter(ctx.actor)
    row = locked(ctx.actor, public_id)
    if row.state not in {CHECKING, APPLYING}:
        return  # given up meanwhile
    moment = ctx.clock.now()
    after = {name: fields[name] for name in ("rows", "faults", "refusal") if name in fields}
    advance(
        row, event, actor=ctx.actor, moment=moment, fields={**fields, "checked_at": moment.at}, after=after
    )


def _read(clock: Clock, importer: Importer, row: ImportBatch) -> Reading:
    return read_upload(importer, row, most_rows=int(getattr(in_force(on=clock.now().on), importer.limit)))


def _context(actor: Actor, clock: Clock, row: ImportBatch, reading: Reading) -> Context:
    return Context(actor, clock, row.public_id, row.params, reading.key)


def _rehearse(
    actor: Actor, clock: Clock, row: ImportBatch, reading: Reading
) -> tuple[list[Finding], Outcome | None]:
    """Act in a transaction that never commits; return everything there is to say and the outcome, if it came so far."""
    findings = list(reading.findings)
    if not reading.can_try:
        return (
            findings,
            None,
        )  # a column, all lines or the end of the text are missing: there is nothing to try
    cells = {(finding.sheet, finding.row, finding.column) for finding in findings if finding.error}
    faulty = {(sheet, row, 0) for sheet, row, _ in cells} | cells
    try:
        return findings, _rolled_back(_context(actor, clock, row, reading), reading)
    except (RowsRefused, PathsRefused) as refused:
        # A cell that could not be read is told once; what the service says of the same cell would repeat it.
        said = reading.placed(refused)
        findings += [
            finding for finding in said if (finding.sheet, finding.row, finding.column) not in faulty
        ]
    except DomainError as refusal:
        if not faulty:
            reason = "".join(refusal.verdict.reasons) if isinstance(refusal, RuleBroken) else refusal.message
            findings.append(Finding(reading.home, 0, 0, "", reason, "请按提示处理后重新上传。"))
    return findings, None


@transaction.atomic
def _rolled_back(context: Context, reading: Reading) -> Outcome:
    """Act, and take everything back: rows, audit, messages."""
    enter(context.actor)
    outcome = reading.act(context)
    transaction.set_rollback(True)
    return outcome


def _told(reading: Reading, findings: Sequence[Finding], outcome: Outcome | None) -> dict[str, Any]:
    ordered = sorted(
        findings, key=lambda one: (not one.error, one.sheet * reading.tabular, one.row, one.column)
    )
    return {
        "rows": reading.rows,
        "faults": sum(finding.error for finding in findings),
        "findings": [_as_json(finding) for finding in ordered[:_FINDINGS_SHOWN]],
        "marked_name": reading.mark(ordered) if findings else "",
        "changes": 0 if outcome is None else outcome.changes,
        "summary": "" if outcome is None else outcome.summary[:500],
        "preview": reading.preview(outcome),
    }


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "sheet": finding.sheet,
        "cell": reference_of(finding),
        "value": finding.value,
        "reason": finding.reason,
        "remedy": finding.remedy,
        "error": finding.error,
    }
