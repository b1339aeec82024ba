"""Provisional decisions about many candidates: each in a transaction of its own, every outcome in a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction

from apps.applications import selectors as applications
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import DomainError, Forbidden, Invalid, NotVisible, RuleBroken
from apps.core.moment import Clock
from apps.core.scoping import enter
from apps.documents.services.workbooks import XLSX
from apps.documents.sheets import Column, Kind, SheetTable, write_table_xlsx
from apps.jobs import services as jobs
from apps.jobs.registry import JobContext, JobResult, job
from apps.policy.provisional import Provisional
from apps.publicity import services as publicity

DECIDE_JOB: Final = "board.decide"
#: Candidates of one batch; the largest round of the plan has fewer.
MOST: Final = 1000
#: Failures kept with the job for its page; the workbook has all of them.
_SHOWN: Final = 50


def register() -> None:
    """Register the handler; called once when the process starts."""
    job(DECIDE_JOB, label="登记暂定意见")(decide)


@transaction.atomic
def start_deciding(
    *, actor: Actor, clock: Clock, public_ids: Sequence[str], decision: str, reason: str, names: Sequence[str]
) -> str:
    """Have one provisional decision noted for many candidates by a job of the actor; return its public id.

    Args:
        actor: municipal 经办.
        clock: the legal clock.
        public_ids: of the applications, as the pre-check page showed them.
        decision: `propose`, `defer` or `refuse`.
        reason: the same for all.
        names: of the enterprises in the same order, for the workbook.

    Raises:
        Invalid: no candidate, too many, an unknown decision, no reason.
        Forbidden: another duty.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("暂定意见由市局经办提出。")
    wanted = publicity.read_decision(decision)
    text = publicity.checked_reason(wanted, reason)
    if not public_ids:
        raise Invalid.of("ids", "请至少选择一家企业。")
    if len(public_ids) > MOST:
        raise Invalid.of("ids", f"一次最多办理 {MOST} 家，您选择了 {len(public_ids)} 家，请分批办理。")
    params = {
        "decision": wanted.value,
        "reason": text,
        "cases": [list(pair) for pair in zip(public_ids, names, strict=True)],
    }
    return jobs.start_job(actor=actor, clock=clock, kind=DECIDE_JOB, params=params)


def decide(ctx: JobContext) -> JobResult:
    """Note the decision case by case; what is refused does not hold up the others. Safe to start again."""
    cases: list[list[str]] = list(ctx.params["cases"])
    decision, reason = str(ctx.params["decision"]), str(ctx.params["reason"])
    label = Provisional(decision).label
    rows: list[tuple[object, ...]] = []
    failures: list[dict[str, str]] = []
    ctx.progress(0, len(cases))
    for number, (public_id, name) in enumerate(cases, start=1):
        refusal = _one(ctx, public_id, decision, reason)
        if refusal:
            failures.append({"public_id": public_id, "name": name, "why": refusal})
        rows.append((number, name, label, "未办理" if refusal else "已登记", refusal))
        ctx.progress(number, len(cases))
    path = ctx.folder / "outcomes.xlsx"
    with path.open("w+b") as stream:
        write_table_xlsx(stream, _table(label, rows))
    return JobResult(
        path=path,
        name=f"暂定意见办理结果（{label}）.xlsx",
        content_type=XLSX,
        values={
            "decision": label,
            "noted": len(cases) - len(failures),
            "refused": len(failures),
            "failures": failures[:_SHOWN],
            # Where its decisions are put into effect; candidates are picked on the board, which shows one round.
            "round": _round(ctx, cases),
            "link": f"/m/board/decide/{ctx.public_id}/",
        },
    )


def _one(ctx: JobContext, public_id: str, decision: str, reason: str) -> str:
    """Note one decision; return why not, "" when it is noted."""
    try:
        with transaction.atomic():
            enter(ctx.actor)
            publicity.note_decision(
                actor=ctx.actor, clock=ctx.clock, public_id=public_id, decision=decision, reason=reason
            )
    except DomainError as error:
        return _why(error)
    return ""


def _round(ctx: JobContext, cases: Sequence[Sequence[str]]) -> str:
    """Return the public id of the round of the first candidate that is still in sight, "" for none."""
    for public_id, _ in cases:
        try:
            with transaction.atomic():
                enter(ctx.actor)
                return applications.case(actor=ctx.actor, public_id=public_id).round_public_id
        except NotVisible:
            continue
    return ""


def _why(error: DomainError) -> str:
    if isinstance(error, RuleBroken):
        return "；".join(f"{refusal.reason}{refusal.remedy}" for refusal in error.verdict.refusals)
    if isinstance(error, Invalid):
        return "；".join(text for texts in error.errors.values() for text in texts)
    return error.message or "该企业已不在可办理的范围内。"


def _table(label: str, rows: Sequence[tuple[Any, ...]]) -> SheetTable:
    failed = [row for row in rows if row[3] == "未办理"]
    return SheetTable(
        title=f"暂定意见办理结果（{label}）",
        subtitle=f"共 {len(rows)} 家，已登记 {len(rows) - len(failed)} 家，未办理 {len(failed)} 家",
        sheet_name="办理结果",
        columns=(
            Column(label="序号", kind=Kind.INTEGER, width=6),
            Column(label="企业名称", width=36),
            Column(label="暂定意见", width=12),
            Column(label="结果", width=10),
            Column(label="未办理的原因", width=60),
        ),
        # What needs somebody's attention first.
        rows=[*failed, *(row for row in rows if row[3] != "未办理")],
    )
