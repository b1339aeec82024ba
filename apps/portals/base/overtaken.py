"""Two people have the same thing before them: who comes second is told who was first, and when."""

from __future__ import annotations

from collections.abc import Callable

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import DomainError, WrongStep
from apps.core.moment import SHANGHAI
from apps.review.selectors import StepTaken


def saying_who(refusal: DomainError | None, *, actor: Actor, public_id: str) -> DomainError | None:
    """Return the refusal of a step that is not open any more with who took the case further, and when.

    Two people may have the same case before them: who comes second is told who was first (public id of the
    application). Any other refusal comes back as it is.
    """
    if not isinstance(refusal, WrongStep):
        return refusal
    history = applications.timeline(actor=actor, public_id=public_id)
    last = next((entry for entry in history if entry.to_state != entry.from_state), None)
    if last is None:
        return refusal
    return _with_the_first(refusal, StepTaken(last.who, last.at, last.label, frozenset({last.from_state})))


def saying_who_moved(
    refusal: DomainError | None,
    step_of: Callable[..., StepTaken | None],
    *,
    actor: Actor,
    public_id: str,
) -> DomainError | None:
    """Say the same of a step of the review's own, which the history of the case does not show.

    Args:
        refusal: of the step that came second; anything but a closed step comes back as it is.
        step_of: `review.preliminary_step`, `review.panel_step`, `review.filing_step` or `review.recommendation_step`.
        actor: who came second.
        public_id: what *step_of* is asked by.
    """
    if not isinstance(refusal, WrongStep):
        return refusal
    return _with_the_first(refusal, step_of(actor=actor, public_id=public_id))


def _with_the_first(refusal: WrongStep, step: StepTaken | None) -> WrongStep:
    if step is None or not step.who:
        return refusal
    if refusal.open_in and not step.sources & refusal.open_in:
        return refusal  # the step asked for was not open before that one either: nobody was faster
    at = step.at.astimezone(SHANGHAI)
    when = f"{at.month}月{at.day}日 {at:%H:%M}"
    return WrongStep(f"{refusal.message}{step.who}已于{when}办理“{step.label}”，请按当前状态继续。")
