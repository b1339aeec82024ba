"""Reading monitoring: rechecks, rectifications, cancellations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.monitoring.models import Cancellation, Recheck, Rectification
from apps.monitoring.states import CANCELLATION_LIFE, RECHECK_LIFE, RECTIFICATION_LIFE

_LIMIT = 200


@dataclass(frozen=True, slots=True)
class RecheckRow:
    """One recheck."""

    public_id: str
    title_public_id: str
    enterprise_name: str
    district_name: str
    level: int
    trigger_label: str
    trigger_note: str
    state: str
    state_label: str
    planned_on: date
    visited_on: date | None
    people: tuple[str, ...]
    score: Decimal | None
    passed: bool | None
    conclusion: str
    recorded_by_id: int | None
    rectification_public_id: str
    vetoes: tuple[str, ...]
    findings: tuple[Mapping[str, str], ...]
    place: str
    accompanied_by: str
    opening_at: time | None
    closing_at: time | None
    return_note: str
    by_city: bool
    scored: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One thing to put right."""

    position: int
    code: str
    problem: str
    requirement: str
    evidence_wanted: str
    answer: str
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One submission and its verification."""

    submitted_on: date
    verified_on: date | None
    passed: bool | None
    note: str


@dataclass(frozen=True, slots=True)
class RectificationRow:
    """One rectification with its items and attempts."""

    public_id: str
    enterprise_name: str
    district_name: str
    level: int
    number: str
    state: str
    state_label: str
    ordered_at: datetime
    served_on: date | None
    deadline: date | None
    deadline_text: str
    service: str
    extended_days: int
    items: tuple[ItemRow, ...]
    attempts: tuple[AttemptRow, ...]
    cancellation_public_id: str
    title_public_id: str
    recheck_public_id: str


@dataclass(frozen=True, slots=True)
class CancellationRow:
    """One proposal to cancel a title."""

    public_id: str
    enterprise_name: str
    district_name: str
    level: int
    state: str
    state_label: str
    facts: str
    statement_due_on: date
    statement: str
    stated_at: datetime | None
    document_no: str
    decided_on: date | None
    decision_note: str
    ban_until: date | None
    rectification_public_id: str
    title_public_id: str


def rechecks(*, actor: Actor, state: str = "") -> list[RecheckRow]:
    """Return rechecks in sight, newest first, at most 200; one query."""
    rows = Recheck.objects.visible_to(actor)
    if state:
        rows = rows.filter(state=state)
    found = rows.select_related("title", "rectification").order_by("-id")[:_LIMIT]
    return [_recheck(row) for row in found]


def recheck(*, actor: Actor, public_id: str) -> RecheckRow:
    """Return one recheck.

    Raises:
        NotVisible: not in sight.
    """
    row = (
        Recheck.objects.visible_to(actor)
        .select_related("title", "rectification")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return _recheck(row)


def recovery_visits(*, actor: Actor, title_public_id: str) -> list[RecheckRow]:
    """Return the visits arranged to bring a suspended title back, newest first; one query (R-40)."""
    rows = Recheck.objects.visible_to(actor).filter(
        title__public_id=title_public_id, trigger=Recheck.AFTER_SUSPENSION
    )
    return [_recheck(row) for row in rows.select_related("title", "rectification").order_by("-id")[:_LIMIT]]


def _recheck(row: Recheck) -> RecheckRow:
    order = getattr(row, "rectification", None)
    return RecheckRow(
        public_id=row.public_id,
        title_public_id=row.title.public_id,
        enterprise_name=row.title.enterprise_name,
        district_name=row.title.district_name,
        level=row.title.level,
        trigger_label=row.get_trigger_display(),
        trigger_note=row.trigger_note,
        state=row.state,
        state_label=RECHECK_LIFE.label(row.state),
        planned_on=row.planned_on,
        visited_on=row.visited_on,
        people=tuple(row.people),
        score=row.score,
        passed=row.passed,
        conclusion=row.conclusion,
        recorded_by_id=row.recorded_by_id,
        rectification_public_id=order.public_id if order is not None else "",
        vetoes=tuple(row.vetoes),
        findings=tuple(row.findings),
        place=row.place,
        accompanied_by=row.accompanied_by,
        opening_at=row.opening_at,
        closing_at=row.closing_at,
        return_note=row.return_note,
        by_city=row.by_city,
        scored=row.scored,
    )


def rectifications(*, actor: Actor, state: str = "") -> list[RectificationRow]:
    """Return rectifications in sight, newest first, at most 200; three queries."""
    rows = Rectification.objects.visible_to(actor)
    if state:
        rows = rows.filter(state=state)
    found = (
        rows.select_related("title", "recheck", "cancellation")
        .prefetch_related("items", "attempts")
        .order_by("-id")[:_LIMIT]
    )
    return [_rectification(row) for row in found]


def rectification(*, actor: Actor, public_id: str) -> RectificationRow:
    """Return one rectification.

    Raises:
        NotVisible: not in sight.
    """
    row = (
        Rectification.objects.visible_to(actor)
        .select_related("title", "recheck", "cancellation")
        .prefetch_related("items", "attempts")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return _rectification(row)


def _rectification(row: Rectification) -> RectificationRow:
    proposal = getattr(row, "cancellation", None)
    return RectificationRow(
        public_id=row.public_id,
        enterprise_name=row.title.enterprise_name,
        district_name=row.title.district_name,
        level=row.title.level,
        number=row.number,
        state=row.state,
        state_label=RECTIFICATION_LIFE.label(row.state),
        ordered_at=row.ordered_at,
        served_on=row.served_on,
        deadline=row.deadline,
        deadline_text=row.deadline_text,
        service=row.service,
        extended_days=row.extended_days,
        items=tuple(
            ItemRow(
                item.position,
                item.code,
                item.problem,
                item.requirement,
                item.evidence_wanted,
                item.answer,
                tuple((file["public_id"], file["name"]) for file in item.files),
            )
            for item in sorted(row.items.all(), key=lambda item: item.position)
        ),
        attempts=tuple(
            AttemptRow(item.submitted_on, item.verified_on, item.passed, item.note)
            for item in sorted(row.attempts.all(), key=lambda item: item.pk)
        ),
        cancellation_public_id=proposal.public_id if proposal is not None else "",
        title_public_id=row.title.public_id,
        recheck_public_id=row.recheck.public_id,
    )


def cancellations(*, actor: Actor, state: str = "") -> list[CancellationRow]:
    """Return proposals in sight, newest first, at most 200; one query."""
    rows = Cancellation.objects.visible_to(actor)
    if state:
        rows = rows.filter(state=state)
    return [
        _cancellation(row) for row in rows.select_related("title", "rectification").order_by("-id")[:_LIMIT]
    ]


def cancellation(*, actor: Actor, public_id: str) -> CancellationRow:
    """Return one proposal.

    Raises:
        NotVisible: not in sight.
    """
    row = (
        Cancellation.objects.visible_to(actor)
        .select_related("title", "rectification")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return _cancellation(row)


def _cancellation(row: Cancellation) -> CancellationRow:
    return CancellationRow(
        public_id=row.public_id,
        enterprise_name=row.title.enterprise_name,
        district_name=row.title.district_name,
        level=row.title.level,
        state=row.state,
        state_label=CANCELLATION_LIFE.label(row.state),
        facts=row.facts,
        statement_due_on=row.statement_due_on,
        statement=row.statement,
        stated_at=row.stated_at,
        document_no=row.document_no,
        decided_on=row.decided_on,
        decision_note=row.decision_note,
        ban_until=row.ban_until,
        rectification_public_id=row.rectification.public_id,
        title_public_id=row.title.public_id,
    )
