"""初评: form check passed, every item scored by one person, signed by another (R-14, R-15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from apps.applications import services as applications
from apps.audit.services import record
from apps.core.actor import Actor, Role
from apps.core.errors import Forbidden, Invalid, NotVisible, require
from apps.core.moment import Clock
from apps.core.text import clean_text
from apps.notifications.services import enqueue
from apps.policy.basic_requirements import requirements_for
from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.policy.review import difference_needs_reason, may_pass_form_check, may_submit_district_scores
from apps.policy.separation import may_sign
from apps.policy.verdict import Verdict
from apps.review.models import FormCheck, PreliminaryReview
from apps.review.services.cases import choices, jurisdiction, locked_case, sheet_case, words
from apps.review.services.holding import holder_before_scoring
from apps.review.services.supplementing import locked_review as _locked_review
from apps.review.services.supplementing import move_review
from apps.review.states import PRELIMINARY_LIFE, SCORING
from apps.scoring import selectors as score_sheets
from apps.scoring import services as scoring

_OPINION = 1000


@transaction.atomic
def pass_form_check(
    *, actor: Actor, clock: Clock, public_id: str, rows: Sequence[Mapping[str, Any]] = ()
) -> None:
    """The district finds the material complete: the form check (F-04) is kept and scoring opens.

    Args:
        actor: district staff.
        clock: the legal clock.
        public_id: of the application.
        rows: what was checked: item, complete (bool), problem.

    A case that came back from scoring for a supplement goes on where it was: its sheet, its scores and its 经办 stay.

    Raises:
        RuleBroken: a row is marked incomplete (R-14).
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    case = locked_case(actor=actor, public_id=public_id)
    moment = clock.now()
    applications.advance(application_id=case.id, event="pass_form_check", actor=actor, moment=moment)
    require(may_pass_form_check([str(row.get("item", "")) for row in rows if not row.get("complete")]))
    turn = FormCheck.objects.visible_to(actor).filter(application_id=case.id).count() + 1
    FormCheck.objects.create(
        **jurisdiction(case),
        turn=turn,
        rows=[dict(row) for row in rows],
        complete=True,
        checked_by_id=actor.account,
        checked_at=moment.at,
    )
    if PreliminaryReview.objects.visible_to(actor).filter(application_id=case.id).exists():
        move_review(_locked_review(actor=actor, application_id=case.id), "resume", actor=actor, moment=moment)
        return
    sheet = scoring.open_sheet(actor=actor, clock=clock, case=sheet_case(case), kind="district")
    # Whoever did the intake goes on with the case, when it is somebody who scores.
    scorer = holder_before_scoring(application_id=case.id)
    PreliminaryReview.objects.create(
        **jurisdiction(case),
        sheet_id=sheet.id,
        state=SCORING,
        scorer_id=scorer,
        claimed_at=moment.at if scorer is not None else None,
    )


