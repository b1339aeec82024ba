"""征信查询: every proposed enterprise is checked before the notice (R-23)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, WrongStep
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.policy.award import CreditCheck as CreditFacts
from apps.policy.award import CreditResult, credit_valid_until
from apps.publicity.models import CreditCheck, NoticeEntry
from apps.publicity.services.cases import choices, jurisdiction, words
from apps.publicity.states import ENTRY_LIFE, PUBLIC_NOTICES, STANDING
from apps.scoring import services as scoring

_STATE = "credit_check"
_TEXT = 1000


@transaction.atomic
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
    """Record the result of a credit check of one application.

    Args:
        actor: municipal staff with the credit duty.
        clock: the legal clock.
        public_id: of the application.
        platform: 查询平台.
        checked_on: 查询日期, not in the future.
        report_no: 报告编号.
        result: `normal`, `adverse`, `explanation` or `explained`.
        matters: what was found, required unless normal.

    Returns:
        The last day on which a notice may start on this result.

    Raises:
        Invalid: faulty fields, all at once.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.CREDIT):
        raise Forbidden("征信查询由市局征信核查人员登记。")
    case = applications.lock_application(actor=actor, public_id=public_id)
    if case.state != _STATE:
        raise WrongStep(f"当前状态为「{case.state_label}」，不在征信查询阶段。")
    moment = clock.now()
    errors: dict[str, list[str]] = {}
    source = clean_text(platform, field="platform", label="查询平台", limit=60)
    number = clean_text(report_no, field="report_no", label="报告编号", limit=60)
    found = clean_text(matters, field="matters", label="异常事项", limit=_TEXT, multiline=True)
    if not source:
        errors["platform"] = ["请填写查询平台，如信用中国。"]
    if not number:
        errors["report_no"] = ["请填写报告编号。"]
    if result not in dict(CreditCheck.RESULTS):
        errors["result"] = ["请选择查询结果。"]
    elif result != CreditCheck.NORMAL and not found:
        errors["matters"] = ["结果不是正常的，请写明事项。"]
    if checked_on > moment.on:
        errors["checked_on"] = ["查询日期不能晚于今天。"]
    if errors:
        raise Invalid(errors)
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
    record(
        actor=actor,
        event="credit.record",
        subject=row,
        moment=moment,
        rule="R-23",
        after={"result": result, "checked_on": checked_on, "valid_until": until},
        note=found,
    )
    if result in {CreditCheck.ADVERSE, CreditCheck.EXPLANATION}:
        enqueue(
            key=f"credit-adverse:{row.public_id}",
            template="credit_adverse",
            context={**words(case), "reason": found},
            to_enterprise=case.enterprise_id,
            subject=row,
            moment=moment,
        )
    return until


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
