"""Expert panels, tasks and candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.scoping import acting_as
from apps.policy.panel import Opinion
from apps.review import states
from apps.review.conflicts import conflict_of
from apps.review.models import Assignment, Panel, SiteVisit


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One expert's task as the city or the expert sees it."""

    public_id: str
    case: CaseRow
    expert_id: int
    expert_number: str
    expert_name: str
    employer: str
    is_leader: bool
    state: str
    state_label: str
    sheet_public_id: str | None
    total: Decimal | None
    due_on: date | None
    submitted_at: datetime | None
    wants_site_visit: bool
    opinion_signed: bool
    ended_reason: str


@dataclass(frozen=True, slots=True)
class SiteVisitRow:
    """One record of an on-site visit."""

    visited_on: date
    place: str
    people: tuple[str, ...]
    accompanied_by: str
    findings: tuple[dict[str, Any], ...]
    problems: str
    conclusion: str


@dataclass(frozen=True, slots=True)
class PanelFile:
    """Everything a page shows about a panel."""

    public_id: str
    case: CaseRow
    state: str
    state_label: str
    leader_id: int | None
    due_on: date | None
    total: Decimal | None
    spread: Decimal | None
    aggregation: str
    reconsidered: bool
    opinion: str
    opinion_label: str
    reasons: str
    site_visited: bool | None
    site_reason: str
    concluded_at: datetime | None
    members: tuple[AssignmentRow, ...]
    visits: tuple[SiteVisitRow, ...]


def _assignment_row(row: Assignment, case: CaseRow, *, show_total: bool) -> AssignmentRow:
    return AssignmentRow(
        public_id=row.public_id,
        case=case,
        expert_id=row.expert_id,
        expert_number=row.expert.number,
        expert_name=row.expert.user.name,
        employer=row.expert.employer_name,
        is_leader=row.panel.leader_id == row.expert_id,
        state=row.state,
        state_label=states.ASSIGNMENT_LIFE.label(row.state),
        sheet_public_id=row.sheet.public_id if row.sheet is not None else None,
        total=row.sheet.total
        if show_total and row.sheet is not None and row.state == states.SCORED
        else None,
        due_on=row.panel.due_on,
        submitted_at=row.submitted_at,
        wants_site_visit=row.wants_site_visit,
        opinion_signed=row.opinion_signed_at is not None,
        ended_reason=row.ended_reason,
    )


def _panel_file(
    row: Panel, case: CaseRow, *, members: Sequence[AssignmentRow], visits: Sequence[SiteVisit], show: bool
) -> PanelFile:
    """Return the page's view of a panel; without *show* the panel's figures stay hidden."""
    return PanelFile(
        public_id=row.public_id,
        case=case,
        state=row.state,
        state_label=states.PANEL_LIFE.label(row.state),
        leader_id=row.leader_id,
        due_on=row.due_on,
        total=row.total if show else None,
        spread=row.spread if show else None,
        aggregation=row.aggregation if show else "",
        reconsidered=row.reconsidered,
        opinion=row.opinion,
        opinion_label=Opinion(row.opinion).label if row.opinion else "",
        reasons=row.reasons,
        site_visited=row.site_visited,
        site_reason=row.site_reason,
        concluded_at=row.concluded_at,
        members=tuple(members),
        visits=tuple(
            SiteVisitRow(
                visit.visited_on,
                visit.place,
                tuple(visit.people),
                visit.accompanied_by,
                tuple(visit.findings),
                visit.problems,
                visit.conclusion,
            )
            for visit in visits
        ),
    )


