"""The public register: directory and verification. Only frozen columns of titles are read, no enterprise row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

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
    """One event of the verification page."""

    on: date
    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to a certificate's QR code.

    `status`: valid, rectifying, cancelling, suspended, cancelled, ended, or none (no such certificate).
    """

    status: str
    label: str
    row: DirectoryRow | None
    ended_on: date | None
    history: Sequence[HistoryLine]


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
    "rectifying": "称号有效（整改中）",
    "cancelling": "称号有效（拟取消，陈述申辩中）",
    "suspended": "称号已暂停",
    "cancelled": "称号已取消",
    "ended": "称号已失效",
    "none": "未查到该证书",
}


def register_stamp() -> Stamp:
    """Return the stamp of the whole register; one query."""
    found = Title.objects.aggregate(changed=Max("changed_at"), rows=Count("pk"))
    text = f"{found['rows']}:{found['changed'].isoformat() if found['changed'] else ''}"
    return Stamp(hashlib.sha256(text.encode()).hexdigest()[:32], found["changed"])


def _current() -> QuerySet[Title]:
    higher = Title.objects.filter(
        enterprise_id=OuterRef("enterprise_id"), state__in=STANDING, level__gt=OuterRef("level")
    )
    return Title.objects.filter(~Exists(higher), state__in=STANDING)


def public_directory(
    *,
    q: str = "",
    level: int | None = None,
    district: str = "",
    industry: str = "",
    year: int | None = None,
    page: int = 1,
    per_page: int = DIRECTORY_PER_PAGE,
) -> Directory:
    """Return one page of the directory: every enterprise once, at its highest standing level; six queries at most.

    Args:
        q: part of a name (present or former), a credit code or a certificate number.
        level: 1 to 5.
        district: code.
        industry: beginning of the industry code (two digits: 大类).
        year: year of the award.
        page: from 1; beyond the end the last page.
        per_page: rows a page.
    """
    base = _current()
    text = q.strip()[:_LONGEST_SEARCH]
    if text:
        base = base.filter(
            Q(enterprise_name__icontains=text)
            | Q(former_names__contains=[text])
            | Q(uscc=text.upper())
            | Q(certificate_no=text.upper())
        )
    if industry:
        base = base.filter(industry_code__startswith=industry)
    at_level = Q() if level is None else Q(level=level)
    in_district = Q(district_id=district) if district else Q()
    in_year = Q() if year is None else Q(awarded_on__year=year)
    by_level = dict.fromkeys((one.value for one in reversed(Level)), 0)
    by_level.update(base.filter(in_district, in_year).order_by().values_list("level").annotate(n=Count("pk")))
    of_district = dict(
        base.filter(at_level, in_year).order_by().values_list("district_id").annotate(n=Count("pk"))
    )
    years = base.filter(at_level, in_district).order_by().dates("awarded_on", "year", order="DESC")
    total = sum(by_level.values()) if level is None else by_level.get(level, 0)
    pages = max(1, -(-total // per_page))
    page = min(max(page, 1), pages)
    found = base.filter(at_level, in_district, in_year).order_by(*_NEWEST)
    stamp = register_stamp()
    return Directory(
        rows=[_row(title) for title in found[(page - 1) * per_page : page * per_page]],
        total=total,
        page=page,
        pages=pages,
        by_level=by_level,
        by_district=[
            (row.code, row.short_name, of_district.get(row.code, 0)) for row in accounts.districts()
        ],
        years=[day.year for day in years],
        etag=stamp.etag,
        changed_at=stamp.changed_at,
    )


def verify(*, token: str = "", certificate_no: str = "") -> Verification:
    """Return what the register says about a certificate, by its secret token or its number.

    The history is that of the enterprise, in the words of the public record: no scores and no names of persons.
    """
    rows = Title.objects.all()
    if token:
        title = rows.filter(verify_token=token).first()
    elif certificate_no.strip():
        title = rows.filter(certificate_no=certificate_no.strip().upper()).first()
    else:
        title = None
    if title is None:
        return Verification("none", _LABELS["none"], None, None, [])
    status = _STATUS.get(title.state, "valid")
    history: list[HistoryLine] = []
    for other in rows.filter(enterprise_id=title.enterprise_id).order_by("awarded_on", "pk"):
        name = Level(other.level).label
        history.append(
            HistoryLine(
                other.awarded_on, f"评定为{name}级", f"{other.get_origin_display()}，{other.document_no}"
            )
        )
        if other.ended_on is not None:
            history.append(
                HistoryLine(
                    other.ended_on, f"{name}级称号{TITLE_LIFE.label(other.state)}", other.end_document_no
                )
            )
    history.sort(key=lambda line: line.on, reverse=True)
    return Verification(status, _LABELS[status], _row(title), title.ended_on, history)


def _row(title: Title) -> DirectoryRow:
    return DirectoryRow(
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
