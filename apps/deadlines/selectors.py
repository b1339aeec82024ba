"""Reading the working calendar and what falls due."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import count
from math import ceil

from django.db.models import Count, F, Max, Model, Q, QuerySet, Sum

from apps.core.actor import Actor, Role
from apps.core.moment import Moment
from apps.deadlines.counting import Counting
from apps.deadlines.models import CalendarDay, CalendarNotice, Obligation
from apps.deadlines.registry import KINDS
from apps.deadlines.states import LIVE, MET, OBLIGATION_STATES, OVERDUE, Party
from apps.policy.calendar import Term, WorkCalendar, workdays_between

PER_PAGE = 50
#: How long a calendar program is told of what is no longer owed, and the most entries of each sort in its feed.
_REMEMBERED, _MOST_IN_CALENDAR = timedelta(days=90), 500
#: The last day before any published calendar: everything is provisional.
_NEVER = date(1970, 1, 1)
_PARTY_OF: dict[Role, Party] = {
    Role.ENTERPRISE: Party.ENTERPRISE,
    Role.DISTRICT: Party.DISTRICT,
    Role.MUNICIPAL: Party.MUNICIPAL,
    Role.EXPERT: Party.EXPERT,
}


@dataclass(frozen=True, slots=True)
class ObligationRow:
    """One thing owed, as lists and case pages show it."""

    public_id: str
    kind: str
    label: str
    party: str
    party_label: str
    subject_type: str
    subject_public_id: str
    subject_label: str
    number: str
    enterprise_name: str
    district: str | None
    rule: str
    basis: str
    started_on: date
    due_on: date
    due_at: datetime
    provisional: bool
    state: str
    state_label: str
    path: str
    changes: int

    @property
    def is_owed(self) -> bool:
        """Whether something is still to be done."""
        return self.state in LIVE

    @property
    def is_overdue(self) -> bool:
        """Whether the deadline has passed."""
        return self.state == OVERDUE


@dataclass(frozen=True, slots=True)
class ObligationPage:
    """One page of what is owed, the most urgent first."""

    rows: Sequence[ObligationRow]
    total: int
    overdue: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the calendar table."""

    date: date
    is_workday: bool
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the published calendar reaches."""

    years: tuple[int, ...]
    known_until: date | None
    #: The first year from the present one on whose holidays are not recorded.
    first_missing: int
    missing_next_year: bool


def work_calendar() -> WorkCalendar:
    """Return the working calendar (one short query; the days stay in memory until the table changes)."""
    return _calendar(*calendar_version())


def calendar_version() -> tuple[int, int | None]:
    """Return what changes whenever the working calendar does (one short query)."""
    version = CalendarDay.objects.aggregate(rows=Count("pk"), revision=Sum("revision"))
    return version["rows"], version["revision"]


@lru_cache(maxsize=2)
def _calendar(rows: int, revision: int | None) -> WorkCalendar:
    del rows, revision  # the key: the content follows from it
    days = dict(CalendarDay.objects.values_list("date", "is_workday"))
    return WorkCalendar(days, max(days, default=_NEVER))


def term(counting: Counting) -> Term:
    """Return the period of *counting* by today's calendar."""
    return counting.term(work_calendar())


def calendar_year(year: int) -> list[DayRow]:
    """Return the recorded days of *year* in order; empty when its holidays are not published."""
    rows = CalendarDay.objects.filter(date__year=year).order_by("date")
    return [DayRow(row.date, row.is_workday, row.name, row.source) for row in rows]


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """The paper behind a year: public id of its file, its name, when it was attached."""

    document: str
    name: str
    attached_at: datetime


def calendar_notice(year: int) -> NoticeRow | None:
    """Return the notice behind *year*, None when none is attached; one query."""
    row = CalendarNotice.objects.filter(year=year).first()
    return NoticeRow(row.document, row.document_name, row.attached_at) if row else None


def provisional(*, actor: Actor, most: int) -> list[ObligationRow]:
    """Return the live deadlines that are 暂定 until the holidays of their year are recorded; one query."""
    rows = Obligation.objects.visible_to(actor).filter(provisional=True, state__in=LIVE)
    return [obligation_row(row) for row in rows.order_by("due_on", "pk")[:most]]


