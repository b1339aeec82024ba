"""现场复核 after its planning: recorded; signed by a second person; reported to the city (R-33, R-34, R-36)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.deadlines.counting import Counting
from apps.deadlines.services import Subject, cancel_obligations, meet_obligation, open_obligation
from apps.monitoring.checklists import computed_score
from apps.monitoring.models import Recheck, Rectification, RectificationItem
from apps.monitoring.services.cycles import CYCLE, TITLE
from apps.monitoring.services.recheck_plan import visit_kind
from apps.monitoring.services.shared import choices
from apps.monitoring.services.spot_results import settle_spot_check
from apps.monitoring.states import ORDERED, RECHECK_LIFE
from apps.notifications.services import enqueue
from apps.numbering.services import settle_number
from apps.policy.levels import Level, checked_score
from apps.policy.recheck import recheck_outcome
from apps.policy.separation import may_sign
from apps.policy.site_visit import MEETINGS_REVERSED, meetings_reversed
from apps.titles import services as title_services

_TEXT = 2000
_PEOPLE = 2
#: How many open items a refusal names.
_NAMED = 5
#: (visit after a suspension, passed) → what happens to the title; a suspended one that fails stays so (R-40).
_TITLE_EVENTS = {
    (False, True): "pass_recheck",
    (False, False): "order_rectification",
    (True, True): "resume",
    (True, False): "",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right when the recheck fails."""

    code: str
    problem: str
    requirement: str
    evidence_wanted: str = ""


@dataclass(frozen=True, slots=True)
class RecheckResult:
    """What the visit found; `score` is 0–100 with two decimals, `vetoes` codes of basic requirements.

    Where the checklist was used the score is computed from it and `score` is not looked at; None is then right.
    `accompanied_by`: who of the enterprise was there; `opening_at`, `closing_at`: Shanghai time of day of the first
    and the last meeting, None where there was none.
    """

    visited_on: date
    place: str
    people: Sequence[str]
    score: Decimal | None
    conclusion: str
    vetoes: Sequence[str] = ()
    findings: Sequence[Finding] = field(default_factory=tuple)
    accompanied_by: str = ""
    opening_at: time | None = None
    closing_at: time | None = None


