"""Whether a district asks its 板块 before it accepts, and what they said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from apps.applications.models import Application, DistrictPractice, SubAreaOpinion
from apps.core.actor import Actor
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
