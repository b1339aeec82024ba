"""Reading simulations of a draft's impact: the runs, and who would change level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Case, F, Q, QuerySet, Value, When

from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.policy.levels import Level
from apps.scoring.models import SchemeImpact, SchemeImpactRow
from apps.scoring.states import SCORE_NAMES

_NONE = "不达标"


@dataclass(frozen=True, slots=True)
class ImpactHead:
    """One run. `stale`: the draft was changed after it."""

    id: int
    public_id: str
    scheme_public_id: str
    scheme_name: str
    against: str
    made_at: datetime
    made_by: str
    cases: int
    level_changes: int
    unscored_items: tuple[str, ...]
    stale: bool


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """One application: its total and level as they were and as the draft gives them."""

    number: str
    application_public_id: str
    enterprise_name: str
    district_name: str
    basis: str
    before: Decimal
    after: Decimal
    delta: Decimal
    level_before: str
    level_after: str
    changes_level: bool
    rises: bool


def impacts(*, actor: Actor, scheme_id: int) -> list[ImpactHead]:
    """Return the runs of one draft, newest first."""
    rows = SchemeImpact.objects.visible_to(actor).filter(scheme_id=scheme_id)
    found = rows.select_related("scheme", "made_by").defer("scheme__spec").order_by("-made_at", "-pk")
    return [_head(row) for row in found]


def impact(*, actor: Actor, public_id: str) -> ImpactHead:
    """Return one run.

    Raises:
        NotVisible: there is none for *actor*.
    """
    rows = SchemeImpact.objects.visible_to(actor).filter(public_id=public_id)
    found = rows.select_related("scheme", "made_by").defer("scheme__spec").first()
    if found is None:
        raise NotVisible
    return _head(found)


def impact_rows(
    *, impact_id: int, changed_only: bool, page: int = 1, per_page: int = 50
) -> tuple[int, list[ImpactRow]]:
    """Return how many applications a run has and one page of them, those that change level first."""
    rows = _rows(impact_id, changed_only=changed_only)
    start = (page - 1) * per_page
    return rows.count(), [_row(row) for row in rows[start : start + per_page]]


def every_impact_row(*, impact_id: int) -> Iterator[ImpactRow]:
    """Yield every application of a run, for its workbook."""
    for row in _rows(impact_id, changed_only=False).iterator(chunk_size=500):
        yield _row(row)


def _rows(impact_id: int, *, changed_only: bool) -> QuerySet[SchemeImpactRow]:
    rows = (
        SchemeImpactRow.objects.filter(impact_id=impact_id)
        .select_related("application__enterprise", "application__district")
        .only(
            "basis",
            "before",
            "after",
            "level_before",
            "level_after",
            "application__number",
            "application__public_id",
            "application__enterprise__name",
            "application__district__name",
        )
        .alias(
            same=Case(
                When(
                    Q(level_before=F("level_after")) | Q(level_before=None, level_after=None), then=Value(1)
                ),
                default=Value(0),
            )
        )
        .order_by("same", "application__number", "pk")
    )
    return rows.filter(same=0) if changed_only else rows


def _head(row: SchemeImpact) -> ImpactHead:
    return ImpactHead(
        id=row.pk,
        public_id=row.public_id,
        scheme_public_id=row.scheme.public_id,
        scheme_name=f"{row.scheme.name} 第 {row.scheme.version} 版",
        against=row.against,
        made_at=row.made_at,
        made_by=row.made_by.name if row.made_by is not None else "",
        cases=row.cases,
        level_changes=row.level_changes,
        unscored_items=tuple(row.unscored_items),
        stale=row.digest != row.scheme.digest,
    )


def _row(row: SchemeImpactRow) -> ImpactRow:
    case = row.application
    return ImpactRow(
        number=case.number or "",
        application_public_id=case.public_id,
        enterprise_name=case.enterprise.name,
        district_name=case.district.name,
        basis=SCORE_NAMES[row.basis],
        before=row.before,
        after=row.after,
        delta=row.after - row.before,
        level_before=_level(row.level_before),
        level_after=_level(row.level_after),
        changes_level=row.level_before != row.level_after,
        rises=(row.level_after or 0) > (row.level_before or 0),
    )


def _level(value: int | None) -> str:
    return _NONE if value is None else Level(value).label
