"""The dossier (卷宗): everything about a case, or about every case of a round, in one archive with its manifest.

Files are copied from disk into the archive piece by piece and each case is read by itself: memory does not grow with
the size of the evidence or with the number of cases. What is taken out is recorded like any other reading.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from django.db import transaction

from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.applications.states import APPLICATION_LIFE
from apps.applications.states import DRAFT as UNSUBMITTED
from apps.audit import selectors as trail
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import DomainError, Forbidden, NotVisible, WrongStep
from apps.core.moment import SHANGHAI, Clock
from apps.core.scoping import enter
from apps.documents import kinds
from apps.documents import selectors as documents
from apps.documents.rendering.engine import Renderer
from apps.documents.services.dossier_archive import Archive, as_csv, as_json, put_index, safe_name
from apps.documents.services.opening import open_document
from apps.documents.services.storing import make, prepare
from apps.evidence import selectors as evidence
from apps.evidence import services as evidence_services
from apps.jobs import services as jobs
from apps.jobs.registry import JobContext, JobResult, job
from apps.publicity import selectors as publicity
from apps.publicity.services import open_statement_file
from apps.scoring import selectors as scoring
from apps.titles import selectors as titles

DOSSIER_JOB: Final = "documents.dossier"
CASE, ROUND = "case", "round"
_ROLES: Final = {
    CASE: frozenset({Role.MUNICIPAL, Role.DISTRICT, Role.AUDITOR}),
    ROUND: frozenset({Role.MUNICIPAL, Role.AUDITOR}),
}
_ZIP: Final = "application/zip"
#: Papers a dossier should not be without: made here when they were not asked for before.
_EXPECTED: Final = (kinds.REPORT, kinds.SCORE_SHEET, kinds.PANEL_OPINION, kinds.CREDIT_RECORD)
#: Papers about the notices a case stood in, the objections to it and the document that awards it, made the same way.
_SHARED: Final = {
    "notice": kinds.NOTICE,
    "objection": kinds.OBJECTION_RECORD,
    "recognition": kinds.RECOGNITION,
}
_MOST_CASES: Final = 5000
#: Files left out that the page of the job names; the index in the archive names all of them.
_MOST_NAMED: Final = 50


def register() -> None:
    """Register the handler; called once when the process starts."""
    job(DOSSIER_JOB, label="生成卷宗")(_run)


@transaction.atomic
def request_dossier(*, actor: Actor, clock: Clock, of: str, public_id: str) -> str:
    """Have the dossier of a case or of a round made by a background job.

    Args:
        actor: the city, the auditor; a district for a case of its own.
        clock: when.
        of: `case` or `round`.
        public_id: of the case or the round.

    Returns:
        Public id of the job.

    Raises:
        Forbidden: not for the actor's role.
        NotVisible: no such case or round for the actor.
        WrongStep: the case has not been submitted, or the round has no case.
    """
    _checked(actor, of, public_id)
    return jobs.start_job(
        actor=actor, clock=clock, kind=DOSSIER_JOB, params={"of": of, "public_id": public_id}
    )


def _checked(actor: Actor, of: str, public_id: str) -> tuple[str, list[str]]:
    """Return the title of the archive and the public ids of its cases."""
    if actor.role not in _ROLES.get(of, frozenset()):
        raise Forbidden("卷宗由市工业和信息化局、属地主管部门（本属地的申报）和审计人员调取。")
    if of == CASE:
        case = applications.case(actor=actor, public_id=public_id)
        if case.state == UNSUBMITTED:
            raise WrongStep("申报尚未提交，没有卷宗。")
        return f"{case.number or ''} {case.enterprise_name} 卷宗".strip(), [case.public_id]
    batch = applications.round_file(actor=actor, public_id=public_id)
    states = [state for state in APPLICATION_LIFE.states if state != UNSUBMITTED]
    cases = applications.cases_in_state(
        actor=actor, states=states, round_public_id=public_id, limit=_MOST_CASES
    )
    if not cases:
        raise WrongStep("本批次还没有提交的申报，没有卷宗。")
    return f"{batch.row.name} 卷宗", [case.public_id for case in cases]


def _run(ctx: JobContext) -> JobResult:
    of, public_id = str(ctx.params["of"]), str(ctx.params["public_id"])
    with transaction.atomic():
        enter(ctx.actor)
        title, cases = _checked(ctx.actor, of, public_id)
        record(
            actor=ctx.actor,
            event="document.dossier",
            subject=None,
            moment=ctx.clock.now(),
            after={"of": of, "public_id": public_id, "cases": len(cases)},
        )
    path = ctx.folder / "dossier.zip"
    with Renderer() as renderer, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as stream:
        archive = Archive(stream)
        for done, case in enumerate(cases):
            ctx.progress(done, len(cases))
            unmade = _make_papers(ctx, renderer, case)
            _put_case(ctx, archive, case, unmade)
        put_index(archive, title, at=ctx.clock.now().at)
    ctx.progress(len(cases), len(cases))
    files = sum(not one.missing for one in archive.listed)
    return JobResult(
        path=path,
        name=f"{safe_name(title)}.zip",
        content_type=_ZIP,
        values={
            "cases": len(cases),
            "files": files,
            "missing": sum(one.lost for one in archive.listed),
            "pending": sum(one.pending for one in archive.listed),
            "left_out": [[one.path, one.missing] for one in archive.listed if one.lost][:_MOST_NAMED],
        },
    )


def _make_papers(ctx: JobContext, renderer: Renderer, public_id: str) -> dict[str, tuple[str, bool]]:
    """Make the papers nobody asked for yet; return by kind why the others are not there, and whether they may not be.

    A paper of a step the case has not come to, or never comes to, is pending; anything else is missed.
    """
    unmade: dict[str, tuple[str, bool]] = {}
    with transaction.atomic():
        enter(ctx.actor)
        case = applications.case(actor=ctx.actor, public_id=public_id)
        shared = publicity.subjects_of(actor=ctx.actor, application_id=case.id)
        found = documents.documents_of_many(
            actor=ctx.actor, public_ids=[public_id, *(subject for _, subject in shared)]
        )
    stored = {(subject, row.kind) for subject, rows in found.items() for row in rows}
    wanted = [(public_id, kind) for kind in _EXPECTED]
    wanted += [(subject, _SHARED[what]) for what, subject in shared]
    for subject, kind in wanted:
        if (subject, kind) in stored:
            continue
        try:
            prepared = prepare(actor=ctx.actor, clock=ctx.clock, kind=kind, public_id=subject)
            if prepared.built.final:
                make(actor=ctx.actor, clock=ctx.clock, kind=kind, prepared=prepared, renderer=renderer)
            else:
                unmade[kind] = ("尚未定稿，未收入。", True)
        except NotVisible:
            unmade[kind] = ("本件没有这份文书，或尚未办到这一环节。", True)
        except WrongStep as refusal:
            unmade[kind] = (refusal.message, True)
        except DomainError as refusal:
            unmade[kind] = (refusal.message, False)
    return unmade


@transaction.atomic
def _put_case(
    ctx: JobContext, archive: Archive, public_id: str, unmade: Mapping[str, tuple[str, bool]]
) -> None:
    enter(ctx.actor)
    actor = ctx.actor
    case = applications.case(actor=actor, public_id=public_id)
    folder = safe_name(f"{case.number or case.public_id} {case.enterprise_name}")
    archive.write(f"{folder}/申报信息.json", "申报信息", as_json(asdict(case)))
    _put_papers(ctx, archive, case, folder)
    for kind, (reason, pending) in unmade.items():
        label = kinds.KINDS[kind].label
        archive.missing(f"{folder}/文书/{safe_name(label)}.pdf", label, reason, pending=pending)
    _put_evidence(ctx, archive, case, folder)
    _put_credit_statements(ctx, archive, case, folder)
    _put_sheets(actor, archive, case, folder)
    _put_trail(actor, archive, case, folder)


def _put_papers(ctx: JobContext, archive: Archive, case: CaseRow, folder: str) -> None:
    """Every stored paper about the case and about the notices, objections and recognitions it stands in."""
    shared = publicity.subjects_of(actor=ctx.actor, application_id=case.id)
    about = [case.public_id, *(subject for _, subject in shared)]
    title = titles.title_by_source(
        actor=ctx.actor, source_type="recognition", source_public_id=case.public_id
    )
    if title is not None:
        about.append(title.public_id)
    found = documents.documents_of_many(actor=ctx.actor, public_ids=about)
    for row in (row for subject in about for row in found.get(subject, [])):
        name = safe_name(f"{row.title} 第{row.version}版")
        path = f"{folder}/文书/{name}{'.pdf' if row.content_type == 'application/pdf' else ''}"
        try:
            sent = open_document(actor=ctx.actor, clock=ctx.clock, public_id=row.public_id)
        except DomainError as refusal:
            archive.missing(path, row.kind_label, refusal.message)
            continue
        archive.copy(Path(sent.path), archive.free(path), row.kind_label, row.sha256)


def _put_evidence(ctx: JobContext, archive: Archive, case: CaseRow, folder: str) -> None:
    """Each evidence file once, and a table of where it is used with pages and marks."""
    uses = evidence.uses_of(actor=ctx.actor, application_id=case.id)
    places: dict[str, str] = {}
    for use in uses:
        if use.file.public_id in places:
            continue
        path = archive.free(f"{folder}/佐证/{safe_name(use.file.name)}")
        places[use.file.public_id] = path
        try:
            sent = evidence_services.open_file(actor=ctx.actor, clock=ctx.clock, public_id=use.file.public_id)
        except DomainError as refusal:
            archive.missing(path, "佐证材料", refusal.message)
            continue
        archive.copy(Path(sent.path), path, "佐证材料", sent.digest)
    table = (
        (
            use.place_label,
            use.code,
            use.pages_text,
            use.note,
            "已核对" if use.verified else "",
            places[use.file.public_id],
        )
        for use in uses
    )
    head = ("位置", "编号", "页码", "说明", "核对", "文件")
    archive.write(f"{folder}/佐证目录.csv", "佐证目录", as_csv(head, table))


def _put_credit_statements(ctx: JobContext, archive: Archive, case: CaseRow, folder: str) -> None:
    """What the enterprise said to credit results, and its papers; nothing for a reader who has no sight of them."""
    rows = publicity.credit_inquiries(actor=ctx.actor, application_id=case.id)
    if not rows:
        return
    lines: list[tuple[str, ...]] = []
    for row in rows:
        places: list[str] = []
        for file in row.files:
            path = archive.free(f"{folder}/征信说明/{safe_name(file.name)}")
            places.append(path)
            try:
                sent = open_statement_file(actor=ctx.actor, clock=ctx.clock, public_id=file.public_id)
            except DomainError as refusal:
                archive.missing(path, "征信说明附件", refusal.message)
                continue
            archive.copy(Path(sent.path), path, "征信说明附件", sent.digest)
        stated = (
            "" if row.stated_at is None else row.stated_at.astimezone(SHANGHAI).isoformat(timespec="seconds")
        )
        lines.append((row.platform, row.result_label, row.matters, row.statement, stated, "；".join(places)))
    head = ("查询平台", "结果", "事项", "企业说明", "说明时间", "附件")
    archive.write(f"{folder}/征信说明.csv", "征信说明", as_csv(head, lines))


def _put_sheets(actor: Actor, archive: Archive, case: CaseRow, folder: str) -> None:
    head = ("条目", "名称", "满分", "得分", "状态", "计算过程")
    for sheet in scoring.sheets_of(actor=actor, application_id=case.id):
        result = scoring.sheet_result(actor=actor, public_id=sheet.public_id)
        lines = (
            (
                item.code,
                item.name,
                item.max_points,
                "" if item.points is None else item.points,
                item.state.label,
                " ".join(str(step) for step in item.steps),
            )
            for item in result.items
        )
        name = f"{sheet.kind_label}{f' {sheet.owner_name}' if sheet.owner_name else ''}"
        content = as_csv(head, [*lines, ("合计", "", "", result.total, sheet.state_label, sheet.digest)])
        archive.write(archive.free(f"{folder}/评分表/{safe_name(name)}.csv"), sheet.kind_label, content)


def _put_trail(actor: Actor, archive: Archive, case: CaseRow, folder: str) -> None:
    """The audit extract: every event about the case, oldest first."""
    rows = trail.events_about(actor=actor, subject_type="applications.application", subject_ids=[case.id])
    head = ("时间", "角色", "人员", "事项", "依据", "说明", "变化")
    lines = (
        (
            row.at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            row.role,
            row.who,
            row.event,
            row.rule,
            row.note,
            "；".join(f"{name}：{before} → {after}" for name, before, after in row.changes),
        )
        for row in rows
    )
    archive.write(f"{folder}/审计摘录.csv", "审计摘录", as_csv(head, lines))
