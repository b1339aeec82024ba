"""征信说明: what an enterprise says to an adverse credit result, and the papers it puts with its words (R-23)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.applications import selectors as applications
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.faults import Faults
from apps.core.moment import Clock, Moment
from apps.deadlines.services import meet_obligation
from apps.evidence import services as evidence
from apps.evidence.services import FileToSend, TakenFile
from apps.notifications.services import enqueue
from apps.publicity.models import CreditInquiry, CreditStatementFile
from apps.publicity.selectors.credit import is_superseded
from apps.publicity.services.credit import CREDIT_STATEMENT

#: What one explanation may bring: certificates of credit repair, decisions, photographs of what was put right.
MOST_STATEMENT_FILES: Final = 5
STATEMENT_FILE_MB: Final = 20
_KINDS: Final = frozenset({"pdf", "jpg", "png"})
_FOLDER: Final = "credit"
_STATE: Final = "credit_check"
_TEXT: Final = 2000


@transaction.atomic
def explain_credit(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    statement: str,
    uploads: Sequence[UploadedFile[Any]] = (),
) -> None:
    """The enterprise explains an adverse result; it may mend its words until a newer result is recorded.

    Args:
        actor: a member of the enterprise who may write.
        clock: the legal clock.
        public_id: of the inquiry.
        statement: the explanation, at most 2,000 characters.
        uploads: PDF or pictures added to those already there, five in all; the same file twice is kept once.

    Raises:
        Invalid: every fault at once: no statement, and each file that is not taken (at `files`).
        Forbidden: not a member who may write.
        NotVisible: not its inquiry.
        WrongStep: its case has left the credit stage, or a newer result is recorded.
    """
    faults = Faults()
    text = faults.text(statement, field="statement", label="说明", limit=_TEXT, multiline=True)
    if not text:
        faults.note("statement", "请填写说明。")
    if actor.role is not Role.ENTERPRISE or not actor.has(Duty.RESPONSIBLE, Duty.CLERK):
        raise Forbidden("说明由企业填写。")
    row = open_inquiry(actor=actor, public_id=public_id)
    moment = clock.now()
    taken = _taken(clock, row, uploads, faults)
    try:
        faults.settle()
        _keep(actor, row, taken, moment)
        first = row.stated_at is None
        row.statement, row.stated_at, row.stated_by_id = text, moment.at, actor.user_id
        row.save(update_fields=["statement", "stated_at", "stated_by"])
        meet_obligation(kind=CREDIT_STATEMENT, subject=row, moment=moment)
        record(
            actor=actor,
            event="credit.explain",
            subject=row,
            moment=moment,
            rule="R-23",
            after={"files": [file.digest for file in taken]},
            note=text,
        )
        if first:
            _tell_city(actor, row, moment)
    except BaseException:
        for file in taken:
            evidence.discard_taken(file.stored_name)
        raise


def _taken(
    clock: Clock,
    row: CreditInquiry,
    uploads: Sequence[UploadedFile[Any]],
    faults: Faults,
) -> list[TakenFile]:
    """Check and keep the new files; what is wrong with each is added to *faults*. Files that are there are skipped."""
    known = set(row.files.values_list("digest", flat=True))
    found: list[TakenFile] = []
    for upload in uploads:
        try:
            file = evidence.take_in(
                clock=clock, upload=upload, folder=_FOLDER, kinds=_KINDS, most_mb=STATEMENT_FILE_MB
            )
        except Invalid as refusal:
            for text in (text for texts in refusal.errors.values() for text in texts):
                faults.note("files", f"{upload.name}：{text}")
            continue
        if file.digest in known:
            evidence.discard_taken(file.stored_name)
            continue
        known.add(file.digest)
        found.append(file)
    if len(known) > MOST_STATEMENT_FILES:
        faults.note(
            "files", f"附件最多 {MOST_STATEMENT_FILES} 个，加上已上传的共 {len(known)} 个，请合并后上传。"
        )
    return found


def _keep(actor: Actor, row: CreditInquiry, taken: Sequence[TakenFile], moment: Moment) -> None:
    there = row.files.count()
    CreditStatementFile.objects.bulk_create(
        [
            CreditStatementFile(
                inquiry=row,
                position=position,
                display_name=file.name,
                kind=file.kind,
                content_type=file.content_type,
                size=file.size,
                digest=file.digest,
                pages=file.pages,
                stored_name=file.stored_name,
                scan_state=file.scan_state,
                added_by_id=actor.account,
                added_at=moment.at,
            )
            for position, file in enumerate(taken, start=there + 1)
        ]
    )


def _tell_city(actor: Actor, row: CreditInquiry, moment: Moment) -> None:
    case = applications.case(actor=actor, application_id=row.application_id)
    enqueue(
        key=f"credit-explained:{row.public_id}",
        template="credit_explained",
        context={
            "number": case.number,
            "enterprise": case.enterprise_name,
            "public_id": case.public_id,
        },
        to_municipal=True,
        subject=row,
        moment=moment,
    )


@transaction.atomic
def open_statement_file(*, actor: Actor, clock: Clock, public_id: str) -> FileToSend:
    """Return a file of an explanation for download; the reading by officials is recorded.

    Raises:
        NotVisible: neither the city nor its enterprise, or no such file.
        NotCleared, FileDamaged: the virus scanner has not passed it; its bytes are not those that came.
    """
    row = CreditStatementFile.objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisible
    found = evidence.hand_out(
        stored_name=row.stored_name,
        name=row.display_name,
        content_type=row.content_type,
        digest=row.digest,
        scan_state=row.scan_state,
    )
    if actor.role is not Role.ENTERPRISE:
        record(
            actor=actor,
            event="credit.file_read",
            subject=row,
            moment=clock.now(),
            rule="R-23",
            after={"digest": row.digest},
        )
    return found


def open_inquiry(*, actor: Actor, public_id: str) -> CreditInquiry:
    """Return a locked inquiry that may still be answered.

    Raises:
        NotVisible: not in sight.
        WrongStep: superseded, or its case has left the credit stage.
    """
    row: CreditInquiry | None = (
        CreditInquiry.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("application")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    if row.application.state != _STATE:
        raise WrongStep("征信查询环节已经结束，不能再提交说明。")
    if is_superseded(actor=actor, application_id=row.application_id, check_id=row.check_made_id):
        raise WrongStep("市局已登记新的征信结果，这次告知不再需要说明。")
    return row
