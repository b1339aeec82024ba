"""The library of an enterprise as a list: what it holds, where it is used, what expires; constant queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.evidence.models import EvidenceFile, EvidenceUse
from apps.evidence.selectors.files import FilePage, FileRow, file_of
from apps.evidence.states import BY_ENTERPRISE, EXPIRING_DAYS, PLACES

_LONGEST_SEARCH = 50
#: Filters of the list: key → label.
SHOWS: Final[dict[str, str]] = {
    "all": "全部",
    "expiring": "将到期",
    "expired": "已过期",
    "unused": "未引用",
}


@dataclass(frozen=True, slots=True)
class FileUse:
    """A place a file stands at. `application`: number, or the round before there is one."""

    public_id: str
    application_id: int
    application_public_id: str
    application: str
    place: str
    place_label: str
    code: str
    page_from: int | None
    page_to: int | None
    note: str


def library(
    *, actor: Actor, q: str = "", page: int = 1, per_page: int = 50, show: str = "all", on: date | None = None
) -> FilePage:
    """Return the files *actor* may see, newest first (soonest first where validity is asked for).

    Args:
        actor: for an enterprise its own library.
        q: part of a file name.
        page: from 1; beyond the end is the last.
        per_page: rows a page.
        show: a key of `SHOWS`; an unknown one shows all.
        on: the day validity is judged on; needed for "expiring" and "expired".
    """
    rows = _shown(EvidenceFile.objects.visible_to(actor), show, on)
    text = q.strip()[:_LONGEST_SEARCH]
    if text:
        rows = rows.filter(display_name__icontains=text)
    total = rows.count()
    last = max(1, -(-total // per_page))
    here = min(max(1, page), last)
    order = ("valid_until", "-id") if show in {"expiring", "expired"} else ("-id",)
    chosen = rows.annotate(use_count=Count("uses")).order_by(*order)[(here - 1) * per_page : here * per_page]
    return FilePage([file_of(row, uses=row.use_count) for row in chosen], here, last, total)


def library_counts(*, actor: Actor, on: date) -> dict[str, int]:
    """Return the number of files behind each filter: one query."""
    rows = EvidenceFile.objects.visible_to(actor)
    used = EvidenceUse.objects.visible_to(actor).values("file_id")
    found: dict[str, int] = rows.aggregate(
        all=Count("id"),
        expiring=Count("id", filter=_expiring(on)),
        expired=Count("id", filter=Q(valid_until__lt=on)),
        unused=Count("id", filter=~Q(pk__in=used)),
    )
    return found


def uses_of_file(*, actor: Actor, public_id: str) -> list[FileUse]:
    """Return every place a file stands at, in order of the applications: one query.

    Raises:
        NotVisible: no such file for this actor.
    """
    if not EvidenceFile.objects.visible_to(actor).filter(public_id=public_id).exists():
        raise NotVisible
    rows = (
        EvidenceUse.objects.visible_to(actor)
        .filter(file__public_id=public_id, origin=BY_ENTERPRISE)
        .select_related("application__round")
        .order_by("application_id", "place", "code")
    )
    return [
        FileUse(
            public_id=use.public_id,
            application_id=use.application_id,
            application_public_id=use.application.public_id,
            application=use.application.number or f"{use.application.round.name}（未提交）",
            place=use.place,
            place_label=PLACES[use.place],
            code=use.code,
            page_from=use.page_from,
            page_to=use.page_to,
            note=use.note,
        )
        for use in rows
    ]


def expiring(*, actor: Actor, on: date, within_days: int = EXPIRING_DAYS) -> list[FileRow]:
    """Return files whose validity ends in the next *within_days* days or has ended, soonest first."""
    rows = EvidenceFile.objects.visible_to(actor).filter(valid_until__lte=on + timedelta(days=within_days))
    return [file_of(row) for row in rows.order_by("valid_until", "id")]


def _shown(rows: QuerySet[EvidenceFile], show: str, on: date | None) -> QuerySet[EvidenceFile]:
    if show == "unused":
        return rows.filter(uses=None)
    if on is not None and show == "expiring":
        return rows.filter(_expiring(on))
    if on is not None and show == "expired":
        return rows.filter(valid_until__lt=on)
    return rows


def _expiring(on: date) -> Q:
    return Q(valid_until__gte=on, valid_until__lte=on + timedelta(days=EXPIRING_DAYS))
