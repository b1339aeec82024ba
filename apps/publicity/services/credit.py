"""征信查询: every proposed enterprise is checked before the notice (R-23)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.faults import Faults
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.deadlines.services import cancel_obligations, open_obligation
from apps.evidence import services as evidence
from apps.notifications.services import enqueue
from apps.policy.award import CreditCheck as CreditFacts
from apps.policy.award import CreditResult, credit_asks_explanation, credit_valid_until, may_record_credit
from apps.policy.calendar import chinese
from apps.publicity.models import CreditAttachment, CreditCheck, CreditInquiry, CreditTask, NoticeEntry
from apps.publicity.services.cases import choices, jurisdiction, words
from apps.publicity.services.credit_validity import validity_void, watch_validity
from apps.publicity.states import ENTRY_LIFE, PUBLIC_NOTICES, STANDING
from apps.scoring import services as scoring

#: Kind of the obligation of an enterprise to explain what a credit check found.
CREDIT_STATEMENT = "publicity.credit_statement"
_STATE = "credit_check"
_TEXT = 1000
_MOST_ATTACHMENTS = 5


@dataclass(frozen=True, slots=True)
class CreditReport:
    """What a credit platform said.

    `platform`: 查询平台. `checked_on`: 查询日期, not in the future. `report_no`: 报告编号.
    `result`: `normal`, `adverse`, `explanation` or `explained`. `matters`: what was found, required unless normal.
    """

    platform: str
    checked_on: date
    report_no: str
    result: str
    matters: str = ""


def record_credit_check(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    platform: str,
    checked_on: date,
    report_no: str,
    result: str,
    matters: str = "",
) -> date:
    """Record a credit check without files; see `record_credit_report`."""
    report = CreditReport(platform, checked_on, report_no, result, matters)
    return record_credit_report(actor=actor, clock=clock, public_id=public_id, report=report)


@transaction.atomic
def record_credit_report(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    report: CreditReport,
    attachments: Sequence[UploadedFile[Any]] = (),
) -> date:
    """Record the result of a credit check of one application.

    Args:
        actor: municipal staff with the credit duty.
        clock: the legal clock.
        public_id: of the application.
        report: what the platform said.
        attachments: the report as the platform gave it out, at most five files; only the city sees them.

    Returns:
        The last day on which a notice may start on this result.

    Raises:
        Invalid: faulty fields, all at once.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    checked_on, result = report.checked_on, report.result
    case = _locked_case(actor=actor, public_id=public_id)
    moment = clock.now()
    faults = Faults()
    source = faults.text(report.platform, field="platform", label="查询平台", limit=60)
    number = faults.text(report.report_no, field="report_no", label="报告编号", limit=60)
    found = faults.text(report.matters, field="matters", label="异常事项", limit=_TEXT, multiline=True)
    if not source:
        faults.note("platform", "请填写查询平台，如信用中国。")
    if not number:
        faults.note("report_no", "请填写报告编号。")
    if result not in dict(CreditCheck.RESULTS):
        faults.note("result", "请选择查询结果。")
    else:
        asked, explained = _heard(actor, case)
        verdict = may_record_credit(CreditResult(result), asked=asked, explained=explained)
        if not verdict.ok:
            faults.note("result", "".join(f"{one.reason}{one.remedy}" for one in verdict.refusals))
        if result != CreditCheck.NORMAL and not found:
            faults.note("matters", "结果不是正常的，请写明事项。")
    if len(attachments) > _MOST_ATTACHMENTS:
        faults.note(
            "attachments", f"附件最多 {_MOST_ATTACHMENTS} 个，当前 {len(attachments)} 个，请合并后上传。"
        )
    if checked_on > moment.on:
        faults.note("checked_on", "查询日期不能晚于今天。")
    faults.settle()
    until = credit_valid_until(CreditFacts(checked_on, CreditResult(result)), choices(moment.on))
    row = CreditCheck.objects.create(
        **jurisdiction(case),
        platform=source,
        checked_on=checked_on,
        report_no=number,
        result=result,
        matters=found,
        valid_until=until,
        recorded_by_id=actor.account,
        recorded_at=moment.at,
    )
    watch_validity(case=case, check=row, moment=moment)
    kept = [_attached(actor=actor, clock=clock, case=case, row=row, upload=upload) for upload in attachments]
    # A result answers the open question, however it came: a file that brings it again finds it answered.
    CreditTask.objects.visible_to(actor).filter(application_id=case.id, check_made=None).update(
        check_made=row
    )
    record(
        actor=actor,
        event="credit.record",
        subject=row,
        moment=moment,
        rule="R-23",
        after={"result": result, "checked_on": checked_on, "valid_until": until, "attachments": kept},
        note=found,
    )
    _ask_no_more(case, moment)
    if credit_asks_explanation(CreditResult(result)):
        inquiry = CreditInquiry.objects.create(
            **jurisdiction(case),
            check_made=row,
            platform=source,
            result=result,
            matters=found,
            asked_at=moment.at,
        )
        _owe_statement(case, inquiry, until, moment)
        enqueue(
            key=f"credit-adverse:{row.public_id}",
            template="credit_adverse",
            context={**words(case), "reason": found, "inquiry": inquiry.public_id},
            to_enterprise=case.enterprise_id,
            subject=row,
            moment=moment,
        )
    return until


