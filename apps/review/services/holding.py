"""Who is on a case: taking it, giving it to a colleague, putting it back (承办、分派、释放)."""

from __future__ import annotations

from django.db import transaction

from apps.accounts import selectors as accounts
from apps.applications.selectors import CaseRow
from apps.applications.states import FORM_CHECK, PRELIM, SUBMITTED, SUPPLEMENTING
from apps.audit.services import record
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import Conflict, Forbidden, Invalid, WrongStep
from apps.core.moment import Clock, Moment
from apps.notifications.services import enqueue
from apps.review.casework_models import CaseHolder, CaseRemark, ReturnMark, SitePhoto
from apps.review.models import PreliminaryReview
from apps.review.services.cases import jurisdiction, locked_case, words
from apps.review.states import SCORING

#: States in which somebody of the district is on the case before its scoring.
INTAKE = frozenset({SUBMITTED, FORM_CHECK, SUPPLEMENTING})


@transaction.atomic
def take_case(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Somebody of the district takes a case that nobody is on; taking one's own again changes nothing.

    Raises:
        Conflict: somebody else has it (says who).
        Forbidden: not staff of a district.
        NotVisible, WrongStep: gates 2–3.
    """
    _require_staff(actor)
    case = locked_case(actor=actor, public_id=public_id)
    present = _present_holder(actor, case)
    if present == actor.user_id:
        return
    if present is not None:
        raise Conflict(f"{_name(present)}已在办这一件，没有重复认领。需要接手时，请对方释放或由负责人分派。")
    _give(actor, case, clock.now(), to=actor.account, event="case.take")


@transaction.atomic
def assign_case(*, actor: Actor, clock: Clock, public_id: str, user_id: int) -> None:
    """The district's signer gives a case to a colleague who handles cases; what was done so far stays.

    Args:
        actor: the signer (负责人).
        clock: the legal clock.
        public_id: of the application.
        user_id: account of an active 经办 of the same district.

    Raises:
        Forbidden: not the signer.
        Invalid: no such 经办 in this district.
        NotVisible, WrongStep: gates 2–3.
    """
    if actor.role is not Role.DISTRICT or not actor.has(Duty.SIGNER):
        raise Forbidden("分派由本属地负责人办理。")
    case = locked_case(actor=actor, public_id=public_id)
    staff = accounts.staff(actor=actor, role=Role.DISTRICT, district=actor.district, duty=Duty.HANDLER)
    if user_id not in {person.id for person in staff}:
        raise Invalid.of("user", "请选择本属地的经办人。")
    if _present_holder(actor, case) == user_id:
        return
    moment = clock.now()
    _give(actor, case, moment, to=user_id, event="case.assign")
    enqueue(
        key=f"case-assigned:{case.public_id}:{user_id}:{moment.at.isoformat()}",
        template="case_assigned",
        context={**words(case), "state": case.state_label},
        to_user=user_id,
        moment=moment,
    )


@transaction.atomic
def release_case(*, actor: Actor, clock: Clock, public_id: str) -> None:
    """Whoever is on a case puts it back; the signer may do it for an absent colleague.

    Raises:
        Forbidden: somebody else has it.
        NotVisible, WrongStep: gates 2–3.
    """
    _require_staff(actor)
    case = locked_case(actor=actor, public_id=public_id)
    present = _present_holder(actor, case)
    if present is None:
        return
    if present != actor.user_id and not actor.has(Duty.SIGNER):
        raise Forbidden(f"{_name(present)}在办这一件，由其本人或负责人释放。")
    _give(actor, case, clock.now(), to=None, event="case.release")


def holder_before_scoring(*, application_id: int) -> int | None:
    """Return who was on the case during intake, if it is somebody who scores (for the opening of the scoring)."""
    found = CaseHolder.objects.filter(application_id=application_id).values_list(
        "holder_id", "holder__duties", "holder__is_active"
    )
    row = found.first()
    return row[0] if row is not None and row[2] and Duty.HANDLER.value in row[1] else None


def follow_transfer(application_id: int, district: str) -> None:
    """A case handed over: its remarks and photos go along, nobody is on it, the old office's return list is void."""
    CaseRemark.objects.filter(application_id=application_id).update(district_id=district)
    SitePhoto.objects.filter(application_id=application_id).update(district_id=district)
    CaseHolder.objects.filter(application_id=application_id).update(district_id=district, holder=None)
    ReturnMark.objects.filter(application_id=application_id).delete()


def _require_staff(actor: Actor) -> None:
    if actor.role is not Role.DISTRICT or not actor.has(Duty.HANDLER, Duty.SIGNER):
        raise Forbidden("这一步由属地工作人员办理。")


def _present_holder(actor: Actor, case: CaseRow) -> int | None:
    """Return who is on the case; refuse cases that the district does not work on now."""
    found: int | None
    if case.state == PRELIM:
        review = _open_review(actor, case)
        return review.scorer_id
    if case.state not in INTAKE:
        raise WrongStep(f"当前状态为「{case.state_label}」，不需要认领或分派。")
    found = (
        CaseHolder.objects.visible_to(actor)
        .filter(application_id=case.id)
        .values_list("holder_id", flat=True)
        .first()
    )
    return found


def _open_review(actor: Actor, case: CaseRow) -> PreliminaryReview:
    review: PreliminaryReview | None = (
        PreliminaryReview.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(application_id=case.id)
        .first()
    )
    if review is None or review.state != SCORING:
        raise WrongStep("初评已提交签批，不需要认领或分派。")
    return review


def _give(actor: Actor, case: CaseRow, moment: Moment, *, to: int | None, event: str) -> None:
    if case.state == PRELIM:
        review = _open_review(actor, case)
        before = review.scorer_id
        review.scorer_id = to
        review.claimed_at = moment.at if to is not None else None
        review.save(update_fields=["scorer", "claimed_at"])
        _recorded(actor, review, moment, event, before, to)
        return
    row = (
        CaseHolder.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .filter(application_id=case.id)
        .first()
    )
    before = row.holder_id if row is not None else None
    if row is None:
        row = CaseHolder(**jurisdiction(case))
    row.holder_id, row.given_by_id, row.since = to, actor.account, moment.at
    row.save()
    _recorded(actor, row, moment, event, before, to)


def _recorded(
    actor: Actor,
    subject: CaseHolder | PreliminaryReview,
    moment: Moment,
    event: str,
    before: int | None,
    after: int | None,
) -> None:
    names = accounts.names_of(user_ids=[one for one in (before, after) if one is not None])
    record(
        actor=actor,
        event=event,
        subject=subject,
        moment=moment,
        rule="R-15",
        before={"holder": names.get(before, "") if before is not None else ""},
        after={"holder": names.get(after, "") if after is not None else ""},
    )


def _name(user_id: int) -> str:
    return accounts.names_of(user_ids=[user_id]).get(user_id, "其他经办人")
