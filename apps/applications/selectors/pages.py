"""Lists of applications: the bureaus' page with filters and counts, the enterprise's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet

from apps.applications.models import Application
from apps.applications.selectors.cases import CaseRow, case_row, visible_cases
from apps.applications.selectors.overview import FIGURES, GAPS, behind
from apps.applications.states import APPLICATION_LIFE
from apps.core.actor import Actor
from apps.policy.levels import Level

PER_PAGE = 50
#: A list never counts further: nobody reads page 200, and counting everything costs more than showing it.
COUNT_LIMIT = 10_000
_LONGEST_SEARCH = 50
_LARGEST_PAGE = 200
SORTS: dict[str, tuple[str, str]] = {
    "newest": ("最近提交", "-submitted_at"),
    "oldest": ("最早提交", "submitted_at"),
    "changed": ("最近变更", "-changed_at"),
    "waiting": ("等待最久", "changed_at"),
    "self_total": ("自评得分", "-self_total"),
    "prelim_total": ("初评得分", "-prelim_total"),
    "panel_total": ("专家组得分", "-panel_total"),
    "number": ("申报编号", "number"),
}

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """One line of the list: the key columns, nothing else."""

    id: int
    public_id: str
    number: str | None
    enterprise_name: str
    uscc: str
    industry_name: str
    district: str
    district_name: str
    round_code: str
    level: int
    level_label: str
    state: str
    state_label: str
    self_total: Decimal | None
    prelim_total: Decimal | None
    panel_total: Decimal | None
    decided_level: int | None
    submitted_at: datetime | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """One page; `capped` when there are more than `total`; counts answer the filters without the state."""

    rows: Sequence[ApplicationRow]
    total: int
    capped: bool
    page: int
    pages: int
    by_state: dict[str, int]
    sort: str
    cases: Sequence[CaseRow] = ()


def applications_page(  # noqa: PLR0913  (the filters of the list)
    *,
    actor: Actor,
    q: str = "",
    district: str = "",
    state: str = "",
    states: Sequence[str] = (),
    level: int | None = None,
    round_code: str = "",
    sort: str = "newest",
    page: int = 1,
    per_page: int = PER_PAGE,
    with_cases: bool = False,
    only: Collection[int] | None = None,
    but: Collection[int] | None = None,
    figure: str = "",
    industry: str = "",
) -> ApplicationPage:
    """Return one page of applications; two queries, however many rows there are.

    Args:
        actor: who looks; rows of other jurisdictions do not exist.
        q: part of the enterprise's name or its pinyin, credit code, or application number.
        district: code, for the city's staff.
        state: one state.
        states: any of several states (work lists); ignored when *state* is given.
        level: 1 to 3.
        round_code: code of a round.
        sort: key of `SORTS`; an unknown one is the default.
        page: from 1; beyond the end the last page.
        per_page: rows a page, 200 at most.
        with_cases: also return the rows as cases (`cases`), for pages that would otherwise read them a second time.
        only: ids a room above has found; only these are listed (one query more), the counts by state stay whole.
        but: ids a room above has found; these are not listed.
        figure: key of `FIGURES`: only what this figure of the dashboard counts, the largest differences first.
        industry: code of the enterprise's industry.
    """
    rows = _filtered(actor, q, district, level, round_code)
    if industry:
        rows = rows.filter(enterprise__industry_code=industry)
    if figure in FIGURES:
        rows = behind(rows, figure)
    # One grouped count answers the tabs and the total at once.
    by_state = _counted(rows)
    wanted = [state] if state else list(states)
    total = sum(by_state.get(one, 0) for one in wanted) if wanted else sum(by_state.values())
    if wanted:
        rows = rows.filter(state__in=wanted)
    if only is not None or but is not None:
        rows = rows.filter(pk__in=list(only)) if only is not None else rows.exclude(pk__in=list(but or ()))
        total = rows.count()
    per_page = min(max(per_page, 1), _LARGEST_PAGE)
    pages = max(1, -(-total // per_page))
    page = min(max(page, 1), pages)
    sort = sort if sort in SORTS else "newest"
    column = "-points" if figure in GAPS else SORTS[sort][1]
    order = F(column.removeprefix("-"))
    ordered = rows.order_by(
        order.desc(nulls_last=True) if column.startswith("-") else order.asc(nulls_last=True), "-pk"
    )
    found = list(
        (ordered if with_cases else ordered.only(*_COLUMNS))[(page - 1) * per_page : page * per_page]
    )
    return ApplicationPage(
        rows=[_row(row) for row in found],
        total=min(total, COUNT_LIMIT),
        capped=sum(by_state.values()) > COUNT_LIMIT,
        page=page,
        pages=pages,
        by_state=by_state,
        sort=sort,
        cases=[case_row(row) for row in found] if with_cases else (),
    )


def counts_by_state(*, actor: Actor, level: int | None = None, round_code: str = "") -> dict[str, int]:
    """Return how many applications are in each state, for first pages; one query, counted to `COUNT_LIMIT`."""
    return _counted(_filtered(actor, "", "", level, round_code))


def _counted(rows: QuerySet[Application]) -> dict[str, int]:
    by_state = dict.fromkeys(APPLICATION_LIFE.states, 0)
    capped = rows.order_by()[: COUNT_LIMIT + 1].values("pk")
    by_state.update(
        Application.objects.filter(pk__in=capped).order_by().values_list("state").annotate(n=Count("pk"))
    )
    return by_state


def my_applications(*, actor: Actor) -> list[CaseRow]:
    """Return the applications of the actor's enterprise, newest first; one query."""
    if actor.enterprise_id is None:
        return []
    rows = visible_cases(actor).filter(enterprise_id=actor.enterprise_id)
    return [case_row(row) for row in rows.order_by("-pk")]


