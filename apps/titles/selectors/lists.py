"""Imported lists: proposed matches before an import, what each line did, and the queue for matching by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from apps.accounts import selectors as accounts
from apps.accounts.lists import nearly_called
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.titles.models import ExternalList, ExternalListRow, Title
from apps.titles.states import LIVE

_READERS = frozenset({Role.MUNICIPAL, Role.AUDITOR, Role.SYSTEM})
PER_PAGE = 50
#: What a line can have come to: code and words.
LINE_STATES = tuple(ExternalListRow.STATES)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line to import: action `add`, `remove` or `rename`; name as printed; code where the list has one."""

    action: str
    name: str
    uscc: str = ""
    new_name: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The enterprise a line belongs to and how that was found (`uscc` or `name`)."""

    enterprise_id: int
    public_id: str
    uscc: str
    name: str
    district: str
    how: str


@dataclass(frozen=True, slots=True)
class ListSummary:
    """One imported list with what its lines came to."""

    public_id: str
    kind: str
    kind_label: str
    title: str
    document_no: str
    published_on: date
    imported_at: datetime
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of an imported list (F-19)."""

    public_id: str
    position: int
    action_label: str
    printed_name: str
    printed_uscc: str
    new_name: str
    match_label: str
    state: str
    state_label: str
    note: str
    list_title: str
    document_no: str
    list_public_id: str = ""
    enterprise_public_id: str = ""


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list and its lines."""

    summary: ListSummary
    lines: Sequence[ListLine]


@dataclass(frozen=True, slots=True)
class LinesPage:
    """One page of lines."""

    rows: Sequence[ListLine]
    total: int
    page: int
    pages: int


def matches(*, actor: Actor, rows: Sequence[ListRow]) -> list[Match | None]:
    """Return for each line the one enterprise it names: by credit code, else by exact name (present or former).

    Writes nothing, so that it serves as the preview of an import, too. A name borne by two enterprises is no match.
    Two queries, however many lines.
    """
    usccs = {row.uscc for row in rows if row.uscc}
    names = {row.name for row in rows}
    by_name: dict[str, set[int]] = defaultdict(set)
    former = Title.objects.filter(
        Q(enterprise_name__in=names) | Q(former_names__overlap=list(names)), state__in=LIVE
    ).values_list("enterprise_id", "uscc", "enterprise_name", "former_names")
    for enterprise_id, uscc, name, old_names in former:
        for one in {name, *old_names} & names:
            by_name[one].add(enterprise_id)
        usccs.add(uscc)
    found = accounts.identified(actor=actor, usccs=usccs, names=names)
    by_id = {row.id: row for row in found}
    by_code = {row.uscc: row for row in found}
    for row in found:
        by_name[row.name].add(row.id)
    result: list[Match | None] = []
    for line in rows:
        identity, how = (by_code.get(line.uscc), "uscc") if line.uscc else (None, "name")
        if identity is None and not line.uscc:
            bearers = by_name.get(line.name, set())
            identity = by_id.get(next(iter(bearers))) if len(bearers) == 1 else None
        result.append(
            Match(identity.id, identity.public_id, identity.uscc, identity.name, identity.district, how)
            if identity
            else None
        )
    return result


def near_names(*, actor: Actor, names: Sequence[str], most: int = 3) -> dict[str, list[str]]:
    """Return for each name that is nobody's the enterprises that are called nearly so, nearest first (for matching).

    Raises:
        NotVisible: not the city's staff.
    """
    _must_read(actor)
    return nearly_called(actor=actor, names=names, most=most)


def external_lists(*, actor: Actor) -> list[ListSummary]:
    """Return the imported lists, newest first.

    Raises:
        NotVisible: not the city's staff.
    """
    _must_read(actor)
    states = dict(ExternalListRow.STATES)
    rows = ExternalList.objects.annotate(
        **{f"n_{state}": Count("rows", filter=Q(rows__state=state)) for state in states}
    )
    return [_summary(row) for row in rows.order_by("-published_on", "-pk")]


def external_list(*, actor: Actor, public_id: str) -> ListFile:
    """Return one list with its lines in printed order.

    Raises:
        NotVisible: none such, or not the city's staff.
    """
    summary, lines = _list(actor, public_id)
    return ListFile(summary, [_line(line) for line in lines])


def list_page(
    *, actor: Actor, public_id: str, state: str = "", page: int = 1, per_page: int = PER_PAGE
) -> tuple[ListSummary, LinesPage]:
    """Return one page of a list's lines in printed order, of one *state* or of all ("").

    Raises:
        NotVisible: none such, or not the city's staff.
    """
    summary, lines = _list(actor, public_id)
    return summary, _page(lines.filter(state=state) if state else lines, page, per_page)


def list_line(*, actor: Actor, public_id: str, row_public_id: str) -> tuple[ListSummary, ListLine]:
    """Return a list and one of its lines.

    Raises:
        NotVisible: none such, or not the city's staff.
    """
    summary, lines = _list(actor, public_id)
    found = lines.filter(public_id=row_public_id).first()
    if found is None:
        raise NotVisible
    return summary, _line(found)


def unmatched_page(*, actor: Actor, page: int = 1, per_page: int = PER_PAGE) -> LinesPage:
    """Return one page of the lines that wait for matching by hand, oldest list first, with how many there are.

    Raises:
        NotVisible: not the city's staff.
    """
    _must_read(actor)
    return _page(_waiting(), page, per_page)


def unmatched_rows(*, actor: Actor, page: int = 1, per_page: int = PER_PAGE) -> list[ListLine]:
    """Return one page of the lines that wait for matching by hand, oldest list first.

    Raises:
        NotVisible: not the city's staff.
    """
    _must_read(actor)
    start = (max(page, 1) - 1) * per_page
    return [_line(line) for line in _waiting()[start : start + per_page]]


def _waiting() -> QuerySet[ExternalListRow]:
    return (
        ExternalListRow.objects.filter(state=ExternalListRow.UNMATCHED)
        .select_related("list", "enterprise")
        .order_by("list__published_on", "list_id", "position")
    )


def _list(actor: Actor, public_id: str) -> tuple[ListSummary, QuerySet[ExternalListRow]]:
    _must_read(actor)
    states = dict(ExternalListRow.STATES)
    row = (
        ExternalList.objects.filter(public_id=public_id)
        .annotate(**{f"n_{state}": Count("rows", filter=Q(rows__state=state)) for state in states})
        .first()
    )
    if row is None:
        raise NotVisible
    lines = ExternalListRow.objects.filter(list=row).select_related("list", "enterprise").order_by("position")
    return _summary(row), lines


def _page(rows: QuerySet[ExternalListRow], page: int, per_page: int) -> LinesPage:
    total = rows.count()
    pages = max(1, -(-total // per_page))
    number = min(max(page, 1), pages)
    return LinesPage(
        [_line(line) for line in rows[(number - 1) * per_page : number * per_page]], total, number, pages
    )


def _must_read(actor: Actor) -> None:
    if actor.role not in _READERS:
        raise NotVisible


def _summary(row: ExternalList) -> ListSummary:
    return ListSummary(
        public_id=row.public_id,
        kind=row.kind,
        kind_label=row.get_kind_display(),
        title=row.title,
        document_no=row.document_no,
        published_on=row.published_on,
        imported_at=row.imported_at,
        counts={state: getattr(row, f"n_{state}") for state, _ in ExternalListRow.STATES},
    )


def _line(row: ExternalListRow) -> ListLine:
    return ListLine(
        public_id=row.public_id,
        position=row.position,
        action_label=row.get_action_display(),
        printed_name=row.printed_name,
        printed_uscc=row.printed_uscc,
        new_name=row.new_name,
        match_label=row.get_match_display() if row.match else "",
        state=row.state,
        state_label=row.get_state_display(),
        note=row.note,
        list_title=row.list.title,
        document_no=row.list.document_no,
        list_public_id=row.list.public_id,
        enterprise_public_id="" if row.enterprise is None else row.enterprise.public_id,
    )
