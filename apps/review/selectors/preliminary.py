"""The district's queues and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.review import states
from apps.review.models import PreliminaryReview, Ruling

_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class PreliminaryRow:
    """One case in the district's scoring or signing queue."""

    case: CaseRow
    public_id: str
    sheet_public_id: str
    state: str
    state_label: str
    scorer_id: int | None
    scorer: str
    submitted_by_id: int | None
    submitted_at: datetime | None
    signed_total: Decimal | None
    vetoes: tuple[str, ...]
    opinion: str
    return_note: str
    total: Decimal | None
    answered: int
    item_count: int


@dataclass(frozen=True, slots=True)
class RulingRow:
    """One decision of a district."""

    case: CaseRow
    public_id: str
    state: str
    state_label: str
    level: int | None
    total: Decimal
    converted: bool
    reason: str
    document_no: str
    proposed_by_id: int
    decided_on: date | None
    is_filed: bool


def preliminary_row(row: PreliminaryReview, case: CaseRow) -> PreliminaryRow:
    """Return the page's view of a stored review (loaded with its sheet and scorer)."""
    return PreliminaryRow(
        case=case,
        public_id=row.public_id,
        sheet_public_id=row.sheet.public_id,
        state=row.state,
        state_label=states.PRELIMINARY_LIFE.label(row.state),
        scorer_id=row.scorer_id,
        scorer=row.scorer.name if row.scorer is not None else "",
        submitted_by_id=row.submitted_by_id,
        submitted_at=row.submitted_at,
        signed_total=row.signed_total,
        vetoes=tuple(row.vetoes),
        opinion=row.opinion,
        return_note=row.return_note,
        total=row.sheet.total,
        answered=row.sheet.answered,
        item_count=row.sheet.item_count,
    )


def preliminary_queue(
    *, actor: Actor, state: str = "", mine: bool = False, page: int = 1, per_page: int = _PER_PAGE
) -> list[PreliminaryRow]:
    """Return cases of the district in scoring, waiting for a signature or signed, oldest first.

    Args:
        actor: district staff (the city sees all).
        state: `scoring`, `submitted` or `signed`; "" for the first two.
        mine: only those the actor has claimed.
        page: from 1.
        per_page: rows a page.
    """
    wanted = [state] if state else [states.SCORING, states.SUBMITTED]
    rows = PreliminaryReview.objects.visible_to(actor).filter(state__in=wanted)
    if mine:
        rows = rows.filter(scorer_id=actor.user_id)
    start = (max(page, 1) - 1) * per_page
    found = list(rows.select_related("sheet", "scorer").order_by("id")[start : start + per_page])
    cases = applications.cases(actor=actor, ids=[row.application_id for row in found])
    return [preliminary_row(row, cases[row.application_id]) for row in found]


def preliminary_counts(*, actor: Actor) -> dict[str, int]:
    """Return how many cases are in each state of the preliminary review."""
    counts = dict.fromkeys(states.PRELIMINARY_LIFE.states, 0)
    counts.update(
        PreliminaryReview.objects.visible_to(actor).order_by().values_list("state").annotate(n=Count("pk"))
    )
    return counts


def preliminary_of(*, actor: Actor, public_id: str) -> PreliminaryRow:
    """Return the preliminary review of an application (public id of the application).

    Raises:
        NotVisible: none in sight.
    """
    case = applications.case(actor=actor, public_id=public_id)
    row = (
        PreliminaryReview.objects.visible_to(actor)
        .select_related("sheet", "scorer")
        .filter(application_id=case.id)
        .first()
    )
    if row is None:
        raise NotVisible
    return preliminary_row(row, case)


def queue_around(actor: Actor) -> QuerySet[PreliminaryReview, Any]:
    """Return the public ids of the cases the actor may score, in order: the own ones first, then the unclaimed."""
    return (
        PreliminaryReview.objects.visible_to(actor)
        .filter(Q(scorer_id=actor.user_id) | Q(scorer=None), state=states.SCORING)
        .order_by("scorer_id", "id")
        .values_list("application__public_id", flat=True)
    )


def next_in_queue(*, actor: Actor, after_public_id: str = "") -> str | None:
    """Return the application to score next: the actor's own oldest, else the oldest unclaimed; None when done."""
    found = queue_around(actor).exclude(application__public_id=after_public_id).first()
    return str(found) if found else None


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where a case stands among those one may score: its number from 1, how many there are, and its neighbours."""

    number: int
    total: int
    previous: str
    following: str


def place_among(queue: Sequence[str], public_id: str) -> QueuePlace | None:
    """Return where the case stands in *queue* (public ids in order); None when it is not in it."""
    if public_id not in queue:
        return None
    at = queue.index(public_id)
    return QueuePlace(
        number=at + 1,
        total=len(queue),
        previous=queue[at - 1] if at > 0 else "",
        following=queue[at + 1] if at + 1 < len(queue) else "",
    )


def ruling_row(row: Ruling, case: CaseRow) -> RulingRow:
    """Return the page's view of a stored ruling."""
    return RulingRow(
        case=case,
        public_id=row.public_id,
        state=row.state,
        state_label=states.RULING_LIFE.label(row.state),
        level=row.level,
        total=row.total,
        converted=row.converted,
        reason=row.reason,
        document_no=row.document_no,
        proposed_by_id=row.proposed_by_id,
        decided_on=row.decided_on,
        is_filed=getattr(row, "filing_item", None) is not None,
    )


def rulings(*, actor: Actor, state: str = "", unfiled: bool = False) -> list[RulingRow]:
    """Return decisions of the district (the city sees all), newest first, at most 500."""
    rows = Ruling.objects.visible_to(actor).select_related("filing_item")
    if state:
        rows = rows.filter(state=state)
    if unfiled:
        rows = rows.filter(state=states.DECIDED, filing_item=None)
    found = list(rows.order_by("-id")[:500])
    cases = applications.cases(actor=actor, ids=[row.application_id for row in found])
    return [ruling_row(row, cases[row.application_id]) for row in found]


def proposed_rulings(*, actor: Actor) -> int:
    """Return how many decisions wait for the signer."""
    return Ruling.objects.visible_to(actor).filter(state=states.PROPOSED).count()


def ruling_of(*, actor: Actor, public_id: str) -> RulingRow | None:
    """Return the ruling on one application, None while there is none."""
    case = applications.case(actor=actor, public_id=public_id)
    row = (
        Ruling.objects.visible_to(actor).select_related("filing_item").filter(application_id=case.id).first()
    )
    return ruling_row(row, case) if row is not None else None