_COLUMNS = (
    "id",
    "public_id",
    "number",
    "level",
    "state",
    "self_total",
    "prelim_total",
    "panel_total",
    "decided_level",
    "submitted_at",
    "changed_at",
    "enterprise__name",
    "enterprise__uscc",
    "enterprise__industry_name",
    "district__name",
    "round__code",
)


def _filtered(
    actor: Actor, q: str, district: str, level: int | None, round_code: str
) -> QuerySet[Application]:
    rows = visible_cases(actor)
    text = q.strip()[:_LONGEST_SEARCH]
    if text:
        rows = rows.filter(
            Q(enterprise__name__icontains=text)
            | Q(enterprise__name_key__icontains=text.lower())
            | Q(enterprise__uscc__startswith=text.upper())
            | Q(number__startswith=text.upper())
        )
    if district:
        rows = rows.filter(district_id=district)
    if level is not None:
        rows = rows.filter(level=level)
    if round_code:
        rows = rows.filter(round__code=round_code)
    return rows


def _row(row: Application) -> ApplicationRow:
    return ApplicationRow(
        id=row.pk,
        public_id=row.public_id,
        number=row.number,
        enterprise_name=row.enterprise.name,
        uscc=row.enterprise.uscc,
        industry_name=row.enterprise.industry_name,
        district=row.district_id,
        district_name=row.district.name,
        round_code=row.round.code,
        level=row.level,
        level_label=Level(row.level).label,
        state=row.state,
        state_label=APPLICATION_LIFE.label(row.state),
        self_total=row.self_total,
        prelim_total=row.prelim_total,
        panel_total=row.panel_total,
        decided_level=row.decided_level,
        submitted_at=row.submitted_at,
        changed_at=row.changed_at,
    )


def every_application(
    *,
    actor: Actor,
    q: str = "",
    district: str = "",
    states: Sequence[str] = (),
    level: int | None = None,
    round_code: str = "",
) -> tuple[int, Iterator[ApplicationRow]]:
    """Return how many applications the filters of the list name, and all of them in the order of their number.

    For exports: the rows come from one server-side cursor, in constant memory, and must be read in a transaction.
    """
    rows = _filtered(actor, q, district, level, round_code)
    if states:
        rows = rows.filter(state__in=list(states))
    found = rows.order_by("pk").only(*_COLUMNS).iterator(chunk_size=_CHUNK)
    return rows.count(), (_row(row) for row in found)
