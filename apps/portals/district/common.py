"""What the pages of the district share: the moment shown, deadlines by case, switches above lists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import DomainError, WrongStep
from apps.core.moment import SHANGHAI, Moment, shown_at
from apps.deadlines import selectors as deadlines
from apps.deadlines.selectors import ObligationRow
from apps.review.selectors import StepTaken


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as queues show it."""

    due_on: date
    label: str
    overdue: bool
    basis: str


def shown_now() -> Moment:
    """Return the web server's present moment, for pages that only show; acts ask the database clock."""
    return Moment.of(shown_at())


def dues(*, actor: Actor, cases: Collection[str], kinds: Sequence[str] | None = None) -> dict[str, Due]:
    """Return public id of each case → the soonest open deadline of the district about it; one query."""
    found = deadlines.soonest_of(actor=actor, subjects=cases, kinds=kinds)
    return {public_id: _due(row) for public_id, row in found.items()}


def _due(row: ObligationRow) -> Due:
    return Due(row.due_on, row.label, row.is_overdue, row.basis)


def tabs(
    options: Mapping[str, tuple[str, int | None]], current: str, *, param: str = "state"
) -> list[dict[str, Any]]:
    """Return the switch above a list: key → (label, count)."""
    return [
        {"label": label, "url": f"?{param}={key}" if key else "?", "count": count, "current": key == current}
        for key, (label, count) in options.items()
    ]


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
        step_of: `review.preliminary_step`, `review.filing_step` or `review.recommendation_step`.
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
