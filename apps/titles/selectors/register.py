"""The register as bureaus and enterprises see it, narrowed to the actor."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.policy.levels import Level
from apps.titles.models import Ban, Title
from apps.titles.states import STANDING, TITLE_LIFE

PER_PAGE = 50
_LONGEST_SEARCH = 50
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class TitleRow:
    """One line of the register."""

    id: int
    public_id: str
    enterprise_id: int
    enterprise_name: str
    uscc: str
    district: str
    district_name: str
    industry_code: str
    industry_name: str
    level: int
    level_label: str
    origin_label: str
    state: str
    state_label: str
    standing: bool
    awarded_on: date
    certificate_no: str | None
    document_no: str
    verify_token: str
    ended_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class TitlePage:
    """One page of the register with its total and counts by level and state."""

    rows: Sequence[TitleRow]
    total: int
    page: int
    pages: int
    by_level: dict[int, int]
    by_state: dict[str, int]


@dataclass(frozen=True, slots=True)
class BanRow:
    """A ban: from when, and the first day one may apply again."""

    cancelled_level: int
    from_on: date
    until_on: date
    document_no: str
    title_public_id: str


@dataclass(frozen=True, slots=True)
class TitleFile:
    """One title with everything a page of it shows."""

    row: TitleRow
    valid_from: date
    former_names: tuple[str, ...]
    source_type: str
    source_public_id: str
    end_document_no: str
    end_reason: str
    ban: BanRow | None
    others: Sequence[TitleRow]


def row_of(title: Title) -> TitleRow:
    """Return the line of *title*."""
    return TitleRow(
        id=title.pk,
        public_id=title.public_id,
        enterprise_id=title.enterprise_id,
        enterprise_name=title.enterprise_name,
        uscc=title.uscc,
        district=title.district_id,
        district_name=title.district_name,
        industry_code=title.industry_code,
        industry_name=title.industry_name,
        level=title.level,
        level_label=Level(title.level).label,
        origin_label=title.get_origin_display(),
        state=title.state,
        state_label=TITLE_LIFE.label(title.state),
        standing=title.state in STANDING,
        awarded_on=title.awarded_on,
        certificate_no=title.certificate_no,
        document_no=title.document_no,
        verify_token=title.verify_token,
        ended_on=title.ended_on,
        version=title.version,
    )


def _ban_row(ban: Ban) -> BanRow:
    return BanRow(ban.cancelled_level, ban.from_on, ban.until_on, ban.document_no, ban.title.public_id)


def titles_of(
    *, actor: Actor, enterprise_id: int | None = None, enterprise_public_id: str | None = None
) -> list[TitleRow]:
    """Return the titles of one enterprise (the actor's own when neither is given), highest level first."""
    rows = Title.objects.visible_to(actor)
    if enterprise_public_id is not None:
        rows = rows.filter(enterprise__public_id=enterprise_public_id)
    else:
        rows = rows.filter(enterprise_id=enterprise_id if enterprise_id is not None else actor.enterprise_id)
    return [row_of(row) for row in rows.order_by("-level", "-awarded_on", "-pk")]


def titles_of_many(*, actor: Actor, enterprise_public_ids: Collection[str]) -> dict[str, list[TitleRow]]:
    """Return enterprise (public id) → its titles, highest level first; one query for a list."""
    rows = (
        Title.objects.visible_to(actor)
        .filter(enterprise__public_id__in=list(enterprise_public_ids))
        .annotate(holder=F("enterprise__public_id"))
        .order_by("-level", "-awarded_on", "-pk")
    )
    found: dict[str, list[TitleRow]] = {}
    for row in rows:
        found.setdefault(row.holder, []).append(row_of(row))
    return found


def holders(
    *, actor: Actor, level: int | None = None, state: str = "", certificate_no: str = ""
) -> frozenset[int]:
    """Return the ids of the enterprises with a title of a level, in a state or with a certificate number; one query.

    Args:
        actor: who looks.
        level: 1 to 5, None for all.
        state: as for `titles_page`.
        certificate_no: the beginning of one, "" for all.
    """
    rows = _narrowed(Title.objects.visible_to(actor), level, state)
    if certificate_no:
        rows = rows.filter(certificate_no__startswith=certificate_no.upper())
    return frozenset(rows.values_list("enterprise_id", flat=True))


def titles_page(
    *,
    actor: Actor,
    q: str = "",
    level: int | None = None,
    state: str = "",
    district: str = "",
    year: int | None = None,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> TitlePage:
    """Return one page of titles, newest first, with counts by level and state; three queries.

    Args:
        actor: who looks.
        q: part of the name, the credit code or the certificate number.
        level: 1 to 5, None for all.
        state: code of the title's state, "" for all, "standing" for those that stand.
        district: code, for the city's staff.
        year: awarded in this year, None for all.
        page: from 1; beyond the end the last page.
        per_page: rows a page.
    """
    rows = _found(actor, q, district)
    if year is not None:
        rows = rows.filter(awarded_on__year=year)
    by_level = dict.fromkeys((level.value for level in Level), 0)
    by_state = dict.fromkeys(TITLE_LIFE.states, 0)
    total = 0
    for one_level, one_state, count in rows.order_by().values_list("level", "state").annotate(n=Count("pk")):
        right_state = not state or one_state == state or (state == "standing" and one_state in STANDING)
        if right_state:
            by_level[one_level] += count
        if level is None or one_level == level:
            by_state[one_state] += count
            total += count if right_state else 0
    rows = _narrowed(rows, level, state)
    pages = max(1, -(-total // per_page))
    page = min(max(page, 1), pages)
    found = rows.order_by("-awarded_on", "-pk")[(page - 1) * per_page : page * per_page]
    return TitlePage([row_of(row) for row in found], total, page, pages, by_level, by_state)


def every_title(
    *, actor: Actor, q: str = "", level: int | None = None, state: str = "", district: str = ""
) -> tuple[int, Iterator[TitleRow]]:
    """Return how many titles the filters of the list name, and all of them, newest first.

    For exports: the rows come from one server-side cursor, in constant memory, and must be read in a transaction.
    """
    rows = _narrowed(_found(actor, q, district), level, state).order_by("-awarded_on", "-pk")
    return rows.count(), (row_of(row) for row in rows.iterator(chunk_size=_CHUNK))


def _found(actor: Actor, q: str, district: str) -> QuerySet[Title]:
    rows = Title.objects.visible_to(actor)
    text = q.strip()[:_LONGEST_SEARCH]
    if text:
        rows = rows.filter(
            Q(enterprise_name__icontains=text)
            | Q(uscc__startswith=text.upper())
            | Q(certificate_no__startswith=text.upper())
        )
    if district:
        rows = rows.filter(district_id=district)
    return rows


def _narrowed(rows: QuerySet[Title], level: int | None, state: str) -> QuerySet[Title]:
    if level is not None:
        rows = rows.filter(level=level)
    if state == "standing":
        return rows.filter(state__in=STANDING)
    return rows.filter(state=state) if state else rows


def title_file(*, actor: Actor, public_id: str) -> TitleFile:
    """Return one title with its ban and the enterprise's other titles.

    Raises:
        NotVisible: none such in the actor's jurisdiction.
    """
    title = Title.objects.visible_to(actor).filter(public_id=public_id).first()
    if title is None:
        raise NotVisible
    ban = Ban.objects.visible_to(actor).select_related("title").filter(title=title).first()
    others = (
        Title.objects.visible_to(actor)
        .filter(enterprise_id=title.enterprise_id)
        .exclude(pk=title.pk)
        .order_by("-level", "-awarded_on")
    )
    return TitleFile(
        row=row_of(title),
        valid_from=title.valid_from,
        former_names=tuple(title.former_names),
        source_type=title.source_type,
        source_public_id=title.source_public_id,
        end_document_no=title.end_document_no,
        end_reason=title.end_reason,
        ban=_ban_row(ban) if ban else None,
        others=[row_of(row) for row in others],
    )


def bans_of(*, actor: Actor, enterprise_id: int) -> list[BanRow]:
    """Return the bans of one enterprise, the longest first."""
    rows = Ban.objects.visible_to(actor).filter(enterprise_id=enterprise_id).select_related("title")
    return [_ban_row(ban) for ban in rows.order_by("-until_on")]


def live_title_ids(*, actor: Actor, levels: Collection[int], district: str | None = None) -> list[TitleRow]:
    """Return the titles that stand at one of *levels* (recheck plans, annual tasks), by district and id."""
    rows = Title.objects.visible_to(actor).filter(level__in=list(levels), state__in=STANDING)
    if district is not None:
        rows = rows.filter(district_id=district)
    return [row_of(row) for row in rows.order_by("district_id", "pk")]


def title_by_source(*, actor: Actor, source_type: str, source_public_id: str) -> TitleRow | None:
    """Return the title a decision gave, if the actor may see it."""
    row = (
        Title.objects.visible_to(actor)
        .filter(source_type=source_type, source_public_id=source_public_id)
        .order_by("-level")
        .first()
    )
    return row_of(row) if row else None


def awards_by_year(*, actor: Actor) -> dict[int, dict[int, int]]:
    """Return how many titles of each level were awarded by year, whatever became of them; one query."""
    found: dict[int, dict[int, int]] = {}
    rows = Title.objects.visible_to(actor).order_by().values_list("awarded_on__year", "level")
    for year, level, count in rows.annotate(n=Count("pk")).order_by("awarded_on__year", "level"):
        found.setdefault(year, {})[level] = count
    return found
