"""现场复核: planned by cycle, risk or a report (R-33, R-42); recorded; signed by a second person; reported (R-34)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.deadlines.services import meet_obligation, open_obligation
from apps.monitoring.models import Recheck, Rectification, RectificationItem
from apps.monitoring.services.shared import choices, words
from apps.monitoring.states import ORDERED, PLANNED, RECHECK_LIFE
from apps.notifications.services import enqueue
from apps.numbering.services import settle_number
from apps.policy.levels import Level, checked_score
from apps.policy.obligations import under_dynamic_management
from apps.policy.recheck import recheck_outcome
from apps.policy.separation import may_sign
from apps.titles import selectors as titles
from apps.titles import services as title_services

_TEXT = 2000
_PEOPLE = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right when the recheck fails."""

    code: str
    problem: str
    requirement: str
    evidence_wanted: str = ""


@dataclass(frozen=True, slots=True)
class RecheckResult:
    """What the visit found; `score` is 0–100 with two decimals, `vetoes` codes of basic requirements."""

    visited_on: date
    place: str
    people: Sequence[str]
    score: Decimal
    conclusion: str
    vetoes: Sequence[str] = ()
    findings: Sequence[Finding] = field(default_factory=tuple)


@transaction.atomic
def plan_recheck(
    *, actor: Actor, clock: Clock, title_public_id: str, planned_on: date, trigger: str, note: str = ""
) -> str:
    """Plan a recheck of a title under dynamic management; the enterprise is told.

    Args:
        actor: district or municipal 经办/签批.
        clock: the legal clock.
        title_public_id: a standing title of level 3A or above (parameter: also lower).
        planned_on: day of the visit, not in the past.
        trigger: `cycle`, `risk`, `report` or `change`.
        note: what triggered it; required unless `cycle`.

    Returns:
        The recheck's public id.

    Raises:
        Invalid: faulty date, trigger or note; the level is not monitored.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    if actor.role not in {Role.DISTRICT, Role.MUNICIPAL} or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("复核由属地或市局安排。")
    title = titles.title_file(actor=actor, public_id=title_public_id).row
    moment = clock.now()
    errors: dict[str, list[str]] = {}
    if planned_on < moment.on:
        errors["planned_on"] = ["计划日期不能早于今天。"]
    if trigger not in dict(Recheck.TRIGGERS):
        errors["trigger"] = ["请选择复核来源。"]
    text = clean_text(note, field="note", label="来源说明", limit=_TEXT, multiline=True)
    if trigger != Recheck.CYCLE and not text:
        errors["note"] = ["请说明触发复核的线索或事项。"]
    if errors:
        raise Invalid(errors)
    if not under_dynamic_management(Level(title.level), on=moment.on, parameters=choices(moment.on)):
        raise Invalid.of("", f"{title.level}A 级称号不在动态管理范围内。")
    title_services.change_title_state(
        actor=actor, moment=moment, title_public_id=title_public_id, event="start_recheck", note=text
    )
    row = Recheck.objects.create(
        title_id=title.id,
        enterprise_id=title.enterprise_id,
        district_id=title.district,
        trigger=trigger,
        trigger_note=text,
        state=PLANNED,
        planned_on=planned_on,
        planned_by_id=actor.account,
        planned_at=moment.at,
    )
    record(
        actor=actor,
        event="recheck.plan",
        subject=row,
        moment=moment,
        rule="R-42" if trigger == Recheck.REPORT else "R-33",
        after={"planned_on": planned_on, "trigger": trigger},
        note=text,
    )
    open_obligation(
        kind="monitoring.recheck",
        subject=row,
        rule="R-33",
        moment=moment,
        enterprise=None,
        district=title.district,
        due_on=planned_on,
        basis="按复核计划日期。",
        number=title.certificate_no,
        label=title.enterprise_name,
    )
    enqueue(
        key=f"recheck-planned:{row.public_id}",
        template="recheck_planned",
        context={**words(title), "visit_on": f"{planned_on:%Y-%m-%d}"},
        to_enterprise=title.enterprise_id,
        subject=row,
        moment=moment,
    )
    return str(row.public_id)


def locked_recheck(*, actor: Actor, public_id: str) -> Recheck:
    """Return a recheck locked for change.

    Raises:
        NotVisible: not in the actor's jurisdiction.
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
    return row


@transaction.atomic
def record_recheck(*, actor: Actor, clock: Clock, public_id: str, result: RecheckResult) -> None:
    """Record what the visit found; findings are kept whatever the outcome.

    Raises:
        Invalid: fewer than two people, a date in the future, a score outside 0–100, no conclusion,
            a failed recheck without anything to put right.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    row = locked_recheck(actor=actor, public_id=public_id)
    step = RECHECK_LIFE.step(row.state, "record", actor)
    moment = clock.now()
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
    try:
        checked_score(result.score)
    except (ValueError, TypeError):
        errors["score"] = ["复核得分应为 0 到 100 之间的数。"]
    if errors:
        raise Invalid(errors)
    outcome = recheck_outcome(
        result.score, level=Level(row.title.level), vetoes=result.vetoes, parameters=choices(moment.on)
    )
    if not outcome.passed and not result.findings:
        raise Invalid.of("findings", "复核不符合要求的，请逐项写明问题和整改要求。")
    row.visited_on, row.place = (
        result.visited_on,
        clean_text(result.place, field="place", label="地点", limit=200),
    )
    row.people, row.conclusion = people, conclusion
    row.score, row.vetoes, row.passed = result.score, list(result.vetoes), outcome.passed
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
        after={"score": result.score, "passed": outcome.passed, "threshold": outcome.threshold},
        note="".join(outcome.reasons) or conclusion,
    )
    enqueue(
        key=f"recheck-to-sign:{row.public_id}:{moment.at.isoformat()}",
        template="recheck_to_sign",
        context={"enterprise": row.title.enterprise_name, "public_id": row.public_id},
        to_district=row.district_id,
        subject=row,
        moment=moment,
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
    row.score, row.passed, row.visited_on = None, None, None
    row.save()
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
    if not row.passed and not number:
        raise Invalid.of("order_no", "复核不符合要求，请填写整改通知书文号。")
    row.state, row.signed_by_id, row.signed_at = step.target, actor.user_id, moment.at
    row.save()
    meet_obligation(kind="monitoring.recheck", subject=row, moment=moment)
    title_services.change_title_state(
        actor=actor,
        moment=moment,
        title_public_id=row.title.public_id,
        event="pass_recheck" if row.passed else "order_rectification",
        note=row.conclusion,
    )
    record(
        actor=actor,
        event="recheck.sign",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"passed": row.passed, "score": row.score},
    )
    enqueue(
        key=f"recheck-reported:{row.public_id}",
        template="recheck_reported",
        context={
            "district": row.district.name,
            "enterprise": row.title.enterprise_name,
            "conclusion": "符合评价要求" if row.passed else "不符合评价要求",
            "public_id": row.public_id,
        },
        to_municipal=True,
        subject=row,
        moment=moment,
    )
    return None if row.passed else _order(actor=actor, clock=clock, row=row, number=number)


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
