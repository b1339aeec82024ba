"""评分更正: after an accepted objection, marks change only by a previewed correction that a second person approves.

The corrected points make a new signed turn of every expert's sheet; the old turns stay. A candidate whose corrected
figure no longer reaches 80 points ends there and leaves the published list by a 更正公示 (R-22, R-24, R-25).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal

from django.db import transaction

from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock, Moment
from apps.core.text import clean_text
from apps.deadlines.services import meet_obligation
from apps.notifications.services import enqueue
from apps.policy.award import after_correction
from apps.policy.separation import may_sign
from apps.publicity.models import MarkCorrection, Notice, NoticeEntry, Objection
from apps.publicity.selectors.marks import CorrectionPreview, correction_preview
from apps.publicity.services.cases import choices, jurisdiction, words
from apps.publicity.services.objections import end_case, locked_objection, resume
from apps.publicity.states import (
    ACCEPTED,
    CORRECTION_LIFE,
    CORRECTION_PROPOSED,
    DRAFT,
    OBJECTION_LIFE,
)
from apps.review import services as review

_TEXT = 500
_CONCLUSION = 2000
_OBJECTION = "objection"


@transaction.atomic
def propose_correction(
    *,
    actor: Actor,
    clock: Clock,
    objection_public_id: str,
    points: Mapping[str, Decimal],
    reason: str,
) -> str:
    """The 经办 proposes new points for named items of the experts' sheets; nothing changes yet.

    Args:
        actor: 经办 of the city's bureau.
        clock: the legal clock.
        objection_public_id: an accepted objection to the candidate.
        points: item code → points that every member's sheet shall have.
        reason: what the inquiry has found, kept with every corrected item.

    Returns:
        The correction's public id.

    Raises:
        Invalid: no items, impossible points (by item code), nothing that differs, no reason.
        WrongStep: the objection is not under inquiry, or a proposal already waits.
        NotVisible, Forbidden: gates 1–2.
    """
    if actor.role is not Role.MUNICIPAL or not actor.has(Duty.HANDLER):
        raise Forbidden("评分更正由市局经办提出。")
    why = clean_text(reason, field="reason", label="更正理由", limit=_TEXT, multiline=True)
    errors: dict[str, list[str]] = {}
    if not points:
        errors["points"] = ["请至少填写一个条目更正后的分值。"]
    if not why:
        errors["reason"] = ["请写明更正理由。"]
    if errors:
        raise Invalid(errors)
    objection = locked_objection(actor=actor, public_id=objection_public_id)
    if objection.state != ACCEPTED:
        raise WrongStep(f"当前状态为「{OBJECTION_LIFE.label(objection.state)}」，不能更正评分。")
    case = applications.lock_application(actor=actor, application_id=objection.application_id)
    if MarkCorrection.objects.filter(application_id=case.id, state=CORRECTION_PROPOSED).exists():
        raise WrongStep("该企业已有待批准的评分更正，请先办结。")
    moment = clock.now()
    preview = correction_preview(actor=actor, application_id=case.id, points=points, moment=moment)
    if all(line.unchanged for line in preview.lines):
        raise Invalid.of("points", "更正后的分值与现有分值相同。")
    row = MarkCorrection.objects.create(
        objection=objection,
        **jurisdiction(case),
        state=CORRECTION_PROPOSED,
        changes=[
            {"code": line.code, "name": line.name, "points": str(line.points), "before": _texts(line.given)}
            for line in preview.lines
        ],
        base={member.sheet: member.digest for member in preview.members},
        reason=why,
        total_before=preview.before,
        total_after=preview.after,
        stays=preview.stays,
        proposed_by_id=actor.account,
        proposed_at=moment.at,
    )
    record(
        actor=actor,
        event="correction.propose",
        subject=row,
        moment=moment,
        rule="R-25",
        before={"total": preview.before},
        after={"total": preview.after, "changes": row.changes},
        note=why,
    )
    enqueue(
        key=f"correction-to-approve:{row.public_id}",
        template="correction_to_approve",
        context={
            **words(case),
            "before": f"{preview.before:.2f}",
            "after": f"{preview.after:.2f}",
            "public_id": row.public_id,
        },
        to_municipal=True,
        subject=row,
        moment=moment,
    )
    return str(row.public_id)


@transaction.atomic
def return_correction(*, actor: Actor, clock: Clock, public_id: str, reason: str) -> None:
    """The second person does not approve a proposal; the objection stays under inquiry.

    Raises:
        Invalid: no reason.
        RuleBroken: the proposer (R07).
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(reason, field="reason", label="退回理由", limit=_TEXT, multiline=True)
    if not text:
        raise Invalid.of("reason", "请写明退回的理由。")
    row = _locked(actor=actor, public_id=public_id)
    step = CORRECTION_LIFE.step(row.state, "return", actor)
    require(may_sign(prepared_by={row.proposed_by_id}, signer=actor.user_id))
    moment = clock.now()
    row.state, row.decided_by_id, row.decided_at = step.target, actor.user_id, moment.at
    row.decision_note = text
    row.save()
    record(actor=actor, event="correction.return", subject=row, moment=moment, rule=step.rule, note=text)


