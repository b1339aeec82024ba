"""Objections: the city's desk, the objector's query, the enterprise's view (never who objected)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest

from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core import crypto
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.scoping import acting_as
from apps.publicity.models import Objection, ObjectionPaper
from apps.publicity.states import OBJECTION_LIFE, OPEN_OBJECTIONS


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A letter that came with an objection."""

    public_id: str
    name: str
    size: int
    pages: int | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """One objection; `person`, `contact` and `papers` are filled only for the city's own staff."""

    public_id: str
    receipt_no: str
    case: CaseRow
    party_label: str
    unit: str
    person: str
    contact: str
    matter: str
    state: str
    state_label: str
    filed_at: datetime
    handled_by_id: int | None
    handling_note: str
    statement: str
    stated_at: datetime | None
    conclusion: str
    concluded_at: datetime | None
    notice_title: str
    is_unit: bool = False
    papers: tuple[PaperRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectionStatus:
    """What an objector sees of its own objection."""

    receipt_no: str
    enterprise_name: str
    state_label: str
    filed_at: datetime
    note: str
    conclusion: str
    papers: int = 0
    is_open: bool = False


def _row(
    row: Objection, case: CaseRow, *, with_person: bool, papers: tuple[PaperRow, ...] = ()
) -> ObjectionRow:
    return ObjectionRow(
        public_id=row.public_id,
        receipt_no=row.receipt_no,
        case=case,
        party_label=row.get_party_display() if with_person else "",
        unit=row.unit if with_person else "",
        person=crypto.decrypt(row.person_sealed) if with_person else "",
        contact=crypto.decrypt(row.contact_sealed) if with_person else "",
        matter=row.matter,
        state=row.state,
        state_label=OBJECTION_LIFE.label(row.state),
        filed_at=row.filed_at,
        handled_by_id=row.handled_by_id,
        handling_note=row.handling_note if with_person else "",
        statement=row.statement,
        stated_at=row.stated_at,
        conclusion=row.conclusion,
        concluded_at=row.concluded_at,
        notice_title=row.entry.notice.title,
        is_unit=with_person and row.party == Objection.UNIT,
        papers=papers,
    )


def objections(
    *, actor: Actor, state: str = "", application_id: int | None = None, enterprise_public_id: str = ""
) -> list[ObjectionRow]:
    """Return objections, newest first, at most 200, without names and contacts."""
    rows = Objection.objects.visible_to(actor).select_related("entry__notice")
    if state:
        rows = rows.filter(state=state)
    if application_id is not None:
        rows = rows.filter(application_id=application_id)
    if enterprise_public_id:
        rows = rows.filter(enterprise__public_id=enterprise_public_id)
    found = list(rows.order_by("-id")[:200])
    cases = applications.cases(actor=actor, ids=[row.application_id for row in found])
    return [_row(row, cases[row.application_id], with_person=False) for row in found]


def objection_file(*, actor: Actor, public_id: str) -> ObjectionRow:
    """Return one objection; the city's staff also see who filed it.

    Raises:
        NotVisible: not in sight.
    """
    row = (
        Objection.objects.visible_to(actor)
        .select_related("entry__notice")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    case = applications.case(actor=actor, application_id=row.application_id)
    city = actor.role is Role.MUNICIPAL
    return _row(row, case, with_person=city, papers=_papers(actor, row) if city else ())


def _papers(actor: Actor, row: Objection) -> tuple[PaperRow, ...]:
    return tuple(
        PaperRow(paper.public_id, paper.display_name, paper.size, paper.pages, paper.received_at)
        for paper in ObjectionPaper.objects.visible_to(actor).filter(objection=row).order_by("position")
    )


def objection_status(*, actor: Actor, receipt_no: str, query_code: str) -> ObjectionStatus:
    """Return how an objection stands, for whoever has its receipt number and query code.

    Raises:
        NotVisible: no such pair.
    """
    row = find_with_code(actor=actor, receipt_no=receipt_no, query_code=query_code)
    with acting_as(Actor.system(), then=actor):
        papers = row.papers.count()
    return ObjectionStatus(
        row.receipt_no,
        row.entry.enterprise_name,
        OBJECTION_LIFE.label(row.state),
        row.filed_at,
        row.handling_note,
        row.conclusion,
        papers,
        row.state in OPEN_OBJECTIONS,
    )


def find_with_code(*, actor: Actor, receipt_no: str, query_code: str) -> Objection:
    """Return the objection of a receipt number and its query code (for the modules of this room).

    Raises:
        NotVisible: no such pair.
    """
    # The receipt and the code together are the right to look: the public has no row of its own.
    with acting_as(Actor.system(), then=actor):
        row: Objection | None = (
            Objection.objects.visible_to(Actor.system())
            .select_related("entry")
            .filter(receipt_no=receipt_no.strip().upper())
            .first()
        )
    if row is None or not compare_digest(row.query_code, query_code.strip().upper()):
        raise NotVisible("没有找到该回执号与查询码对应的异议，请核对后重试。")
    return row
