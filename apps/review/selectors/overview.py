"""All panels at a glance: how far the experts are apart, who stands out, and what calibration would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, Count, F, IntegerField, Prefetch, Q, QuerySet, When
from django.db.models.functions import Abs

from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.parameters.selectors import in_force
from apps.policy.calibration import Calibration, Mark, calibrate
from apps.policy.levels import RECOMMENDATION_LINE
from apps.policy.panel import Opinion
from apps.review import states
from apps.review.models import Assignment, Panel
from apps.review.selectors.panels import PanelFile, assignment_row, panel_file
from apps.review.selectors.visits import VISIT_PARTS

_READERS = frozenset({Role.MUNICIPAL, Role.AUDITOR, Role.SYSTEM})
PER_PAGE, MOST_PER_PAGE = 50, 250
#: Order of the overview: code → label.
SORTS = {
    "disagreement": "分歧由大到小",
    "line": "距 80 分由近到远",
    "due": "截止由早到晚",
    "newest": "组建由新到旧",
}


@dataclass(frozen=True, slots=True)
class OverviewMember:
    """A member in the overview; `total` once submitted."""

    expert_number: str
    state: str
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """A panel in the overview: only what the line shows, so that hundreds of them stay light."""

    application: str
    enterprise: str
    district: str
    drawn: bool
    state: str
    state_label: str
    total: Decimal | None
    spread: Decimal | None
    deviation: Decimal | None
    outliers: tuple[str, ...]
    disputed: int
    reconsidered: bool
    due_on: date | None
    opinion_label: str
    members: tuple[OverviewMember, ...]


@dataclass(frozen=True, slots=True)
class PanelOverview:
    """One page of panels; `wide`, `near` and `blocked` count over all panels of the filter."""

    rows: Sequence[OverviewRow]
    total: int
    page: int
    pages: int
    counts: dict[str, int]
    wide: int
    near: int
    blocked: int
    #: Points of range above which a panel counts as wide, and points around 80 that count as near.
    spread_over: Decimal
    margin: Decimal


def panel_overview(
    *,
    actor: Actor,
    on: date,
    state: str = "",
    round_code: str = "",
    sort: str = "disagreement",
    page: int = 1,
    per_page: int = PER_PAGE,
) -> PanelOverview:
    """Return panels with members and dispersion; the number of queries does not depend on how many there are.

    Raises:
        NotVisible: the actor is not of the city.
    """
    if actor.role not in _READERS:
        raise NotVisible
    parameters = in_force(on=on)
    every = Panel.objects.visible_to(actor)
    if round_code:
        every = every.filter(application__round__code=round_code)
    margin = parameters.site_visit_margin
    near = Q(total__range=(RECOMMENDATION_LINE - margin, RECOMMENDATION_LINE + margin))
    grouped = {
        row["state"]: row
        for row in every.order_by()
        .values("state")
        .annotate(
            n=Count("pk"),
            wide=Count("pk", filter=Q(spread__gt=parameters.panel_spread_over)),
            near=Count("pk", filter=near),
        )
    }
    counts = {code: row["n"] for code, row in grouped.items()}
    known = state in states.PANEL_LIFE.states
    rows = every.filter(state=state) if known else every
    shown = [row for code, row in grouped.items() if not known or code == state]
    blocked = Assignment.objects.visible_to(actor).filter(state=states.BLOCKED, panel__in=rows).count()
    total = sum(row["n"] for row in shown)
    size = min(max(1, per_page), MOST_PER_PAGE)
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    found = _light(_sorted(rows, sort)[(page - 1) * size : page * size], actor)
    return PanelOverview(
        rows=found,
        total=total,
        page=page,
        pages=pages,
        counts=counts,
        wide=sum(row["wide"] for row in shown),
        near=sum(row["near"] for row in shown),
        blocked=blocked,
        spread_over=parameters.panel_spread_over,
        margin=margin,
    )


def _light(rows: QuerySet[Panel], actor: Actor) -> list[OverviewRow]:
    """Return the lines of a page in two queries."""
    found = list(
        rows.values(
            "pk",
            "drawn",
            "state",
            "total",
            "spread",
            "deviation",
            "outliers",
            "disputed_items",
            "reconsidered",
            "due_on",
            "opinion",
            case=F("application__public_id"),
            enterprise_name=F("application__enterprise__name"),
            district_name=F("application__district__short_name"),
        )
    )
    members: dict[int, list[OverviewMember]] = {row["pk"]: [] for row in found}
    tasks = Assignment.objects.visible_to(actor).filter(panel_id__in=list(members)).order_by("id")
    for panel_id, number, state, total in tasks.values_list(
        "panel_id", "expert__number", "state", "sheet__total"
    ):
        shown = total if state == states.SCORED else None
        members[panel_id].append(OverviewMember(number, state, shown))
    return [
        OverviewRow(
            application=row["case"],
            enterprise=row["enterprise_name"],
            district=row["district_name"],
            drawn=row["drawn"],
            state=row["state"],
            state_label=states.PANEL_LIFE.label(row["state"]),
            total=row["total"],
            spread=row["spread"],
            deviation=row["deviation"],
            outliers=tuple(row["outliers"]),
            disputed=len(row["disputed_items"]),
            reconsidered=row["reconsidered"],
            due_on=row["due_on"],
            opinion_label=Opinion(row["opinion"]).label if row["opinion"] else "",
            members=tuple(members[row["pk"]]),
        )
        for row in found
    ]


def _visit_parts() -> list[str]:
    return [f"site_visits__{part}" for part in VISIT_PARTS]


def _sorted(rows: QuerySet[Panel], sort: str) -> QuerySet[Panel]:
    waiting = Case(When(state=states.ASSESSED, then=0), default=1, output_field=IntegerField())
    match sort:
        case "line":
            return rows.order_by(Abs(F("total") - RECOMMENDATION_LINE).asc(nulls_last=True), "-id")
        case "due":
            return rows.order_by(F("due_on").asc(nulls_last=True), "id")
        case "newest":
            return rows.order_by("-id")
        case _:
            return rows.order_by(F("spread").desc(nulls_last=True), waiting, "-id")


def _file(row: Panel, case: applications.CaseRow) -> PanelFile:
    members = list(row.assignments.all())
    for member in members:
        member.panel = row
    return panel_file(
        row,
        case,
        members=[assignment_row(member, case, show_total=True) for member in members],
        visits=list(row.site_visits.all()),
        show=True,
    )


def panels(*, actor: Actor, state: str = "") -> list[PanelFile]:
    """Return panels, newest first, at most 250, in a constant number of queries (for the API).

    Raises:
        NotVisible: the actor is not of the city.
    """
    if actor.role not in _READERS:
        raise NotVisible
    rows = Panel.objects.visible_to(actor)
    if state:
        rows = rows.filter(state=state)
    members = Assignment.objects.select_related("expert__user", "sheet").defer("sheet__result").order_by("id")
    found = list(
        rows.order_by("-id").prefetch_related(
            Prefetch("assignments", queryset=members), Prefetch("site_visits"), *_visit_parts()
        )[:MOST_PER_PAGE]
    )
    cases = applications.cases(actor=actor, ids=[row.application_id for row in found])
    return [_file(row, cases[row.application_id]) for row in found]


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """The figures with the names behind them: expert number → name, case public id → enterprise."""

    calibration: Calibration
    experts: dict[str, str]
    enterprises: dict[str, str]
    panels: int


def calibration(*, actor: Actor, round_code: str = "") -> CalibrationReport:
    """Return how experts score against their colleagues, and the ranks with and without that; two queries.

    Raises:
        NotVisible: the actor is not of the city.
    """
    if actor.role not in _READERS:
        raise NotVisible
    rows = Assignment.objects.visible_to(actor).filter(
        state=states.SCORED, sheet__total__isnull=False, panel__total__isnull=False
    )
    if round_code:
        rows = rows.filter(application__round__code=round_code)
    found = list(
        rows.order_by("application_id", "id").values_list(
            "application__public_id",
            "application__enterprise__name",
            "expert__number",
            "expert__user__name",
            "sheet__total",
        )
    )
    marks = [Mark(case, number, total) for case, _, number, _, total in found]
    return CalibrationReport(
        calibrate(marks) if marks else Calibration((), ()),
        {number: name for _, _, number, name, _ in found},
        {case: enterprise for case, enterprise, _, _, _ in found},
        len({mark.case for mark in marks}),
    )
