"""The public register: directory and verification. Only frozen columns of titles are read, no enterprise row."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import CharField, Count, Exists, Func, Max, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import ExtractYear

from apps.accounts import selectors as accounts
from apps.policy.levels import Level
from apps.titles.models import Title
from apps.titles.states import (
    CANCELLED,
    CANCELLING,
    LAPSED,
    RECTIFYING,
    STANDING,
    SURRENDERED,
    SUSPENDED,
    TITLE_LIFE,
)

DIRECTORY_PER_PAGE = 20
_LONGEST_SEARCH = 50
_NEWEST = ("-awarded_on", "-level", "-pk")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a cache needs: changes exactly when anything in the register has changed."""

    etag: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """One enterprise at its highest standing level, as the public may see it."""

    public_id: str
    enterprise_name: str
    former_names: tuple[str, ...]
    uscc: str
    district: str
    district_name: str
    industry_name: str
    level: int
    level_label: str
    state: str
    state_label: str
    awarded_on: date
    document_no: str
    certificate_no: str | None
    verify_token: str


@dataclass(frozen=True, slots=True)
class Directory:
    """One page of the directory; the counts answer the same filters, each without its own."""

    rows: Sequence[DirectoryRow]
    total: int
    page: int
    pages: int
    by_level: dict[int, int]
    by_district: list[tuple[str, str, int]]
    years: list[int]
    etag: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event of the verification page.

    `level`, `source` and `title`: of an award, for the rooms that know how it came about (`publicity`).
    """

    on: date
    text: str
    detail: str
    level: int = 0
    source: tuple[str, str] = ("", "")
    title: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to a certificate's QR code.

    `status`: valid, superseded (still valid, the enterprise has risen to a higher level), rectifying, cancelling,
    suspended, cancelled, ended, or none (no such certificate). `resembles`: a certificate that does exist and whose
    number looks like the one asked for; only with none.
    """

    status: str
    label: str
    row: DirectoryRow | None
    ended_on: date | None
    history: Sequence[HistoryLine]
    higher: DirectoryRow | None = None
    resembles: DirectoryRow | None = None


#: Signs that are mistaken for each other in print; numbers are compared with the first of each pair.
_LOOK_ALIKES = str.maketrans("OQILZSB", "0011258")
_STATUS = {
    RECTIFYING: "rectifying",
    CANCELLING: "cancelling",
    SUSPENDED: "suspended",
    CANCELLED: "cancelled",
    LAPSED: "ended",
    SURRENDERED: "ended",
}
_LABELS = {
    "valid": "称号有效",
    "superseded": "称号有效（企业已获更高等级）",
    "rectifying": "称号有效（整改中）",
    "cancelling": "称号有效（拟取消，尚未决定）",
    "suspended": "称号已暂停",
    "cancelled": "称号已取消",
    "ended": "称号已失效",
    "none": "未查到该证书",
}


class Translate(Func):
    """PostgreSQL's `translate(text, from, to)`."""

    function = "TRANSLATE"
    output_field = CharField()


def register_stamp() -> Stamp:
    """Return the stamp of the whole register; one query.

    Every change of a title raises its version, and keys are never given twice: the stamp repeats only
    when nothing has changed.
    """
    found = Title.objects.aggregate(
        changed=Max("changed_at"), rows=Count("pk"), newest=Max("pk"), versions=Sum("version")
    )
    text = ":".join(str(found[name]) for name in ("rows", "newest", "versions", "changed"))
    return Stamp(hashlib.sha256(text.encode()).hexdigest()[:32], found["changed"])


def _current() -> QuerySet[Title]:
    higher = Title.objects.filter(
        enterprise_id=OuterRef("enterprise_id"), state__in=STANDING, level__gt=OuterRef("level")
    )
    return Title.objects.filter(~Exists(higher), state__in=STANDING)


