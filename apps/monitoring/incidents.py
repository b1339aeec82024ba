"""Reading 举报线索: the bureau's queue, one report, and how it stands for whoever has its receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from math import ceil

from django.db.models import Case, Count, Q, When

from apps.core import crypto
from apps.core.actor import Actor, Duty, Role
from apps.core.errors import NotVisible
from apps.core.masking import masked_phone
from apps.core.scoping import acting_as
from apps.monitoring.models import IncidentReport
from apps.monitoring.states import INCIDENT_FILED, INCIDENT_LIFE

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One report in the queue: nobody's name."""

    public_id: str
    receipt_no: str
    enterprise_name: str
    district_name: str
    level: int
    party_label: str
    state: str
    state_label: str
    filed_at: datetime
    matter: str


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """One page of the queue, what waits first."""

    rows: Sequence[IncidentRow]
    waiting: int
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class IncidentFile:
    """One report as the bureau reads it; `papers`: public id and name."""

    row: IncidentRow
    title_public_id: str
    person: str
    contact: str
    answer: str
    handled_by: str
    handled_at: datetime | None
    recheck: str
    papers: Sequence[tuple[str, str]]
    may_handle: bool


@dataclass(frozen=True, slots=True)
class IncidentStatus:
    """How a report stands, for whoever told it."""

    receipt_no: str
    enterprise_name: str
    state_label: str
    filed_at: datetime
    answer: str
    handled_at: datetime | None


def incidents(*, actor: Actor, state: str = "", page: int = 1, per_page: int = PER_PAGE) -> IncidentPage:
    """Return the reports in the actor's jurisdiction, those that wait first, the newest before; two queries."""
    rows = IncidentReport.objects.visible_to(actor)
    counts = rows.aggregate(total=Count("pk"), waiting=Count("pk", filter=Q(state=INCIDENT_FILED)))
    if state in INCIDENT_LIFE.states:
        rows = rows.filter(state=state)
        counts["total"] = rows.count()
    pages = max(1, ceil(counts["total"] / per_page))
    page = min(max(1, page), pages)
    found = rows.select_related("title", "district").order_by(
        Case(When(state=INCIDENT_FILED, then=0), default=1), "-pk"
    )
    return IncidentPage(
        [_row(row) for row in found[(page - 1) * per_page : page * per_page]],
        counts["waiting"],
        counts["total"],
        page,
        pages,
    )


def incident(*, actor: Actor, public_id: str) -> IncidentFile:
    """Return one report; the contact is masked but for who may handle it.

    Raises:
        NotVisible: none such in the actor's jurisdiction.
    """
    row = (
        IncidentReport.objects.visible_to(actor)
        .select_related("title", "district", "handled_by", "recheck")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    hands = actor.role in {Role.DISTRICT, Role.MUNICIPAL} and actor.has(Duty.HANDLER, Duty.SIGNER)
    contact = crypto.decrypt(row.contact_sealed)
    return IncidentFile(
        row=_row(row),
        title_public_id=row.title.public_id,
        person=crypto.decrypt(row.person_sealed) if hands else "",
        contact=contact if hands else masked_phone(contact),
        answer=row.answer,
        handled_by=str(row.handled_by) if row.handled_by else "",
        handled_at=row.handled_at,
        recheck=row.recheck.public_id if row.recheck else "",
        papers=list(row.papers.order_by("position").values_list("public_id", "display_name")),
        may_handle=hands and row.state == INCIDENT_FILED,
    )


def incident_status(*, actor: Actor, receipt_no: str, query_code: str) -> IncidentStatus:
    """Return how a report stands, for whoever has its receipt number and query code.

    Raises:
        NotVisible: no such pair.
    """
    with acting_as(Actor.system(), then=actor):
        row = (
            IncidentReport.objects.visible_to(Actor.system())
            .select_related("title")
            .filter(receipt_no=receipt_no.strip().upper())
            .first()
        )
    if row is None or not compare_digest(row.query_code, query_code.strip().upper()):
        raise NotVisible("没有找到该回执号与查询码对应的举报，请核对后重试。")
    return IncidentStatus(
        row.receipt_no,
        row.title.enterprise_name,
        INCIDENT_LIFE.label(row.state),
        row.filed_at,
        row.answer,
        row.handled_at,
    )


def _row(row: IncidentReport) -> IncidentRow:
    return IncidentRow(
        row.public_id,
        row.receipt_no,
        row.title.enterprise_name,
        row.district.short_name,
        row.title.level,
        row.get_party_display(),
        row.state,
        INCIDENT_LIFE.label(row.state),
        row.filed_at,
        row.matter,
    )