@transaction.atomic
def claim_preliminary(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """The 经办 takes a case from the queue; nobody else may then write its scores.

    Raises:
        Forbidden: somebody else has it, or the actor is no 经办 of a district.
        NotVisible: gate 2.
    """
    case = locked_case(actor=actor, public_id=public_id)
    review = _locked_review(actor=actor, application_id=case.id)
    PRELIMINARY_LIFE.step(review.state, "submit", actor)
    if review.scorer_id not in {None, actor.user_id}:
        raise Forbidden("这一件已由其他经办人认领。需要接手时，请对方先释放。")
    moment = clock.now()
    review.scorer_id = actor.user_id
    review.claimed_at = moment.at
    review.save(update_fields=["scorer", "claimed_at"])
    record(actor=actor, event="preliminary.claim", subject=review, moment=moment, rule="R-15")


@transaction.atomic
def release_preliminary(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """The 经办 gives a case back to the queue; what was scored stays.

    Raises:
        Forbidden: it is not the actor's.
        NotVisible, WrongStep: gates 2–3.
    """
    case = locked_case(actor=actor, public_id=public_id)
    review = _own_review(actor=actor, application_id=case.id)
    review.scorer_id = None
    review.claimed_at = None
    review.save(update_fields=["scorer", "claimed_at"])
    record(actor=actor, event="preliminary.release", subject=review, moment=clock.now(), rule="R-15")


def _own_review(*, actor: Actor, application_id: int) -> PreliminaryReview:
    """Return the review in scoring that *actor* holds."""
    review = _locked_review(actor=actor, application_id=application_id)
    PRELIMINARY_LIFE.step(review.state, "submit", actor)
    if review.scorer_id != actor.user_id:
        raise Forbidden("请先认领这一件，再打分。")
    return review


def score_item(
    *, actor: Actor, clock: Clock, public_id: str, item_code: str, version: int, answer: Mapping[str, Any]
) -> scoring.SavedEntry:
    """Save the district's points of one item (autosave of the desk); one transaction, that of `scoring.save_entry`.

    Args:
        actor: the 经办 who claimed the case.
        clock: the legal clock.
        public_id: of the application.
        item_code: of the scheme.
        version: the entry's version the desk has; an older one is a conflict.
        answer: judged_points, not_applicable, reason.

    Raises:
        Conflict: somebody saved first; carries what is stored.
        Invalid: points outside 0…maximum, a missing reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    review = _scored_by(actor=actor, public_id=public_id)
    return scoring.save_entry(
        actor=actor,
        clock=clock,
        public_id=review.sheet.public_id,
        item_code=item_code,
        version=version,
        answer=answer,
    )


@transaction.atomic
def score_items(
    *,
    actor: Actor,
    clock: Clock,
    public_id: str,
    answers: Mapping[str, Mapping[str, Any]],
    versions: Mapping[str, int] | None = None,
) -> scoring.SavedSheet:
    """Save many items at once (the desk without scripts); all of them or none.

    Raises:
        Conflict, Invalid: see `scoring.save_entries`.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    review = _scored_by(actor=actor, public_id=public_id)
    return scoring.save_entries(
        actor=actor, clock=clock, public_id=review.sheet.public_id, answers=answers, versions=versions
    )


@transaction.atomic
def adopt_self_scores(
    *, actor: Actor, clock: Clock, public_id: str, item_codes: Sequence[str] | None = None
) -> scoring.SavedSheet:
    """Take the self-evaluation's points for the named items, or for all that are not scored yet.

    Returns:
        The sheet's new version, total and changed points.

    Raises:
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    review = _scored_by(actor=actor, public_id=public_id)
    return scoring.adopt_scores(
        actor=actor, clock=clock, public_id=review.sheet.public_id, item_codes=item_codes
    )


def _scored_by(*, actor: Actor, public_id: str) -> PreliminaryReview:
    """Return the open review of the case that *actor* holds, without locking the case: rows are locked one by one."""
    review: PreliminaryReview | None = (
        PreliminaryReview.objects.visible_to(actor)
        .select_related("sheet")
        .filter(application__public_id=public_id)
        .first()
    )
    if review is None:
        raise NotVisible
    PRELIMINARY_LIFE.step(review.state, "submit", actor)
    if review.scorer_id != actor.user_id:
        raise Forbidden("请先认领这一件，再打分。")
    return review


@transaction.atomic
def submit_preliminary(
    *, actor: Actor, clock: Clock, public_id: str, opinion: str, vetoes: Sequence[str] = ()
) -> None:
    """The 经办 hands the finished sheet to the signer.

    Args:
        actor: the 经办 who scored.
        clock: the legal clock.
        public_id: of the application.
        opinion: 初评意见.
        vetoes: codes of basic requirements the district found not met.

    Raises:
        RuleBroken: items unscored, differences without a reason, 不适用 unconfirmed (R-15).
        Invalid: no opinion, an unknown veto code.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(opinion, field="opinion", label="初评意见", limit=_OPINION, multiline=True)
    if not text:
        raise Invalid.of("opinion", "请填写初评意见。")
    case = locked_case(actor=actor, public_id=public_id)
    known = {requirement.code for requirement in requirements_for(Level(case.level))}
    if not set(vetoes) <= known:
        raise Invalid.of("vetoes", "查实的基本要求编号不在本级要求之内。")
    review = _own_review(actor=actor, application_id=case.id)
    step = PRELIMINARY_LIFE.step(review.state, "submit", actor)
    moment = clock.now()
    desk = score_sheets.compare_view(actor=actor, public_id=review.sheet.public_id)
    require(_complete(desk, choices(moment.on)))
    review.state = step.target
    review.opinion = text
    review.vetoes = list(vetoes)
    review.submitted_by_id = actor.user_id
    review.submitted_at = moment.at
    review.return_note = ""
    review.version += 1
    review.save()
    record(
        actor=actor,
        event="preliminary.submit",
        subject=review,
        moment=moment,
        rule=step.rule,
        after={"total": desk.total_text, "vetoes": list(vetoes)},
        note=text,
    )
    enqueue(
        key=f"prelim-to-sign:{review.public_id}:{review.version}",
        template="prelim_to_sign",
        context={**words(case), "score": desk.total_text},
        to_district=case.district,
        subject=review,
        moment=moment,
    )


def _complete(desk: score_sheets.CompareView, parameters: Parameters) -> Verdict:
    """Return whether every item is scored, every difference reasoned and every 不适用 confirmed (R-15)."""
    rows = [row for dimension in desk.dimensions for group in dimension.groups for row in group.rows]
    unreasoned = [
        row.code
        for row in rows
        if row.baseline is not None
        and row.baseline.points is not None
        and row.own.points is not None
        and difference_needs_reason(
            self_score=row.baseline.points, district_score=row.own.points, parameters=parameters
        )
        and not row.own.reason
    ]
    return may_submit_district_scores(
        unscored=desk.unanswered,
        unreasoned=unreasoned,
        unconfirmed_not_applicable=[
            row.code for row in rows if row.claims_not_applicable and not row.answered
        ],
    )


@transaction.atomic
def return_preliminary(*, actor: Actor, clock: Clock, public_id: str, note: str) -> None:
    """The signer sends the sheet back to the 经办 with the reason.

    Raises:
        Invalid: no reason.
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    text = clean_text(note, field="note", label="退回原因", limit=_OPINION, multiline=True)
    if not text:
        raise Invalid.of("note", "请写明退回重评的原因。")
    case = locked_case(actor=actor, public_id=public_id)
    review = _locked_review(actor=actor, application_id=case.id)
    step = PRELIMINARY_LIFE.step(review.state, "return", actor)
    moment = clock.now()
    review.state = step.target
    review.return_note = text
    review.submitted_by_id = None
    review.submitted_at = None
    review.version += 1
    review.save()
    record(actor=actor, event="preliminary.return", subject=review, moment=moment, rule=step.rule, note=text)
    enqueue(
        key=f"prelim-returned:{review.public_id}:{review.version}",
        template="prelim_returned",
        context={**words(case), "reason": text},
        to_district=case.district,
        subject=review,
        moment=moment,
    )


@transaction.atomic
def sign_preliminary(*, actor: Actor, clock: Clock, public_id: str) -> scoring.SignedSheet:
    """A second person signs: the sheet is frozen and its digest audited; whatever follows cannot change it.

    Raises:
        RuleBroken: the signer scored or submitted it (R-15).
        NotVisible, Forbidden, WrongStep: gates 1–3.
    """
    if actor.role is not Role.DISTRICT:
        raise Forbidden("初评由属地签批人签批。")
    case = locked_case(actor=actor, public_id=public_id)
    review = _locked_review(actor=actor, application_id=case.id)
    step = PRELIMINARY_LIFE.step(review.state, "sign", actor)
    scorers = score_sheets.scorers_of(actor=actor, public_id=review.sheet.public_id)
    require(may_sign(prepared_by={*scorers, review.submitted_by_id}, signer=actor.user_id))
    moment = clock.now()
    signed = scoring.sign_sheet(actor=actor, clock=clock, public_id=review.sheet.public_id)
    review.state = step.target
    review.signed_by_id = actor.user_id
    review.signed_at = moment.at
    review.signed_total = signed.total
    review.version += 1
    review.save()
    record(
        actor=actor,
        event="preliminary.sign",
        subject=review,
        moment=moment,
        rule=step.rule,
        after={"total": signed.total, "digest": signed.digest},
    )
    applications.advance(
        application_id=case.id,
        event="sign_preliminary",
        actor=actor,
        moment=moment,
        facts={
            "prelim_total": signed.total,
            "prelim_by_id": review.submitted_by_id,
            "prelim_signed_by_id": actor.user_id,
        },
    )
    return signed