@dataclass(frozen=True, slots=True)
class _Filters:
    """What narrows the directory; hashable, so that counts can be kept until the register changes."""

    q: str
    levels: frozenset[int]
    district: str
    industry: str
    year: int | None

    @property
    def at_level(self) -> Q:
        return Q(level__in=self.levels) if self.levels else Q()

    @property
    def in_district(self) -> Q:
        return Q(district_id=self.district) if self.district else Q()

    @property
    def in_year(self) -> Q:
        return Q(awarded_on__year=self.year) if self.year else Q()

    def base(self) -> QuerySet[Title]:
        """Return the current titles that match the search and the industry."""
        rows = _current()
        if self.q:
            rows = rows.filter(
                Q(enterprise_name__icontains=self.q)
                | Q(former_names__contains=[self.q])
                | Q(uscc=self.q.upper())
                | Q(certificate_no=self.q.upper())
            )
        return rows.filter(industry_code__startswith=self.industry) if self.industry else rows

    def rows(self) -> QuerySet[Title]:
        """Return the matching titles, newest first."""
        return self.base().filter(self.at_level, self.in_district, self.in_year).order_by(*_NEWEST)


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many enterprises each filter would leave, the other filters kept."""

    total: int
    by_level: dict[int, int]
    by_district: dict[str, int]
    years: tuple[int, ...]


@lru_cache(maxsize=256)
def _counts(etag: str, filters: _Filters) -> _Counts:
    """Return the counts of *filters* in the register stamped *etag* (which keeps them until it changes); one query."""
    del etag
    elsewhere, ever = filters.at_level & filters.in_year, filters.at_level & filters.in_district
    found = filters.base().aggregate(
        total=Count("pk", filter=filters.at_level & filters.in_district & filters.in_year),
        years=ArrayAgg(ExtractYear("awarded_on"), filter=ever or None, distinct=True, default=[]),
        **{
            f"level{level.value}": Count(
                "pk", filter=Q(level=level.value) & filters.in_district & filters.in_year
            )
            for level in Level
        },
        **{
            f"district{code}": Count("pk", filter=Q(district_id=code) & elsewhere)
            for code, _ in _district_names()
        },
    )
    return _Counts(
        total=found["total"],
        by_level={level.value: found[f"level{level.value}"] for level in reversed(Level)},
        by_district={code: found[f"district{code}"] for code, _ in _district_names()},
        years=tuple(sorted(found["years"], reverse=True)),
    )


@cache
def _known_districts() -> tuple[tuple[str, str], ...]:
    found = tuple((row.code, row.short_name) for row in accounts.districts())
    if not found:
        raise LookupError
    return found


def _district_names() -> tuple[tuple[str, str], ...]:
    """Return (code, short name) of the ten 属地: reference data, read once a process."""
    try:
        return _known_districts()
    except LookupError:
        return ()


def public_directory(
    *,
    q: str = "",
    levels: Collection[int] = (),
    district: str = "",
    industry: str = "",
    year: int | None = None,
    page: int = 1,
    per_page: int = DIRECTORY_PER_PAGE,
    stamp: Stamp | None = None,
) -> Directory:
    """Return one page of the directory: every enterprise once, at its highest standing level.

    Two queries (the stamp and the rows); one more when the register has changed since these filters were last asked.

    Args:
        q: part of a name (present or former), a credit code or a certificate number.
        levels: 1 to 5; empty for all.
        district: code.
        industry: beginning of the industry code (two digits: 大类).
        year: year of the award.
        page: from 1; beyond the end the last page.
        per_page: rows a page.
        stamp: of the register, when the caller has just asked for it.
    """
    stamp = stamp or register_stamp()
    filters = _Filters(q.strip()[:_LONGEST_SEARCH], frozenset(levels), district, industry, year)
    counts = _counts(stamp.etag, filters)
    pages = max(1, -(-counts.total // per_page))
    page = min(max(page, 1), pages)
    return Directory(
        rows=[_row(title) for title in filters.rows()[(page - 1) * per_page : page * per_page]],
        total=counts.total,
        page=page,
        pages=pages,
        by_level=dict(counts.by_level),
        by_district=[(code, name, counts.by_district[code]) for code, name in _district_names()],
        years=list(counts.years),
        etag=stamp.etag,
        changed_at=stamp.changed_at,
    )


def directory_rows(
    *,
    q: str = "",
    levels: Collection[int] = (),
    district: str = "",
    industry: str = "",
    year: int | None = None,
) -> Iterator[DirectoryRow]:
    """Yield every matching line in the order of the pages, for a download: read in portions, never all at once."""
    filters = _Filters(q.strip()[:_LONGEST_SEARCH], frozenset(levels), district, industry, year)
    for title in filters.rows().iterator(chunk_size=1000):
        yield _row(title)


def verify(*, token: str = "", certificate_no: str = "", public_id: str = "") -> Verification:
    """Return what the register says about a title, by its secret token, its certificate number or its public id.

    The history is that of the enterprise, in the words of the public record: no scores and no names of persons.
    """
    number = certificate_no.strip().upper()
    if token:
        asked = Q(verify_token=token)
    elif number:
        asked = Q(certificate_no=number)
    else:
        asked = Q(public_id=public_id)
    # The title and its holder's others in one query.
    holder = Title.objects.filter(asked).values("enterprise_id")
    rows = list(Title.objects.filter(enterprise_id__in=holder).order_by("awarded_on", "pk"))
    title = next(
        (
            row
            for row in rows
            if (token and row.verify_token == token)
            or (not token and number and row.certificate_no == number)
            or (not token and not number and row.public_id == public_id)
        ),
        None,
    )
    if title is None:
        return Verification("none", _LABELS["none"], None, None, [], resembles=_resembling(certificate_no))
    status = _STATUS.get(title.state, "valid")
    higher = None
    history: list[HistoryLine] = []
    for other in rows:
        name = Level(other.level).label
        if other.state in STANDING and other.level > max(title.level, higher.level if higher else 0):
            higher = _row(other)
        history.append(
            HistoryLine(
                other.awarded_on,
                f"评定为{name}级",
                f"{other.get_origin_display()}，{other.document_no}",
                level=other.level,
                source=(other.source_type, other.source_public_id),
                title=other.public_id,
            )
        )
        if other.ended_on is not None:
            history.append(
                HistoryLine(
                    other.ended_on, f"{name}级称号{TITLE_LIFE.label(other.state)}", other.end_document_no
                )
            )
    history.sort(key=lambda line: line.on, reverse=True)
    if status == "valid" and higher is not None:
        status = "superseded"
    return Verification(status, _LABELS[status], _row(title), title.ended_on, history, higher=higher)


def _resembling(number: str) -> DirectoryRow | None:
    """Return the title whose certificate number *number* can be mistaken for (O and 0, I and 1…), if there is one."""
    shape = "".join(unicodedata.normalize("NFKC", number).upper().split())[:_LONGEST_SEARCH].translate(
        _LOOK_ALIKES
    )
    if not shape:
        return None
    printed = Translate("certificate_no", Value("OQILZSB"), Value("0011258"))
    title = (
        Title.objects.filter(certificate_no__isnull=False).annotate(shape=printed).filter(shape=shape).first()
    )
    return _row(title) if title else None


def _row(title: Title) -> DirectoryRow:
    return DirectoryRow(
        public_id=title.public_id,
        enterprise_name=title.enterprise_name,
        former_names=tuple(title.former_names),
        uscc=title.uscc,
        district=title.district_id,
        district_name=title.district_name,
        industry_name=title.industry_name,
        level=title.level,
        level_label=Level(title.level).label,
        state=title.state,
        state_label=TITLE_LIFE.label(title.state),
        awarded_on=title.awarded_on,
        document_no=title.document_no,
        certificate_no=title.certificate_no,
        verify_token=title.verify_token,
    )
