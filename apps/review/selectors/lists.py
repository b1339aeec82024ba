"""What districts send to the city: 备案表 and 推荐汇总表."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.review import states
from apps.review.models import Filing, Recommendation, Ruling
from apps.review.selectors.preliminary import RulingRow, ruling_row


@dataclass(frozen=True, slots=True)
class FilingRow:
    """One 备案表 in a list."""

    public_id: str
    district_name: str
    round_name: str
    round_public_id: str
    state: str
    state_label: str
    number: str
    count: int
    sent_at: datetime | None
    answered_at: datetime | None
    return_reason: str
    concern: str
    contact: str


@dataclass(frozen=True, slots=True)
class RecommendationItemRow:
    """One enterprise on a list to the city."""

    case: CaseRow
    ticked: bool
    reason: str


@dataclass(frozen=True, slots=True)
class RecommendationRow:
    """One 推荐汇总表."""

    public_id: str
    district: str
    district_name: str
    round_name: str
    round_public_id: str
    state: str
    state_label: str
    letter_no: str
    prepared_by_id: int
    prepared_at: datetime
    sent_at: datetime | None
    items: tuple[RecommendationItemRow, ...]


def _filing_row(row: Filing) -> FilingRow:
    return FilingRow(
        public_id=row.public_id,
        district_name=row.district.name,
        round_name=row.round.name,
        round_public_id=row.round.public_id,
        state=row.state,
        state_label=states.FILING_LIFE.label(row.state),
        number=row.number,
        count=row.count,  # type: ignore[attr-defined]  # annotated by the caller
        sent_at=row.sent_at,
        answered_at=row.answered_at,
        return_reason=row.return_reason,
        concern=row.concern,
        contact=row.contact,
    )


def filings(*, actor: Actor, state: str = "") -> list[FilingRow]:
    """Return filings, newest first, at most 200; the city does not see drafts."""
    rows = Filing.objects.visible_to(actor).select_related("district", "round").annotate(count=Count("items"))
    if actor.role is Role.MUNICIPAL:
        rows = rows.exclude(state=states.DRAFT)
    if state:
        rows = rows.filter(state=state)
    return [_filing_row(row) for row in rows.order_by("-id")[:200]]


def filing_file(*, actor: Actor, public_id: str) -> tuple[FilingRow, list[RulingRow]]:
    """Return one filing with its decisions in order.

    Raises:
        NotVisible: not in the actor's jurisdiction.
    """
    row = (
        Filing.objects.visible_to(actor)
        .select_related("district", "round")
        .annotate(count=Count("items"))
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    ids = set(row.items.values_list("ruling_id", flat=True))
    found = list(
        Ruling.objects.visible_to(actor).select_related("filing_item").filter(pk__in=ids).order_by("id")
    )
    cases = applications.cases(actor=actor, ids=[ruling.application_id for ruling in found])
    return _filing_row(row), [ruling_row(ruling, cases[ruling.application_id]) for ruling in found]


def recommendations(*, actor: Actor, state: str = "") -> list[RecommendationRow]:
    """Return lists of recommended enterprises, newest first, at most 100; the city sees what was sent to it."""
    rows = _recommendations(actor)
    if state:
        rows = rows.filter(state=state)
    return _with_items(actor, list(rows.order_by("-id")[:100]))


def _recommendations(actor: Actor) -> QuerySet[Recommendation]:
    rows = Recommendation.objects.visible_to(actor).select_related("district", "round")
    if actor.role is Role.MUNICIPAL:
        rows = rows.exclude(state__in=[states.DRAFT, states.NONE_LISTED])
    found: QuerySet[Recommendation] = rows.prefetch_related("items")
    return found


def recommendation_file(*, actor: Actor, public_id: str) -> RecommendationRow:
    """Return one list.

    Raises:
        NotVisible: not in the actor's jurisdiction, or not sent to the city.
    """
    found = _with_items(actor, list(_recommendations(actor).filter(public_id=public_id)))
    if not found:
        raise NotVisible
    return found[0]


def _with_items(actor: Actor, rows: Sequence[Recommendation]) -> list[RecommendationRow]:
    ids = [item.application_id for row in rows for item in row.items.all()]
    cases = applications.cases(actor=actor, ids=ids)
    return [
        RecommendationRow(
            public_id=row.public_id,
            district=row.district_id,
            district_name=row.district.name,
            round_name=row.round.name,
            round_public_id=row.round.public_id,
            state=row.state,
            state_label=states.RECOMMENDATION_LIFE.label(row.state),
            letter_no=row.letter_no,
            prepared_by_id=row.prepared_by_id,
            prepared_at=row.prepared_at,
            sent_at=row.sent_at,
            items=tuple(
                RecommendationItemRow(cases[item.application_id], item.ticked, item.reason)
                for item in sorted(row.items.all(), key=lambda item: item.pk)
                if item.application_id in cases
            ),
        )
        for row in rows
    ]
