"""Figures of many panels at once, and how much of the room's work waits for the city."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, Q, Value

from apps.core.actor import Actor, Role
from apps.core.errors import NotVisible
from apps.review import states
from apps.review.models import Filing, Panel, Recommendation, SiteVisit

_READERS = frozenset({Role.MUNICIPAL, Role.AUDITOR, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class PanelFigures:
    """What a line of the decision board says about a panel; `totals` are the submitted sheets, smallest first."""

    state: str
    state_label: str
    total: Decimal | None
    spread: Decimal | None
    totals: tuple[Decimal, ...]
    members: int
    submitted: int
    due_on: date | None
    reconsidered: bool
    site_visited: bool | None
    visits: bool
    opinion: str


def panel_figures(*, actor: Actor, application_ids: Collection[int]) -> dict[int, PanelFigures]:
    """Return the figures of the panels of several applications by application; one query whatever their number.

    Raises:
        NotVisible: the actor is not of the city (experts and enterprises see none of this).
    """
    if actor.role not in _READERS:
        raise NotVisible
    on_panel = ~Q(assignments__state=states.RECUSED)
    scored = Q(assignments__state=states.SCORED, assignments__sheet__total__isnull=False)
    panels = (
        Panel.objects.visible_to(actor)
        .filter(application_id__in=list(application_ids))
        .annotate(
            visited=Exists(SiteVisit.objects.filter(panel=OuterRef("pk"))),
            members=Count("assignments", filter=on_panel),
            totals=ArrayAgg("assignments__sheet__total", filter=scored, default=Value([])),
        )
    )
    return {panel.application_id: _figures(panel) for panel in panels}


def _figures(panel: Any) -> PanelFigures:
    """Return the figures of a panel annotated by `panel_figures`."""
    return PanelFigures(
        state=panel.state,
        state_label=states.PANEL_LIFE.label(panel.state),
        total=panel.total,
        spread=panel.spread,
        totals=tuple(sorted(panel.totals)),
        members=panel.members,
        submitted=len(panel.totals),
        due_on=panel.due_on,
        reconsidered=panel.reconsidered,
        site_visited=panel.site_visited,
        visits=panel.visited,
        opinion=panel.opinion,
    )


@dataclass(frozen=True, slots=True)
class Workload:
    """How many lists, filings and panels are in each state."""

    recommendations: dict[str, int]
    filings: dict[str, int]
    panels: dict[str, int]


def workload(*, actor: Actor) -> Workload:
    """Return the counts behind the city's first page; one query.

    Raises:
        NotVisible: the actor is not of the city.
    """
    if actor.role not in _READERS:
        raise NotVisible
    counted = [
        model.objects.visible_to(actor).order_by().values_list(Value(name), "state").annotate(n=Count("pk"))
        for name, model in (("recommendation", Recommendation), ("filing", Filing), ("panel", Panel))
    ]
    found: dict[str, dict[str, int]] = {"recommendation": {}, "filing": {}, "panel": {}}
    for name, state, count in counted[0].union(*counted[1:], all=True):
        found[name][state] = count
    return Workload(found["recommendation"], found["filing"], found["panel"])
