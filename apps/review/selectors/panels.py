"""Expert panels, tasks and candidates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.core.scoping import acting_as
from apps.policy.panel import Opinion
from apps.review import states
from apps.review.models import Assignment, Panel, SiteVisit
from apps.review.selectors.pool import pool_of
from apps.review.selectors.visits import VISIT_PARTS, SiteVisitRow, visit_row
from apps.scoring import selectors as scoring


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One expert's task as the city or the expert sees it."""

    public_id: str
    case: CaseRow
    expert_id: int
    invited_at: datetime
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
    site_visit_reason: str = ""
    dissent: str = ""
    blocked_reason: str = ""
    seat: int | None = None
    #: Why the panel scores a second time; empty in its first turn.
    reconsider_reason: str = ""


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
    deviation: Decimal | None = None
    outliers: tuple[str, ...] = ()
    disputed_items: tuple[str, ...] = ()
    drawn: bool = False
    reconsider_reason: str = ""
    vacant: int = 0


def assignment_row(row: Assignment, case: CaseRow, *, show_total: bool) -> AssignmentRow:
    """Return a task (loaded with expert, sheet and panel) as data; the total only where it may be seen."""
    return AssignmentRow(
        public_id=row.public_id,
        case=case,
        expert_id=row.expert_id,
        invited_at=row.invited_at,
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
        site_visit_reason=row.site_visit_reason,
        dissent=row.dissent,
        blocked_reason=row.blocked_reason,
        seat=row.seat,
        reconsider_reason=row.panel.reconsider_reason if row.panel.reconsidered else "",
    )


def panel_file(
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
        visits=tuple(visit_row(visit) for visit in visits),
        deviation=row.deviation if show else None,
        outliers=tuple(row.outliers) if show else (),
        disputed_items=tuple(row.disputed_items) if show else (),
        drawn=row.drawn,
        reconsider_reason=row.reconsider_reason,
        vacant=vacant_seats(row, [(one.state, one.invited_at) for one in members]),
    )


def vacant_seats(panel: Panel, members: Iterable[tuple[str, datetime]]) -> int:
    """Return how many of the seats the panel was formed with nobody sits on: who left, less who was invited since.

    Args:
        panel: stored panel.
        members: (state, invited at) of everybody who was ever invited to it.
    """
    everybody = list(members)
    left = sum(state == states.RECUSED for state, _ in everybody)
    return max(0, left - sum(invited_at > panel.formed_at for _, invited_at in everybody))


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
            SiteVisit.objects.visible_to(reader)
            .filter(panel=row)
            .distinct()
            .prefetch_related(*VISIT_PARTS)
            .order_by("visited_on", "id")
        )
    return panel_file(
        row,
        case,
        members=[
            assignment_row(member, case, show_total=show or member.expert_id == actor.expert_id)
            for member in members
        ],
        visits=visits,
        show=show,
    )


@dataclass(frozen=True, slots=True)
class DisputedItem:
    """An item on which the members are far apart: their points in the order of the members."""

    code: str
    name: str
    maximum: Decimal
    points: tuple[tuple[str, Decimal | None], ...]
    spread: Decimal


def disputed_items(*, actor: Actor, public_id: str) -> list[DisputedItem]:
    """Return the items on which a complete panel differs most (public id of the application), widest first.

    Raises:
        NotVisible: none in sight; to an expert not before all have submitted.
    """
    panel = panel_of(actor=actor, public_id=public_id)
    if not panel.disputed_items:
        return []
    with acting_as(Actor.system(), then=actor):
        rows = list(
            Assignment.objects.filter(panel__public_id=panel.public_id, state=states.SCORED)
            .order_by("id")
            .values_list("expert__user__name", "sheet_id")
        )
        found = scoring.panel_points(
            actor=Actor.system(),
            sheet_ids=[sheet_id for _, sheet_id in rows],
            scheme_id=panel.case.scheme_id or 0,
        )
    items = []
    for code in panel.disputed_items:
        given = found.points.get(code, {})
        points = tuple((name, given.get(sheet_id)) for name, sheet_id in rows)
        values = [value for _, value in points if value is not None]
        if values:
            items.append(
                DisputedItem(
                    code, found.names.get(code, ""), found.maxima[code], points, max(values) - min(values)
                )
            )
    return sorted(items, key=lambda item: -item.spread)


def my_tasks(*, actor: Actor) -> list[AssignmentRow]:
    """Return the expert's assignments, open ones first; before the declaration only the enterprise's name shows.

    Those that were stopped or ended stay in the list, so that nobody wonders where a task went: read as the system,
    because the panel itself is closed to whoever has left it.
    """
    with acting_as(Actor.system(), then=actor):
        found = list(
            Assignment.objects.filter(expert_id=actor.expert_id)
            .select_related("expert__user", "sheet", "panel")
            .order_by("state", "-id")[:200]
        )
        cases = applications.cases(actor=Actor.system(), ids=[row.application_id for row in found])
    return [assignment_row(row, cases[row.application_id], show_total=True) for row in found]


def my_task(*, actor: Actor, public_id: str) -> AssignmentRow:
    """Return one assignment of the expert (public id of the assignment).

    Raises:
        NotVisible: another expert's, or one stopped by a conflict of interest.
    """
    row = (
        Assignment.objects.visible_to(actor)
        .select_related("expert__user", "sheet", "panel")
        .filter(public_id=public_id)
        .first()
    )
    if row is None or (actor.role is Role.EXPERT and row.state == states.BLOCKED):
        raise NotVisible
    with acting_as(Actor.system(), then=actor):
        case = applications.case(actor=Actor.system(), application_id=row.application_id)
    return assignment_row(row, case, show_total=True)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert of the pool beside one application: free to review, or why not."""

    expert: accounts.ExpertRow
    conflicts: tuple[str, ...]
    matches_industry: bool
    open_tasks: int
    round_load: int = 0
    away: bool = False
    at_limit: bool = False
    waived: tuple[str, ...] = ()


def candidates(
    *, actor: Actor, public_id: str, on: date, until: date | None = None, free_only: bool = True
) -> list[Candidate]:
    """Return the pool for a panel of one application: free experts of the industry first; conflicts named (R-20).

    Args:
        actor: of the city.
        public_id: of the application.
        on: today.
        until: last day of the review; whoever is away before it is left out (or, all wanted, marked).
        free_only: leave out who is away or at the limit of the round; those with a conflict stay, with its ground.
    """
    case = applications.case(actor=actor, public_id=public_id)
    rows = [
        Candidate(
            member.expert,
            member.conflicts,
            case.industry_code[:2] in member.expert.industries,
            member.open_tasks,
            member.round_load,
            member.away,
            member.at_limit,
            member.waived,
        )
        for member in pool_of(actor=actor, case=case, on=on, until=until or on)
        if not free_only or not (member.away or member.at_limit)
    ]
    return sorted(
        rows,
        key=lambda row: (bool(row.conflicts), not row.matches_industry, row.open_tasks, row.expert.number),
    )