def panel_of(*, actor: Actor, public_id: str) -> PanelFile:
    """Return the panel of an application (public id of the application).

    Other experts and their totals stay hidden from an expert until all have submitted (R-20).

    Raises:
        NotVisible: none in sight.
    """
    case = applications.case(actor=actor, public_id=public_id)
    row = Panel.objects.visible_to(actor).filter(application_id=case.id).distinct().first()
    if row is None:
        raise NotVisible
    show = row.state in {states.ASSESSED, states.CONCLUDED} or actor.role is not Role.EXPERT
    reader = Actor.system() if show else actor
    # Members of a finished panel see one another; until then an expert sees only its own row.
    with acting_as(reader, then=actor):
        members = list(
            Assignment.objects.visible_to(reader)
            .filter(panel=row)
            .select_related("expert__user", "sheet", "panel")
            .order_by("id")
        )
        visits = list(
            SiteVisit.objects.visible_to(reader).filter(panel=row).distinct().order_by("visited_on", "id")
        )
    return _panel_file(
        row,
        case,
        members=[
            _assignment_row(member, case, show_total=show or member.expert_id == actor.expert_id)
            for member in members
        ],
        visits=visits,
        show=show,
    )


def panels(*, actor: Actor, state: str = "") -> list[PanelFile]:
    """Return panels for the city's overview, newest first, at most 200, in a constant number of queries.

    Raises:
        NotVisible: the actor is not of the city.
    """
    if actor.role not in {Role.MUNICIPAL, Role.AUDITOR, Role.SYSTEM}:
        raise NotVisible
    rows = Panel.objects.visible_to(actor)
    if state:
        rows = rows.filter(state=state)
    members = Assignment.objects.select_related("expert__user", "sheet").defer("sheet__result").order_by("id")
    found = list(
        rows.prefetch_related(Prefetch("assignments", queryset=members), "site_visits").order_by("-id")[:200]
    )
    cases = applications.cases(actor=actor, ids=[row.application_id for row in found])
    files = []
    for row in found:
        case = cases[row.application_id]
        for member in row.assignments.all():
            member.panel = row
        files.append(
            _panel_file(
                row,
                case,
                members=[_assignment_row(member, case, show_total=True) for member in row.assignments.all()],
                visits=list(row.site_visits.all()),
                show=True,
            )
        )
    return files


def my_tasks(*, actor: Actor) -> list[AssignmentRow]:
    """Return the expert's assignments, open ones first; before the declaration only the enterprise's name shows."""
    found = list(
        Assignment.objects.visible_to(actor)
        .select_related("expert__user", "sheet", "panel")
        .order_by("state", "-id")[:200]
    )
    with acting_as(Actor.system(), then=actor):
        cases = applications.cases(actor=Actor.system(), ids=[row.application_id for row in found])
    return [_assignment_row(row, cases[row.application_id], show_total=True) for row in found]


def my_task(*, actor: Actor, public_id: str) -> AssignmentRow:
    """Return one assignment of the expert (public id of the assignment).

    Raises:
        NotVisible: another expert's.
    """
    row = (
        Assignment.objects.visible_to(actor)
        .select_related("expert__user", "sheet", "panel")
        .filter(public_id=public_id)
        .first()
    )
    if row is None:
        raise NotVisible
    with acting_as(Actor.system(), then=actor):
        case = applications.case(actor=Actor.system(), application_id=row.application_id)
    return _assignment_row(row, case, show_total=True)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert of the pool beside one application: free to review, or why not."""

    expert: accounts.ExpertRow
    conflicts: tuple[str, ...]
    matches_industry: bool
    open_tasks: int


def candidates(*, actor: Actor, public_id: str, on: date) -> list[Candidate]:
    """Return the pool for a panel of one application: free experts of the industry first; conflicts named (R-20)."""
    case = applications.case(actor=actor, public_id=public_id)
    pool = accounts.experts(actor=actor, only_available=True)
    load = dict(
        Assignment.objects.visible_to(actor)
        .filter(state__in=[states.INVITED, states.DECLARED])
        .order_by()
        .values_list("expert_id")
        .annotate(n=Count("pk"))
    )
    rows = [
        Candidate(
            expert,
            tuple(conflict_of(expert=expert, case=case, on=on).reasons),
            case.industry_code[:2] in expert.industries,
            load.get(expert.id, 0),
        )
        for expert in pool
    ]
    return sorted(
        rows,
        key=lambda row: (bool(row.conflicts), not row.matches_industry, row.open_tasks, row.expert.number),
    )
