"""The cases behind one number of the district's board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q
from django.db.models.expressions import OrderBy

from apps.core.actor import Actor
from apps.review.models import PreliminaryReview
from apps.review.selectors.board import STEPS, days_of
from apps.review.states import PRELIMINARY_LIFE, SCORING, SIGNED, SUBMITTED, WAITING

_PER_PAGE = 50
#: Column of the workload → states it counts.
LOADS = {"scoring": (SCORING, WAITING), "submitted": (SUBMITTED,), "signed": (SIGNED,)}


@dataclass(frozen=True, slots=True)
class BoardCase:
    """One case; `days` is how long the asked step took, None while it has not ended or none was asked for."""

    application: str
    enterprise_name: str
    industry_name: str
    number: str
    scorer: str
    state_label: str
    own: Decimal | None
    district: Decimal | None
    days: Decimal | None

    @property
    def gap(self) -> Decimal | None:
        """初评 minus 自评, once both are there."""
        return None if self.own is None or self.district is None else self.district - self.own


@dataclass(frozen=True, slots=True)
class BoardCases:
    """A page of cases."""

    rows: Sequence[BoardCase]
    total: int
    page: int
    pages: int


def board_cases(
    *, actor: Actor, person: str = "", load: str = "", industry: str = "", step: str = "", page: int = 1
) -> BoardCases:
    """Return the cases one number counts; two queries whatever their number.

    Args:
        actor: district staff (the city sees all).
        person: user name of the scorer.
        load: key of `LOADS`.
        industry: name of the industry: signed cases with both totals, the widest difference first.
        step: key of `STEPS`: cases in which it has ended, the slowest first.
        page: from 1.
    """
    rows = PreliminaryReview.objects.visible_to(actor)
    order: list[str | OrderBy] = ["id"]
    if person:
        rows = rows.filter(scorer__username=person)
    if load in LOADS:
        rows = rows.filter(state__in=LOADS[load])
    if industry:
        rows = rows.filter(
            enterprise__industry_name=industry, state=SIGNED, application__self_total__isnull=False
        )
        order = [(F("application__self_total") - F("signed_total")).desc(), "id"]
    start = end = ""
    if step in STEPS:
        _, start, end = STEPS[step]
        rows = rows.filter(Q(**{f"{end}__gte": F(start)}))
        order = [(F(end) - F(start)).desc(), "id"]
    total = rows.count()
    pages = max(1, -(-total // _PER_PAGE))
    page = min(max(1, page), pages)
    found = rows.order_by(*order).values(
        "state",
        "signed_total",
        "application__public_id",
        "application__number",
        "application__self_total",
        "enterprise__name",
        "enterprise__industry_name",
        "scorer__name",
        **{"begun": F(start), "ended": F(end)} if start else {},
    )[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    return BoardCases(
        [
            BoardCase(
                application=row["application__public_id"],
                enterprise_name=row["enterprise__name"],
                industry_name=row["enterprise__industry_name"],
                number=row["application__number"] or "",
                scorer=row["scorer__name"] or "",
                state_label=PRELIMINARY_LIFE.label(row["state"]),
                own=row["application__self_total"],
                district=row["signed_total"],
                days=days_of(row["ended"] - row["begun"]) if start else None,
            )
            for row in found
        ],
        total,
        page,
        pages,
    )
