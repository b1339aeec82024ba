"""属地评定: 1A and 2A are decided by the district; a 3A application below 80 may become one (R-02, R-06, R-18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from apps.applications import selectors as application_cases
from apps.applications import services as applications
from apps.applications.selectors import CaseRow
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep, require
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.numbering.services import settle_number
from apps.policy.award import may_decide_after_district_notice
from apps.policy.levels import Level, Tier, decide_level, may_decide_level
from apps.policy.recommendation import Below80, below80_outcome, silence_declines_conversion
from apps.policy.separation import may_sign
from apps.review.models import PreliminaryReview, Ruling
from apps.review.services.cases import choices, jurisdiction, locked_case, words
from apps.review.services.district_notices import entry_of, objection_states, term_of, upheld_conclusion
from apps.review.states import PROPOSED, RULING_LIFE
from apps.scoring import selectors as score_sheets
from apps.scoring import services as scoring
from apps.titles import selectors as titles
from apps.titles import services as title_services

_TEXT = 1000
#: What the register says of the number; one document may decide on several enterprises.
_PURPOSE = "评定1A、2A级绿色工厂"
_PRELIM_SIGNED, _DISTRICT_DECISION, _OFFERED = "prelim_signed", "district_decision", "conversion_offered"
#: The highest level a district decides (方案五（一）).
_DISTRICT_TOP = Level.A2


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the score leads to: the outcome in one word, the level, the total, and how it came about."""

    outcome: str
    level: int | None
    total: str
    advice: tuple[str, ...]


def _prelim(actor: Actor, case: CaseRow) -> PreliminaryReview:
    review: PreliminaryReview | None = (
        PreliminaryReview.objects.visible_to(actor).filter(application_id=case.id).first()
    )
    if review is None or review.signed_total is None:
        raise WrongStep("初评尚未签批。")
    return review


@transaction.atomic
def propose_ruling(*, actor: Actor, clock: Clock, public_id: str, reason: str = "") -> Proposal:
    """The 经办 proposes what the signed score gives: a level, keeping the one held, or none.

    A 3A application below 80 is first offered to the enterprise as a 1A/2A evaluation (DECISIONS 6); after its
    consent this proposes the level.

    Raises:
        WrongStep: the preliminary score is not signed, a proposal exists already, or the case is elsewhere.
        NotVisible, Forbidden: gates 1–2.
    """
    case = locked_case(actor=actor, public_id=public_id)
    if actor.role is not Role.DISTRICT or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("评定建议由属地经办提出。")
    review = _prelim(actor, case)
    if Ruling.objects.visible_to(actor).filter(application_id=case.id).exists():
        raise WrongStep("评定建议已经提出，请等待签批。")
    moment = clock.now()
    parameters = choices(moment.on)
    total = review.signed_total
    assert total is not None  # noqa: S101  (checked by _prelim; a database constraint repeats it)
    result = score_sheets.sheet_result(actor=actor, public_id=review.sheet.public_id)
    decision = decide_level(total, zero_mandatory=result.mandatory_zero, parameters=parameters)
    if case.level == Level.A3 and case.state == _PRELIM_SIGNED:
        return _offer(actor, clock, case, review)
    standing = titles.standing_of(actor=actor, enterprise_id=case.enterprise_id)
    level = None if review.vetoes or decision.level is None else min(decision.level, _DISTRICT_TOP)
    keeps = level is not None and standing.holds_at_least(level)
    if case.state == _PRELIM_SIGNED:
        applications.advance(
            application_id=case.id, event="start_district_decision", actor=actor, moment=moment
        )
    elif case.state != _DISTRICT_DECISION:
        raise WrongStep(f"当前状态为「{case.state_label}」，不能提出评定建议。")
    row = Ruling.objects.create(
        **jurisdiction(case),
        state=PROPOSED,
        level=None if keeps else level,
        total=total,
        converted=case.level == Level.A3,
        reason=clean_text(reason, field="reason", label="理由", limit=_TEXT, multiline=True)
        or _why(level, keeps=keeps, review=review),
        proposed_by_id=actor.account,
        proposed_at=moment.at,
    )
    record(
        actor=actor,
        event="ruling.propose",
        subject=row,
        moment=moment,
        rule="R-06",
        after={"level": row.level, "total": total, "keeps": keeps},
        note=row.reason,
    )
    enqueue(
        key=f"ruling-to-sign:{row.public_id}",
        template="ruling_to_sign",
        context={**words(case), "outcome": row.reason},
        to_district=case.district,
        subject=row,
        moment=moment,
    )
    outcome = "keep" if keeps else ("decide" if level is not None else "decline")
    return Proposal(outcome, row.level, f"{total:.2f}", decision.advice)