def _heard(actor: Actor, case: CaseRow) -> tuple[bool, bool]:
    """Return whether a result was put to the enterprise, and whether it has answered the newest one."""
    newest: CreditInquiry | None = (
        CreditInquiry.objects.visible_to(actor).filter(application_id=case.id).order_by("-pk").first()
    )
    return newest is not None, newest is not None and newest.stated_at is not None


def _owe_statement(case: CaseRow, inquiry: CreditInquiry, until: date, moment: Moment) -> None:
    """Put the explanation on the enterprise's list, due while the result may still be used; a stale one asks nothing.

    Without a 属地: what a credit check found is between the city and the enterprise.
    """
    if until < moment.on:
        return
    open_obligation(
        kind=CREDIT_STATEMENT,
        subject=inquiry,
        rule="R-23",
        moment=moment,
        enterprise=case.enterprise_id,
        district=None,
        due_on=until,
        basis=f"征信查询结果有效期至{chinese(until)}，请在此之前说明。",
        number=case.number or "",
        label=case.enterprise_name,
    )


def _ask_no_more(case: CaseRow, moment: Moment) -> None:
    """Take the open explanations about a case off the enterprise's list: a newer result, or the case has ended."""
    for inquiry in CreditInquiry.objects.filter(application_id=case.id, stated_at=None):
        cancel_obligations(subject=inquiry, moment=moment, kinds=[CREDIT_STATEMENT])


@transaction.atomic
def attach_to_credit_check(
    *, actor: Actor, clock: Clock, public_id: str, check: str, upload: UploadedFile[Any]
) -> None:
    """Keep one more file with a credit check while the case is in the credit stage.

    Args:
        actor: municipal staff with the credit duty.
        clock: the legal clock.
        public_id: of the application.
        check: public id of the credit check.
        upload: the file.

    Raises:
        Invalid: not a file that is taken (see `evidence.store_upload`), or too many.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case = _locked_case(actor=actor, public_id=public_id)
    row: CreditCheck | None = (
        CreditCheck.objects.visible_to(actor).filter(public_id=check, application_id=case.id).first()
    )
    if row is None:
        raise NotVisible
    if row.attachments.count() >= _MOST_ATTACHMENTS:
        raise Invalid.of("file", f"附件最多 {_MOST_ATTACHMENTS} 个，请合并后上传。")
    kept = _attached(actor=actor, clock=clock, case=case, row=row, upload=upload, field="file")
    record(
        actor=actor,
        event="credit.attach",
        subject=row,
        moment=clock.now(),
        rule="R-23",
        after={"file": kept},
    )


def _locked_case(*, actor: Actor, public_id: str) -> CaseRow:
    """Return a case of the credit stage, locked, for somebody with the credit duty."""
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.CREDIT):
        raise Forbidden("征信查询由市局征信核查人员登记。")
    case = applications.lock_application(actor=actor, public_id=public_id)
    if case.state != _STATE:
        raise WrongStep(f"当前状态为「{case.state_label}」，不在征信查询阶段。")
    return case


def _attached(
    *,
    actor: Actor,
    clock: Clock,
    case: CaseRow,
    row: CreditCheck,
    upload: UploadedFile[Any],
    field: str = "attachments",
) -> str:
    """Store a file for the city alone, keep it with the check, return its public id; the same file twice is once."""
    of_case = evidence.Case(
        application_id=case.id,
        enterprise_id=case.enterprise_id,
        district=case.district,
        editable=False,
        citys_own=True,
    )
    try:
        stored = evidence.store_upload(actor=actor, clock=clock, upload=upload, case=of_case)
    except Invalid as invalid:
        reasons = [text for texts in invalid.errors.values() for text in texts]
        raise Invalid({field: [f"{upload.name}：{text}" for text in reasons]}) from invalid
    CreditAttachment.objects.bulk_create(
        [CreditAttachment(check_record=row, file_id=stored.id)], ignore_conflicts=True
    )
    return stored.public_id


@transaction.atomic
def refuse_for_credit(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """The city's signer ends a case with an adverse credit result: 不予评定 (R-23); it leaves any draft notice.

    Raises:
        Invalid: no reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(reason, field="reason", label="理由", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明不予评定的理由。")
    case = applications.lock_application(actor=actor, public_id=public_id)
    end_for_reason(actor=actor, clock=clock, case=case, reason=text)


def end_for_reason(*, actor: Actor, clock: Clock, case: CaseRow, reason: str) -> None:
    """End a locked case of the credit stage: 不予评定; it leaves any draft notice and the enterprise is told why.

    Raises:
        Forbidden, WrongStep: gates 1 and 3 of the step `refuse_after_credit`.
    """
    moment = clock.now()
    applications.advance(
        application_id=case.id,
        event="refuse_after_credit",
        actor=actor,
        moment=moment,
        note=reason,
        facts={"decision_note": reason},
    )
    validity_void(application_ids=[case.id], moment=moment)
    _ask_no_more(case, moment)
    drafted = NoticeEntry.objects.filter(application_id=case.id, state=STANDING)
    for entry in drafted.exclude(notice__state__in=PUBLIC_NOTICES).select_for_update(of=("self",)):
        entry.state = ENTRY_LIFE.step(entry.state, "withdraw", actor).target
        entry.save(update_fields=["state"])
    scoring.release_sheets(
        actor=actor, clock=clock, application_id=case.id, kinds={"district"}, to="enterprise"
    )
    enqueue(
        key=f"not-awarded:{case.public_id}",
        template="not_awarded",
        context={**words(case), "reason": reason},
        to_enterprise=case.enterprise_id,
        moment=moment,
    )
