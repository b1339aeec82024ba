"""A supplement in the middle of 初评: named items go back, scoring rests, and goes on with every score kept (R-14)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from apps.applications import services as applications
from apps.audit.services import record
from apps.core.actor import Actor, Duty
from apps.core.errors import Forbidden, NotVisible
from apps.core.moment import Clock, Moment
from apps.review.models import PreliminaryReview
from apps.review.services.cases import locked_case
from apps.review.states import PRELIMINARY_LIFE


@transaction.atomic
def return_for_supplement(
    *, actor: Actor, clock: Clock, public_id: str, items: Sequence[applications.ReturnItem]
) -> applications.Returned:
    """Send named items back to the enterprise while scoring; what is scored stays, scoring rests meanwhile (R-14).

    Args:
        actor: the 经办 who claimed the case, or the district's 签批.
        clock: the legal clock.
        public_id: of the application.
        items: what is to be supplemented, every one with its place.

    Returns:
        How many items, and the last day for the supplement.

    Raises:
        RuleBroken, Invalid: see `applications.return_items`; or an item that names no place.
        NotVisible, Forbidden, WrongStep: gates 1–3; another 经办 has the case, or the sheet is with the signer.
    """
    case = locked_case(actor=actor, public_id=public_id)
    moment = clock.now()
    returned = applications.return_items(
        actor=actor, clock=clock, public_id=public_id, items=items, event="return_from_prelim"
    )
    review = locked_review(actor=actor, application_id=case.id)
    if not actor.has(Duty.SIGNER) and review.scorer_id != actor.user_id:
        raise Forbidden("请先认领这一件，再退回补正。")
    move_review(review, "wait", actor=actor, moment=moment, note=f"退回{returned.count}项。")
    return returned


def move_review(
    review: PreliminaryReview, event: str, *, actor: Actor, moment: Moment, note: str = ""
) -> None:
    """Let scoring rest (`wait`) or go on (`resume`); nothing else of the review changes (for this room)."""
    step = PRELIMINARY_LIFE.step(review.state, event, actor)
    before, review.state = review.state, step.target
    review.version += 1
    review.save(update_fields=["state", "version"])
    record(
        actor=actor,
        event=f"preliminary.{event}",
        subject=review,
        moment=moment,
        rule=step.rule,
        before={"state": before},
        after={"state": review.state},
        note=note,
    )


def locked_review(*, actor: Actor, application_id: int) -> PreliminaryReview:
    """Return the review of a case locked for change, with its sheet (for this room).

    Raises:
        NotVisible: none in the actor's jurisdiction.
    """
    row: PreliminaryReview | None = (
        PreliminaryReview.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("sheet")
        .filter(application_id=application_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row
