"""Whether a district asks its 板块 before it accepts, and what they said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, When

from apps.applications.models import Application, DistrictPractice, SubAreaOpinion
from apps.applications.states import SUBMITTED
from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.policy.levels import Level
from apps.policy.review import sub_area_allows
from apps.policy.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Practice:
    """One choice of a district and the day it begins."""

    sub_area_opinion: bool
    effective_from: date
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class SubAreaView:
    """What one 板块 said about one application."""

    sub_area: str
    recommends: bool
    reason: str
    given_by: str
    given_on: date
    letter_no: str
    recorded_by: str
    recorded_at: datetime

    @property
    def label(self) -> str:
        """推荐 or 不推荐."""
        return "推荐" if self.recommends else "不推荐"


def asks_sub_area(*, district: str, on: date) -> bool:
    """Return whether *district* accepts only with a 板块 opinion on a day; False until it has chosen. One query."""
    rows = DistrictPractice.objects.filter(district_id=district, effective_from__lte=on)
    return bool(rows.order_by("-effective_from").values_list("sub_area_opinion", flat=True).first())


def practices(*, actor: Actor) -> Sequence[Practice]:
    """Return the choices of the actor's district, the latest day first (the city: none of its business here)."""
    rows = DistrictPractice.objects.visible_to(actor).filter(district_id=actor.district)
    return [
        Practice(row.sub_area_opinion, row.effective_from, row.reason, row.set_by.name, row.set_at)
        for row in rows.select_related("set_by").order_by("-effective_from")
    ]


def sub_area_opinions(*, actor: Actor, application_ids: Collection[int]) -> dict[int, SubAreaView]:
    """Return application id → the newest opinion its present district was given; one query for any number."""
    rows = (
        SubAreaOpinion.objects.visible_to(actor)
        .filter(application_id__in=application_ids)
        .select_related("recorded_by", "application")
        .order_by("application_id", "-id")
        .distinct("application_id")
    )
    return {
        row.application_id: SubAreaView(
            row.sub_area,
            row.recommends,
            row.reason,
            row.given_by,
            row.given_on,
            row.letter_no,
            row.recorded_by.name,
            row.recorded_at,
        )
        for row in rows
        if row.district_id == row.application.district_id
    }


def sub_area_verdict(*, row: Application, on: date) -> Verdict:
    """Return whether the 板块 step lets the district accept (for services of this room)."""
    given = (
        SubAreaOpinion.objects.filter(application_id=row.pk, district_id=row.district_id)
        .order_by("-id")
        .values_list("recommends", flat=True)
        .first()
    )
    return sub_area_allows(required=asks_sub_area(district=row.district_id, on=on), recommends=given)


@dataclass(frozen=True, slots=True)
class SubAreaCase:
    """An application as its 板块 sees it: who applies for what, where it produces, and what the 板块 has said."""

    public_id: str
    number: str
    enterprise_name: str
    uscc: str
    industry_name: str
    site_address: str
    main_products: str
    level_label: str
    round_code: str
    submitted_at: datetime
    state_label: str
    open: bool
    opinion: SubAreaView | None


@dataclass(frozen=True, slots=True)
class SubAreaPage:
    """One page of the queue; those that still wait for an opinion come first."""

    rows: Sequence[SubAreaCase]
    waiting: int
    total: int
    page: int
    pages: int


def sub_area_queue(*, actor: Actor, page: int = 1, per_page: int = 50) -> SubAreaPage:
    """Return the applications on which the actor's 板块 is asked; four queries for any number.

    Raises:
        NotVisible: not staff of a 板块.
    """
    if actor.role is not Role.SUB_AREA:
        raise NotVisible
    rows = _sub_area_rows(actor)
    total = rows.count()
    waits = Q(state=SUBMITTED) & ~Q(said=True)
    waiting = rows.filter(waits).count()
    pages = max(1, -(-total // per_page))
    page = min(max(1, page), pages)
    ordered = rows.annotate(place=Case(When(waits, then=0), default=1, output_field=IntegerField()))
    found = list(ordered.order_by("place", "-submitted_at", "id")[(page - 1) * per_page : page * per_page])
    said = sub_area_opinions(actor=actor, application_ids=[row.pk for row in found])
    return SubAreaPage([_sub_area_case(row, said.get(row.pk)) for row in found], waiting, total, page, pages)


def sub_area_case(*, actor: Actor, public_id: str) -> SubAreaCase:
    """Return one application on which the actor's 板块 is asked.

    Raises:
        NotVisible: another 板块's, another district's, or not staff of a 板块.
    """
    row = _sub_area_rows(actor).filter(public_id=public_id).first() if actor.role is Role.SUB_AREA else None
    if row is None:
        raise NotVisible
    return _sub_area_case(row, sub_area_opinions(actor=actor, application_ids=[row.pk]).get(row.pk))


def _sub_area_rows(actor: Actor) -> QuerySet[Application]:
    given = SubAreaOpinion.objects.visible_to(actor).filter(application=OuterRef("pk"))
    rows: QuerySet[Application] = Application.objects.visible_to(actor)
    return rows.select_related("enterprise", "round").annotate(said=Exists(given))


def _sub_area_case(row: Application, said: SubAreaView | None) -> SubAreaCase:
    if row.submitted_at is None:
        raise NotVisible
    return SubAreaCase(
        public_id=row.public_id,
        number=row.number or "",
        enterprise_name=row.enterprise.name,
        uscc=row.enterprise.uscc,
        industry_name=row.enterprise.industry_name,
        site_address=row.enterprise.site_address,
        main_products=row.profile.get("main_products", "") or row.enterprise.main_products,
        level_label=Level(row.level).label,
        round_code=row.round.code,
        submitted_at=row.submitted_at,
        state_label=row.get_state_display(),
        open=row.state == SUBMITTED,
        opinion=said,
    )