def calendar_coverage(*, on: date) -> Coverage:
    """Return which years are known, and whether the year after *on* is missing."""
    years = tuple(CalendarDay.objects.order_by("date__year").values_list("date__year", flat=True).distinct())
    last = CalendarDay.objects.aggregate(last=Max("date"))["last"]
    first_missing = next(year for year in count(on.year) if year not in years)
    return Coverage(years, last, first_missing, first_missing <= on.year + 1)


def obligation_row(row: Obligation) -> ObligationRow:
    """Return the view of a stored obligation (for the services of this room)."""
    kind = KINDS.get(row.kind)
    return ObligationRow(
        row.public_id,
        row.kind,
        kind.label if kind else row.kind,
        row.party,
        Party(row.party).label,
        row.subject_type,
        row.subject_public_id,
        row.subject_label,
        row.subject_number,
        row.enterprise_name,
        row.district_id,
        row.rule,
        row.basis,
        row.started_on,
        row.due_on,
        row.due_at,
        row.provisional,
        row.state,
        OBLIGATION_STATES[row.state],
        kind.path.format(public_id=row.subject_public_id) if kind else "",
        row.changes,
    )


def obligations_for(
    *,
    actor: Actor,
    mine: bool = False,
    states: Sequence[str] = LIVE,
    kinds: Sequence[str] | None = None,
    district: str | None = None,
    due_until: date | None = None,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> ObligationPage:
    """Return what is owed within *actor*'s jurisdiction, the most urgent first.

    Args:
        actor: who looks.
        mine: only what the actor's own side has to do (else also what it watches over).
        states: states to list.
        kinds: only these kinds.
        district: only this district (for the city).
        due_until: only what falls due by this day.
        page: from 1; out of range is brought into range.
        per_page: rows a page.
    """
    rows = _concerning(actor).filter(state__in=states)
    if mine:
        party = _PARTY_OF.get(actor.role)
        rows = rows.filter(party=party) if party else rows.none()
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    if district:
        rows = rows.filter(district=district)
    if due_until is not None:
        rows = rows.filter(due_on__lte=due_until)
    return _page(rows, page=page, per_page=per_page)


def things_to_do(*, actor: Actor, on: date, per_page: int = PER_PAGE) -> ObligationPage:
    """Return what *actor*'s own side has to do, the most urgent first.

    Left out is what belongs there only shortly before its day (`Kind.ahead_days`): a cycle of three years is owed from
    its first day on and kept, but nobody sets about it before its end comes near.
    """
    party = _PARTY_OF.get(actor.role)
    rows = _concerning(actor).filter(state__in=LIVE)
    rows = rows.filter(party=party) if party else rows.none()
    for code, ahead in _shown_ahead():
        rows = rows.exclude(kind=code, due_on__gt=on + timedelta(days=ahead))
    return _page(rows, page=1, per_page=per_page)


def _page(rows: QuerySet[Obligation], *, page: int, per_page: int) -> ObligationPage:
    counts = rows.aggregate(total=Count("pk"), overdue=Count("pk", filter=Q(state=OVERDUE)))
    pages = max(1, ceil(counts["total"] / per_page))
    page = min(max(1, page), pages)
    found = rows.order_by("due_at", "id")[(page - 1) * per_page : page * per_page]
    return ObligationPage(
        [obligation_row(row) for row in found], counts["total"], counts["overdue"], page, pages
    )


def _shown_ahead() -> list[tuple[str, int]]:
    """Return the kinds that belong among the things to do only so many days before their day."""
    return [(kind.code, kind.ahead_days) for kind in KINDS.values() if kind.ahead_days is not None]


def _concerning(actor: Actor) -> QuerySet[Obligation]:
    """Return what *actor* sees less the private matters of enterprises: theirs to do, with no 属地 to watch over it."""
    rows = Obligation.objects.visible_to(actor)
    if actor.role is Role.ENTERPRISE:
        return rows
    return rows.exclude(party=Party.ENTERPRISE, district=None)


def calendar_feed_rows(*, actor: Actor, at: datetime) -> list[ObligationRow]:
    """Return what a calendar program of *actor* is told at *at*: what its own side owes, and what it owed lately.

    A program drops an entry when it reads that it is off, and some keep for good what merely disappears: what ended
    within the last 90 days is named as well. At most 500 of each, the most urgent and the latest; two queries.
    """
    party = _PARTY_OF.get(actor.role)
    if party is None:
        return []
    rows = _concerning(actor).filter(party=party)
    owed = rows.filter(state__in=LIVE).order_by("due_at", "id")
    ended = rows.exclude(state__in=LIVE).filter(closed_at__gt=at - _REMEMBERED).order_by("-closed_at", "-id")
    return [obligation_row(row) for some in (owed, ended) for row in some[:_MOST_IN_CALENDAR]]


def overdue_by_district(*, actor: Actor) -> dict[str, int]:
    """Return how much is overdue within *actor*'s jurisdiction by district, "" for what has none; one query."""
    rows = _concerning(actor).filter(state=OVERDUE).order_by().values_list("district_id")
    return {code or "": count for code, count in rows.annotate(n=Count("pk"))}


def most_urgent(*, actor: Actor, limit: int = PER_PAGE) -> list[ObligationRow]:
    """Return what is owed now within *actor*'s jurisdiction, by whomever, the most urgent first; one query."""
    rows = Obligation.objects.visible_to(actor).filter(state__in=LIVE)
    return [obligation_row(row) for row in rows.order_by("due_at", "id")[:limit]]


def soonest_of(
    *, actor: Actor, subjects: Collection[str], kinds: Sequence[str] | None = None
) -> dict[str, ObligationRow]:
    """Return public id of each subject → what *actor*'s own side owes about it first; one query for a whole list.

    Args:
        actor: who looks.
        subjects: public ids of the subjects on the page.
        kinds: only these kinds.
    """
    party = _PARTY_OF.get(actor.role)
    if party is None or not subjects:
        return {}
    rows = Obligation.objects.visible_to(actor).filter(
        state__in=LIVE, party=party, subject_public_id__in=list(subjects)
    )
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    found = rows.order_by("subject_public_id", "due_at", "id").distinct("subject_public_id")
    return {row.subject_public_id: obligation_row(row) for row in found}


def obligations_of(*, actor: Actor, subject: Model) -> list[ObligationRow]:
    """Return everything ever owed about *subject* that *actor* may see, oldest deadline first."""
    rows = Obligation.objects.visible_to(actor).filter(
        subject_type=subject._meta.label_lower, subject_id=subject.pk
    )
    return [obligation_row(row) for row in rows.order_by("due_at", "id")]


def late_workdays(*, actor: Actor, kind: str, subjects: Collection[str]) -> dict[str, int]:
    """Return public id of each subject whose *kind* was met after its due day → by how many working days; one query."""
    rows = Obligation.objects.visible_to(actor).filter(
        kind=kind, state=MET, subject_public_id__in=list(subjects), closed_at__gt=F("due_at")
    )
    work = work_calendar()
    found = {
        row.subject_public_id: workdays_between(obligation_row(row).due_on, Moment.of(row.closed_at).on, work)
        for row in rows
        if row.closed_at is not None
    }
    return {public_id: days for public_id, days in found.items() if days > 0}


def live_due(*, kind: str, subject: Model) -> ObligationRow | None:
    """Return the live obligation of *kind* about *subject*, None when there is none (for rooms above)."""
    row = Obligation.objects.filter(
        kind=kind, subject_type=subject._meta.label_lower, subject_id=subject.pk, state__in=LIVE
    ).first()
    return None if row is None else obligation_row(row)


def live_by_subject(*, kind: str) -> dict[int, ObligationRow]:
    """Return primary key of the subject → the live obligation of *kind* about it, for all there are; one query."""
    rows = Obligation.objects.filter(kind=kind, state__in=LIVE)
    return {row.subject_id: obligation_row(row) for row in rows}


def days_left(row: ObligationRow, *, on: date) -> int:
    """Return the calendar days from *on* to the due day; negative when it has passed."""
    return (row.due_on - on) // timedelta(days=1)