def _why(level: Level | None, *, keeps: bool, review: PreliminaryReview) -> str:
    if review.vetoes:
        return f"查实不符合基本要求：{'、'.join(review.vetoes)}。"
    if level is None:
        return f"初评得分 {review.signed_total:.2f} 分，未达到 60 分。"
    if keeps:
        return f"初评得分 {review.signed_total:.2f} 分，企业已持有 {level.label} 或更高等级，结论为维持。"
    return f"初评得分 {review.signed_total:.2f} 分，对应 {level.label}。"


def _offer(actor: Actor, clock: Clock, case: CaseRow, review: PreliminaryReview) -> Proposal:
    """Offer the enterprise a 1A/2A evaluation of its 3A application, or say what else becomes of it."""
    moment = clock.now()
    parameters = choices(moment.on)
    standing = titles.standing_of(actor=actor, enterprise_id=case.enterprise_id)
    total = review.signed_total
    assert total is not None  # noqa: S101  (checked by _prelim)
    try:
        outcome = below80_outcome(
            total, standing=standing, consent=None, vetoes=review.vetoes, parameters=parameters
        )
    except ValueError:
        raise WrongStep("初评 80 分以上的申报列入推荐名单，不转为本级评定。") from None
    if outcome.outcome is Below80.CONVERT and outcome.level is not None:
        applications.advance(application_id=case.id, event="offer_conversion", actor=actor, moment=moment)
        enqueue(
            key=f"conversion-offered:{case.public_id}:{case.version}",
            template="conversion_offered",
            context={
                **words(case),
                "level": outcome.level.label,
                "score": f"{total:.2f}",
                "due": application_cases.conversion_due_on(actor=actor, public_id=case.public_id),
            },
            to_enterprise=case.enterprise_id,
            subject=review,
            moment=moment,
        )
        # Who is asked must be able to read where the points went: the sheet is signed and changes no more.
        scoring.release_sheets(
            actor=actor, clock=clock, application_id=case.id, kinds={"district"}, to="enterprise"
        )
    return Proposal(outcome.outcome.value, outcome.level, f"{total:.2f}", ())


@transaction.atomic
def close_below_80(*, actor: Actor, clock: Clock, public_id: str) -> str:
    """The signer closes a 3A application below 80 that is not converted: kept, refused or never answered (R-18).

    Returns:
        The event taken: `keep_level`, `refuse_level`, or `not_recommend` where the enterprise was asked and its term
        to answer has passed.

    Raises:
        WrongStep: 80 or more, or a conversion should be offered first.
        RuleBroken: the signer scored it; the enterprise may still answer.
        NotVisible, Forbidden: gates 1–2.
    """
    case = locked_case(actor=actor, public_id=public_id)
    review = _prelim(actor, case)
    require(may_sign(prepared_by={review.submitted_by_id}, signer=actor.user_id))
    moment = clock.now()
    standing = titles.standing_of(actor=actor, enterprise_id=case.enterprise_id)
    total = review.signed_total
    assert total is not None  # noqa: S101  (checked by _prelim)
    try:
        outcome = below80_outcome(
            total, standing=standing, consent=None, vetoes=review.vetoes, parameters=choices(moment.on)
        )
    except ValueError:
        raise WrongStep("初评 80 分以上的申报列入推荐名单。") from None
    level: Level | None = None
    if case.state == _OFFERED:
        due_on = application_cases.conversion_due_on(actor=actor, public_id=public_id)
        if due_on is not None:
            require(silence_declines_conversion(answer_due_on=due_on, on=moment.on))
        event, template = "not_recommend", "not_recommended"
        reason = f"初评得分 {total:.2f} 分，企业在规定期限内未答复是否转为本级评定。"
    elif outcome.outcome is Below80.CONVERT:
        raise WrongStep("该企业可转为本级评定，请先征求企业意见。")
    else:
        keep, level = outcome.outcome is Below80.KEEP, outcome.level
        event, template = ("keep_level", "level_kept") if keep else ("refuse_level", "not_awarded")
        reason = _why(level, keeps=keep, review=review)
    applications.advance(
        application_id=case.id,
        event=event,
        actor=actor,
        moment=moment,
        note=reason,
        facts={"decision_note": reason},
    )
    _tell_closed(case, clock, template, level=level, reason=reason)
    scoring.release_sheets(
        actor=actor, clock=clock, application_id=case.id, kinds={"district"}, to="enterprise"
    )
    return event


def _tell_closed(case: CaseRow, clock: Clock, template: str, *, level: Level | None, reason: str) -> None:
    enqueue(
        key=f"district-closed:{case.public_id}",
        template=template,
        context={**words(case), "level": level.label if level else "", "reason": reason},
        to_enterprise=case.enterprise_id,
        moment=clock.now(),
    )