def locked_recheck(*, actor: Actor, public_id: str) -> Recheck:
    """Return a recheck locked for change.

    Raises:
        NotVisible: not in the actor's jurisdiction.
        Forbidden: a district at a visit of the city, the city at a visit of a district.
    """
    row: Recheck | None = (
        Recheck.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("title", "district")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    if row.by_city and actor.role is Role.DISTRICT:
        raise Forbidden("该复查由市工业和信息化局办理。")
    if not row.by_city and actor.role is Role.MUNICIPAL:
        raise Forbidden("该复核由属地工业和信息化主管部门办理。")
    return row


@transaction.atomic
def record_recheck(*, actor: Actor, clock: Clock, public_id: str, result: RecheckResult) -> None:
    """Record what the visit found; findings are kept whatever the outcome.

    Raises:
        Invalid: fewer than two people, a date in the future, a score outside 0–100, no conclusion, a failed recheck
            without anything to put right, a checklist without an award behind it that has open items.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_recheck(actor=actor, public_id=public_id)
    step = RECHECK_LIFE.step(row.state, "record", actor)
    moment = clock.now()
    computed = computed_score(row, actor=actor)
    score, lines = (result.score, {}) if computed is None else (computed.score, computed.lines)
    people = [clean_text(name, field="people", label="复核人员", limit=50) for name in result.people]
    people = [name for name in people if name]
    conclusion = clean_text(result.conclusion, field="conclusion", label="结论", limit=_TEXT, multiline=True)
    errors: dict[str, list[str]] = {}
    if len(people) < _PEOPLE:
        errors["people"] = [f"复核人员不少于 {_PEOPLE} 人，当前 {len(people)} 人。"]
    if result.visited_on > moment.on:
        errors["visited_on"] = ["复核日期不能晚于今天。"]
    if not conclusion:
        errors["conclusion"] = ["请填写复核结论。"]
    if meetings_reversed(result.opening_at, result.closing_at):
        errors["closing_at"] = [MEETINGS_REVERSED]
    if computed is not None and computed.still_open:
        errors["score"] = [_unscored(computed.still_open)]
    try:
        score = checked_score(Decimal("NaN") if score is None else score)
    except (ValueError, TypeError):
        errors["score"] = ["复核得分应为 0 到 100 之间的数。"]
    if errors or score is None:
        raise Invalid(errors)
    outcome = recheck_outcome(
        score, level=Level(row.title.level), vetoes=result.vetoes, parameters=choices(moment.on)
    )
    if not outcome.passed and not result.findings:
        raise Invalid.of("findings", "复核不符合要求的，请逐项写明问题和整改要求。")
    row.visited_on, row.place = (
        result.visited_on,
        clean_text(result.place, field="place", label="地点", limit=200),
    )
    row.people, row.conclusion = people, conclusion
    row.accompanied_by = clean_text(
        result.accompanied_by, field="accompanied_by", label="企业陪同人员", limit=100
    )
    row.opening_at, row.closing_at = result.opening_at, result.closing_at
    row.score, row.vetoes, row.passed = score, list(result.vetoes), outcome.passed
    row.scored = lines
    row.findings = [_finding(finding) for finding in result.findings]
    row.recorded_by_id, row.recorded_at = actor.user_id, moment.at
    row.state = step.target
    row.save()
    record(
        actor=actor,
        event="recheck.record",
        subject=row,
        moment=moment,
        rule="R-36",
        after={
            "score": score,
            "computed": bool(lines),
            "passed": outcome.passed,
            "threshold": outcome.threshold,
        },
        note="".join(outcome.reasons) or conclusion,
    )
    meet_obligation(kind=visit_kind(row), subject=row, moment=moment)
    _owe_report(row, from_on=result.visited_on, moment=moment)
    enqueue(
        key=f"recheck-to-sign:{row.public_id}:{moment.at.isoformat()}",
        template="recheck_to_sign",
        context={"enterprise": row.title.enterprise_name, "public_id": row.public_id},
        to_district=None if row.by_city else row.district_id,
        to_municipal=row.by_city,
        subject=row,
        moment=moment,
    )


def _unscored(codes: Sequence[str]) -> str:
    named = "、".join(codes[:_NAMED]) + ("等" if len(codes) > _NAMED else "")
    return f"核查表还有 {len(codes)} 项没有得分：{named}。该称号没有评定得分可以沿用，请逐项核查后登记。"


def _owe_report(row: Recheck, *, from_on: date, moment: Moment) -> None:
    """The result is owed to the city so many working days after the visit (R-34); the city owes itself nothing."""
    if row.by_city:
        return
    open_obligation(
        kind="monitoring.recheck_report",
        subject=row,
        rule="R-34",
        moment=moment,
        enterprise=None,
        district=row.district_id,
        counting=Counting.workdays(from_on, choices(moment.on).recheck_report_workdays),
        number=row.title.certificate_no,
        label=row.title.enterprise_name,
    )


def _finding(finding: Finding) -> dict[str, str]:
    values = {
        "code": clean_text(finding.code, field="findings", label="条目", limit=20),
        "problem": clean_text(finding.problem, field="findings", label="问题", limit=_TEXT, multiline=True),
        "requirement": clean_text(
            finding.requirement, field="findings", label="整改要求", limit=_TEXT, multiline=True
        ),
        "evidence_wanted": clean_text(
            finding.evidence_wanted, field="findings", label="证明材料要求", limit=200
        ),
    }
    if not values["problem"] or not values["requirement"]:
        raise Invalid.of("findings", "每项问题都要写明问题和整改要求。")
    return values


@transaction.atomic
def return_recheck(*, actor: Actor, clock: Clock, public_id: str, note: str) -> None:
    """The signer sends a recorded recheck back: it is to be looked at and recorded again.

    Raises:
        Invalid: no reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(note, field="note", label="退回意见", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("note", "请写明退回重核的原因。")
    row = locked_recheck(actor=actor, public_id=public_id)
    step = RECHECK_LIFE.step(row.state, "return", actor)
    moment = clock.now()
    row.state, row.return_note = step.target, text
    row.recorded_by_id, row.recorded_at = None, None
    row.score, row.passed, row.visited_on, row.scored = None, None, None, {}
    row.save()
    cancel_obligations(subject=row, moment=moment)
    open_obligation(
        kind=visit_kind(row),
        subject=row,
        rule="R-33",
        moment=moment,
        enterprise=None,
        district=None if row.by_city else row.district_id,
        counting=Counting.workdays(moment.on, choices(moment.on).recheck_report_workdays),
        basis="退回重核。",
        number=row.title.certificate_no,
        label=row.title.enterprise_name,
    )
    record(actor=actor, event="recheck.return", subject=row, moment=moment, rule=step.rule, note=text)


@transaction.atomic
def sign_recheck(*, actor: Actor, clock: Clock, public_id: str, order_no: str = "") -> str | None:
    """A second person signs and the result goes to the city: the title stands again, or must be rectified.

    Args:
        actor: signer of the district (or of the city for its own recheck), not the recorder.
        clock: the legal clock.
        public_id: of the recheck.
        order_no: 文号 of the rectification notice, required when the recheck failed.

    Returns:
        The rectification's public id when one is ordered, else None.

    Raises:
        RuleBroken: the signer recorded it (R-15).
        Invalid: no document number for the rectification notice.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_recheck(actor=actor, public_id=public_id)
    step = RECHECK_LIFE.step(row.state, "sign", actor)
    require(may_sign(prepared_by={row.recorded_by_id}, signer=actor.user_id))
    if row.passed is None:
        raise WrongStep("复核结果尚未登记。")
    moment = clock.now()
    number = clean_text(order_no, field="order_no", label="整改通知文号", limit=60)
    suspended = row.trigger == Recheck.AFTER_SUSPENSION
    if not row.passed and not number and not suspended:
        raise Invalid.of("order_no", "复核不符合要求，请填写整改通知书文号。")
    row.state, row.signed_by_id, row.signed_at = step.target, actor.user_id, moment.at
    row.save()
    meet_obligation(kind="monitoring.recheck_report", subject=row, moment=moment)
    # The site has been looked at: the next cycle is counted from this visit (`cycles`).
    meet_obligation(kind=CYCLE, subject=Subject(TITLE, row.title_id), moment=moment)
    settle_spot_check(row, actor=actor, moment=moment)
    event = _TITLE_EVENTS[suspended, row.passed]
    if event:
        title_services.change_title_state(
            actor=actor,
            moment=moment,
            title_public_id=row.title.public_id,
            event=event,
            note=row.conclusion,
        )
    record(
        actor=actor,
        event="recheck.sign",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"passed": row.passed, "score": row.score, "upward": suspended and not row.passed},
    )
    enqueue(
        key=f"recheck-reported:{row.public_id}",
        template="city_recheck_reported" if row.by_city else "recheck_reported",
        context={
            "district": row.district.name,
            "enterprise": row.title.enterprise_name,
            "conclusion": "符合评价要求" if row.passed else "不符合评价要求",
            "public_id": row.public_id,
        },
        to_municipal=not row.by_city,
        to_district=row.district_id if row.by_city else None,
        subject=row,
        moment=moment,
    )
    if suspended:
        _tell_suspended(row, moment)
        return None
    return None if row.passed else _order(actor=actor, clock=clock, row=row, number=number)


def _tell_suspended(row: Recheck, moment: Moment) -> None:
    """Tell the enterprise whether its suspended title stands again; if not, the city what it reports upward."""
    level = Level(row.title.level).label
    enqueue(
        key=f"suspended-recheck:{row.public_id}",
        template="suspended_title_resumed" if row.passed else "suspended_title_reported",
        context={"level": level},
        to_enterprise=row.enterprise_id,
        subject=row,
        moment=moment,
    )
    if not row.passed:
        enqueue(
            key=f"suspended-upward:{row.public_id}",
            template="suspended_title_upward",
            context={"level": level, "enterprise": row.title.enterprise_name, "public_id": row.public_id},
            to_municipal=True,
            subject=row,
            moment=moment,
        )


def _order(*, actor: Actor, clock: Clock, row: Recheck, number: str) -> str:
    """Order the rectification of what a failed recheck found; the three months start with service (R-37)."""
    moment = clock.now()
    number = settle_number(actor=actor, moment=moment, text=number, purpose="责令整改", field="order_no")
    order = Rectification.objects.create(
        recheck=row,
        title_id=row.title_id,
        enterprise_id=row.enterprise_id,
        district_id=row.district_id,
        state=ORDERED,
        number=number,
        ordered_by_id=actor.account,
        ordered_at=moment.at,
    )
    findings: Sequence[Mapping[str, Any]] = row.findings
    RectificationItem.objects.bulk_create(
        [
            RectificationItem(rectification=order, position=position, **finding)
            for position, finding in enumerate(findings, start=1)
        ]
    )
    record(
        actor=actor,
        event="rectification.order",
        subject=order,
        moment=moment,
        rule="R-37",
        after={"items": len(findings), "number": number},
    )
    enqueue(
        key=f"rectification-served:{order.public_id}",
        template="rectification_served",
        context={"count": len(findings), "public_id": order.public_id},
        to_enterprise=row.enterprise_id,
        subject=order,
        moment=moment,
    )
    return str(order.public_id)
