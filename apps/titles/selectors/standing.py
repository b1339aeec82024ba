"""What an enterprise holds, is barred from and owes: the facts eligibility is decided on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Subquery
from django.db.models.functions import JSONObject

from apps.core.actor import Actor
from apps.core.scoping import acting_as
from apps.policy.levels import Level
from apps.policy.standing import AnnualForm, HeldTitle, Standing
from apps.policy.standing import Ban as PolicyBan
from apps.titles.models import Ban, StandingMark, Title
from apps.titles.selectors.register import TitleRow, row_of
from apps.titles.states import STANDING

#: Columns of `AnnualForm`, in its order.
_FORM = ("year", "due_on", "submitted_on", "accepted_on")


def standing_of(*, actor: Actor, enterprise_id: int) -> Standing:
    """Return the standing of one enterprise; three queries.

    For rooms above, which have already found the enterprise to be visible to *actor*. It is read as the system: titles
    and bans follow the enterprise when it moves to another district, and a ban must never be missed (R-11).
    """
    return standings_of(actor=actor, enterprise_ids=[enterprise_id])[enterprise_id]


def standings_of(*, actor: Actor, enterprise_ids: Collection[int]) -> dict[int, Standing]:
    """Return the standing of several enterprises at once (lists); three queries however many."""
    titles: dict[int, list[HeldTitle]] = defaultdict(list)
    bans: dict[int, list[PolicyBan]] = defaultdict(list)
    forms: dict[int, list[AnnualForm]] = defaultdict(list)
    wanted = list(enterprise_ids)
    with acting_as(Actor.system(), then=actor):
        for title in Title.objects.filter(enterprise_id__in=wanted).order_by("awarded_on", "pk"):
            titles[title.enterprise_id].append(
                HeldTitle(Level(title.level), title.awarded_on, valid=title.state in STANDING)
            )
        for ban in Ban.objects.filter(enterprise_id__in=wanted).order_by("until_on"):
            bans[ban.enterprise_id].append(PolicyBan(Level(ban.cancelled_level), ban.until_on))
        for mark in StandingMark.objects.filter(enterprise_id__in=wanted).order_by("year"):
            forms[mark.enterprise_id].append(
                AnnualForm(mark.year, mark.due_on, mark.submitted_on, mark.accepted_on)
            )
    return {
        enterprise_id: Standing(
            tuple(titles[enterprise_id]), tuple(bans[enterprise_id]), tuple(forms[enterprise_id])
        )
        for enterprise_id in wanted
    }


def titles_and_annual_form(*, actor: Actor) -> tuple[list[TitleRow], AnnualForm | None]:
    """Return the titles of the actor's own enterprise, highest level first, and its newest annual form; one query.

    Whoever owes an annual form holds or held a title: the form comes beside the titles. None: none was owed yet.
    """
    newest = (
        StandingMark.objects.visible_to(actor)
        .filter(enterprise_id=actor.enterprise_id)
        .order_by("-year")
        .annotate(form=JSONObject(**{name: name for name in _FORM}))
        .values("form")[:1]
    )
    rows = list(
        Title.objects.visible_to(actor)
        .filter(enterprise_id=actor.enterprise_id)
        .annotate(annual_form=Subquery(newest))
        .order_by("-level", "-awarded_on", "-pk")
    )
    form = rows[0].annual_form if rows else None
    return [row_of(row) for row in rows], None if form is None else _form_of(form)


def _form_of(stored: Mapping[str, Any]) -> AnnualForm:
    year, *days = (stored[name] for name in _FORM)
    return AnnualForm(year, *(day and date.fromisoformat(day) for day in days))