@transaction.atomic
def sign_ruling(
    *, actor: Actor, clock: Clock, public_id: str, document_no: str = "", decided_on: date | None = None
) -> str:
    """The signer decides what was proposed: award the level, keep the one held, or refuse.

    Args:
        actor: the district's signer, not the proposer.
        clock: the legal clock.
        public_id: of the application.
        document_no: 文号, required when a level is awarded.
        decided_on: date of the decision; default today.

    Returns:
        The application event taken (`decide_level`, `keep_level` or `refuse_level`).

    Raises:
        RuleBroken: another tier's level, another district, the signer's own proposal (R-06, R-15), or a notice that is
            missing, still running or has an open objection where the bureau asks for one (R-24, R-25).
        Invalid: no document number; a date in the future.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case = locked_case(actor=actor, public_id=public_id)
    row: Ruling | None = (
        Ruling.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(application_id=case.id)
        .first()
    )
    if row is None:
        raise NotVisible
    moment = clock.now()
    on = decided_on or moment.on
    if on > moment.on:
        raise Invalid.of("decided_on", "评定日期不能晚于今天。")
    prelim = _prelim(actor, case)
    require(may_sign(prepared_by={row.proposed_by_id, prelim.submitted_by_id}, signer=actor.user_id))
    entry = entry_of(row)
    found = upheld_conclusion(entry)
    if found:
        row.level, row.reason = None, f"属地公示期间异议成立：{found}"
    if row.level is None:
        return _sign_without_level(actor, clock, case, row, on)
    step = RULING_LIFE.step(row.state, "decide", actor)
    require(
        may_decide_after_district_notice(
            required=choices(moment.on).district_publicity,
            term=term_of(entry) if entry is not None else None,
            on=moment.on,
            objections=objection_states(entry) if entry is not None else (),
        )
    )
    level = Level(row.level)
    require(
        may_decide_level(
            level=level, tier=Tier.DISTRICT, own_district=actor.district, case_district=case.district
        )
    )
    number = clean_text(document_no, field="document_no", label="文号", limit=60)
    if not number:
        raise Invalid.of("document_no", "请填写评定文号。")
    number = settle_number(
        actor=actor, moment=moment, text=number, purpose=_PURPOSE, field="document_no", shared=True
    )
    row.state, row.document_no, row.decided_by_id, row.decided_on = step.target, number, actor.user_id, on
    row.save()
    applications.advance(
        application_id=case.id,
        event="decide_level",
        actor=actor,
        moment=moment,
        facts={
            "decided_level": row.level,
            "decided_on": on,
            "document_no": number,
            "decision_note": row.reason,
        },
    )
    title_services.award_title(
        actor=actor,
        moment=moment,
        enterprise_id=case.enterprise_id,
        district=case.district,
        level=row.level,
        awarded_on=on,
        document_no=number,
        source_type="ruling",
        source_public_id=row.public_id,
    )
    record(
        actor=actor,
        event="ruling.decide",
        subject=row,
        moment=moment,
        rule=step.rule,
        after={"level": row.level, "document_no": number},
    )
    scoring.release_sheets(
        actor=actor, clock=clock, application_id=case.id, kinds={"district"}, to="enterprise"
    )
    enqueue(
        key=f"level-awarded:{case.public_id}",
        template="level_awarded",
        context={**words(case), "level": level.label},
        to_enterprise=case.enterprise_id,
        subject=row,
        moment=moment,
    )
    return "decide_level"


def _sign_without_level(actor: Actor, clock: Clock, case: CaseRow, row: Ruling, on: date) -> str:
    """Keep the level held, or refuse; a ruling without a level is one of the two."""
    step = RULING_LIFE.step(row.state, "decline", actor)
    moment = clock.now()
    review = _prelim(actor, case)
    standing = titles.standing_of(actor=actor, enterprise_id=case.enterprise_id)
    decision = decide_level(row.total, parameters=choices(moment.on))
    level = None if decision.level is None else min(decision.level, _DISTRICT_TOP)
    keep = not review.vetoes and level is not None and standing.holds_at_least(level)
    row.state, row.decided_by_id, row.decided_on = step.target, actor.user_id, on
    row.save()
    event = "keep_level" if keep else "refuse_level"
    applications.advance(
        application_id=case.id,
        event=event,
        actor=actor,
        moment=moment,
        note=row.reason,
        facts={"decision_note": row.reason},
    )
    record(actor=actor, event="ruling.decline", subject=row, moment=moment, rule=step.rule, note=row.reason)
    scoring.release_sheets(
        actor=actor, clock=clock, application_id=case.id, kinds={"district"}, to="enterprise"
    )
    _tell_closed(case, clock, "level_kept" if keep else "not_awarded", level=level, reason=row.reason)
    return event
