"""The district's board: open cases by step, overdue work, workload, time in steps, differences by industry."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.cultivation import selectors as cultivation
from apps.deadlines import selectors as deadlines
from apps.portals.base.http import page
from apps.portals.base.posted import whole
from apps.portals.district.common import shown_now
from apps.portals.district.home import stage, stages_of
from apps.review import selectors as review

_MOST_OVERDUE = 20
_ASKED = ("person", "load", "industry", "step")


@audience(Role.DISTRICT)
@require_GET
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the board."""
    actor = actor_of(request)
    now = shown_now()
    late = deadlines.obligations_for(
        actor=actor, mine=True, due_until=now.on - timedelta(days=1), per_page=_MOST_OVERDUE
    )
    return page(
        request,
        "district/board.html",
        {
            "stages": stages_of(applications.counts_by_state(actor=actor), listed=True),
            "late": late,
            "board": review.board(actor=actor),
            "cultivation": cultivation.figures(actor=actor, year=now.on.year),
            "now": now.at,
        },
    )


@audience(Role.DISTRICT)
@require_GET
def cases(request: HttpRequest) -> HttpResponseBase:
    """List the cases behind one number of the board."""
    asked = {name: request.GET.get(name, "").replace("\x00", "") for name in _ASKED}
    found = review.board_cases(actor=actor_of(request), page=whole(request.GET.get("page"), 1), **asked)
    return page(
        request,
        "district/board_cases.html",
        {
            "found": found,
            "asked": asked,
            "crumbs": [("运行看板", reverse("district:board")), ("明细", "")],
        },
    )


@audience(Role.DISTRICT)
@require_GET
def stage_cases(request: HttpRequest) -> HttpResponseBase:
    """List the cases that stand at one step of the board's funnel: exactly those it counts."""
    found = stage(whole(request.GET.get("at")))
    if found is None:
        raise Http404
    label, states = found
    return page(
        request,
        "district/board_stage.html",
        {
            "label": label,
            "found": applications.applications_page(
                actor=actor_of(request),
                states=states,
                sort="oldest",
                page=whole(request.GET.get("page"), 1),
            ),
            "crumbs": [("运行看板", reverse("district:board")), (label, "")],
        },
    )