@transaction.atomic
def approve_correction(*, actor: Actor, clock: Clock, public_id: str, conclusion: str) -> bool:
    """The second person approves: new signed sheets, the panel's new figure, the objection concluded.

    From 80 the candidate goes on where it was; below, its case ends (不予评定), its entry is taken off the notice, and
    a 更正公示 that says so is drafted for the signing chain in the proposer's name.

    Args:
        actor: 签批 of the city's bureau, another person than the proposer and than who accepted the objection.
        clock: the legal clock.
        public_id: of the proposal.
        conclusion: of the inquiry; the objector and the enterprise read it.

    Returns:
        Whether the candidate goes on.

    Raises:
        RuleBroken: not a second person (R07).
        Conflict: the sheets are not those that were previewed.
        Invalid: no conclusion.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(conclusion, field="conclusion", label="核查结论", limit=_CONCLUSION, multiline=True)
    if not text:
        raise Invalid.of("conclusion", "请填写核查结论。")
    row = _locked(actor=actor, public_id=public_id)
    step = CORRECTION_LIFE.step(row.state, "approve", actor)
    objection = locked_objection(actor=actor, public_id=row.objection.public_id)
    settled = OBJECTION_LIFE.step(objection.state, "correct", actor)
    require(may_sign(prepared_by={row.proposed_by_id, objection.handled_by_id}, signer=actor.user_id))
    case = applications.lock_application(actor=actor, application_id=row.application_id)
    if case.state != _OBJECTION:
        raise WrongStep(f"当前状态为「{case.state_label}」，不能更正评分。")
    moment = clock.now()
    points = {change["code"]: Decimal(change["points"]) for change in row.changes}
    preview = correction_preview(actor=actor, application_id=case.id, points=points, moment=moment)
    if {member.sheet: member.digest for member in preview.members} != row.base:
        raise Conflict("专家评分表在提出更正后已有变化，请退回并重新提出。", current={"base": row.base})
    done = review.correct_panel(
        actor=actor, clock=clock, application_id=case.id, points=points, reason=row.reason
    )
    outcome = after_correction(done.after, choices(moment.on))
    applications.advance(
        application_id=case.id,
        event="correct_marks",
        actor=actor,
        moment=moment,
        note=row.reason,
        facts={"panel_total": done.after},
    )
    row.state, row.decided_by_id, row.decided_at = step.target, actor.user_id, moment.at
    row.decision_note, row.total_after, row.stays = text, done.after, outcome.stays
    row.renewed = [
        {**asdict(sheet), "before": str(sheet.before), "after": str(sheet.after)} for sheet in done.sheets
    ]
    row.save()
    objection.state, objection.concluded_by_id, objection.concluded_at = (
        settled.target,
        actor.user_id,
        moment.at,
    )
    objection.conclusion = text
    objection.save()
    meet_obligation(kind="publicity.objection", subject=objection, moment=moment)
    record(
        actor=actor,
        event="correction.approve",
        subject=row,
        moment=moment,
        rule=step.rule,
        before={"total": done.before, "sheets": [sheet.old for sheet in done.sheets]},
        after={
            "total": done.after,
            "sheets": [sheet.new for sheet in done.sheets],
            "stays": outcome.stays,
        },
        note=text,
    )
    _take_effect(actor=actor, clock=clock, row=row, objection=objection, case=case)
    enqueue(
        key=f"marks-corrected:{row.public_id}",
        template="marks_corrected",
        context={
            **words(case),
            "before": f"{done.before:.2f}",
            "after": f"{done.after:.2f}",
            "effect": "评定程序继续" if outcome.stays else "未达到80分，不予评定",
        },
        to_enterprise=case.enterprise_id,
        subject=row,
        moment=moment,
    )
    return outcome.stays


def _take_effect(
    *, actor: Actor, clock: Clock, row: MarkCorrection, objection: Objection, case: CaseRow
) -> None:
    """Let the case go on, or end it and draft the notice by which it leaves the list."""
    moment = clock.now()
    if not row.stays:
        note = f"经异议核查更正评分，专家组得分{row.total_after}分，未达到80分。{row.decision_note}"
        end_case(actor=actor, clock=clock, row=objection, reason=note)
        _draft_removal(actor=actor, row=row, entry=objection.entry, case=case, moment=moment)
        return
    others = Objection.objects.visible_to(actor).filter(application_id=case.id, state=ACCEPTED)
    if not others.exists():
        applications.advance(
            application_id=case.id,
            event="settle_objection",
            actor=actor,
            moment=moment,
            note=row.decision_note,
        )
    resume(clock=clock, row=objection, then=actor)


def _draft_removal(
    *, actor: Actor, row: MarkCorrection, entry: NoticeEntry, case: CaseRow, moment: Moment
) -> None:
    """Draft the 更正公示 that takes one enterprise off a published list; it goes the usual way of three signatures."""
    old = Notice.objects.visible_to(actor).get(pk=entry.notice_id)
    notice = Notice.objects.create(
        round_id=old.round_id,
        kind=Notice.CORRECTION,
        corrects=old,
        state=DRAFT,
        title=f"关于更正《{old.title}》的公示"[:120],
        basis=old.basis,
        reason="经异议核查，所列企业评估得分更正后未达到80分，移出拟评定名单；名单中其他企业不受影响。",
        removed=[
            {
                "企业名称": entry.enterprise_name,
                "统一社会信用代码": entry.uscc,
                "所在地区": entry.district_name,
            }
        ],
        contact_person=old.contact_person,
        contact_phone=old.contact_phone,
        contact_email=old.contact_email,
        contact_address=old.contact_address,
        supervision_phone=old.supervision_phone,
        drafted_by_id=row.proposed_by_id,
        drafted_at=moment.at,
    )
    record(
        actor=actor,
        event="notice.correct",
        subject=old,
        moment=moment,
        rule="R-24",
        after={"correction": notice.public_id, "removed": [case.enterprise_name]},
        note=notice.reason,
    )


def _locked(*, actor: Actor, public_id: str) -> MarkCorrection:
    row: MarkCorrection | None = (
        MarkCorrection.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("objection")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


def _texts(given: Mapping[str, Decimal | None]) -> dict[str, str | None]:
    return {sheet: None if value is None else str(value) for sheet, value in given.items()}


def preview_of(
    *, actor: Actor, clock: Clock, objection_public_id: str, points: Mapping[str, Decimal]
) -> CorrectionPreview:
    """Return what a correction would do, for the proposer before it is sent; nothing is written.

    Raises:
        Invalid: impossible points, keyed by item code.
        NotVisible, Forbidden: not in sight, not the city's 经办.
    """
    if actor.role is not Role.MUNICIPAL:
        raise Forbidden("评分更正由市局办理。")
    row = Objection.objects.visible_to(actor).filter(public_id=objection_public_id).first()
    if row is None:
        raise NotVisible
    return correction_preview(
        actor=actor, application_id=row.application_id, points=points, moment=clock.now()
    )
