"""The district's scoring desk: 97 items on one page, saved row by row, or as one form without scripts."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.policy.levels import THRESHOLDS, Level
from apps.portals.base.desk_pages import DeskPages, Seat
from apps.portals.base.visible import seen
from apps.review import selectors as review
from apps.review import services

_SCORING = "scoring"


def _seat(request: HttpRequest, public_id: str) -> Seat:
    """Return the seat at one case: writable for the 经办 who claimed it."""
    actor = actor_of(request)
    row = seen(review.preliminary_of, actor=actor, public_id=public_id)
    gate = THRESHOLDS[Level(row.case.level)]
    return Seat(
        key=public_id,
        case=row.case,
        sheet_public_id=row.sheet_public_id,
        writable=row.state == _SCORING and row.scorer_id == actor.user_id,
        here=reverse("district:desk", args=[public_id]),
        files="/d/evidence/",
        next_url=f"{reverse('district:next_case')}?after={public_id}",
        crumbs=(("初评打分", reverse("district:scoring")),),
        context={
            "row": row,
            "gate": gate,
            "short": gate - row.total if row.total is not None and row.total < gate else None,
            "claimable": row.state == _SCORING and row.scorer_id is None,
        },
    )


_PAGES = DeskPages(
    template="district/desk.html",
    words={
        "doing": "初评打分",
        "own": "我的初评",
        "column": "初评",
        "base": "自评",
        "mark": "prelim",
        "adopt": "采用自评",
        "adopt_all": "未评项采用自评",
        "absent": "判为不适用",
    },
    seat=_seat,
    score_item=services.score_item,
    score_items=services.score_items,
    adopt_scores=services.adopt_self_scores,
)


@audience(Role.DISTRICT)
@require_GET
def page_of(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the desk of one case."""
    return _PAGES.show(request, public_id)


@audience(Role.DISTRICT)
@require_POST
def save_all(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Save the whole table."""
    return _PAGES.save_all(request, public_id)


@audience(Role.DISTRICT)
@require_POST
def adopt(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take the self-evaluation's points for items not scored yet."""
    return _PAGES.adopt(request, public_id)


@audience(Role.DISTRICT)
@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, public_id: str, code: str) -> HttpResponseBase:
    """Show or save one item."""
    return _PAGES.item(request, public_id, code)


@audience(Role.DISTRICT)
@require_GET
def sums(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return the totals of the desk for its script."""
    return _PAGES.sums(request, public_id)


@audience(Role.DISTRICT)
@require_POST
def mark(request: HttpRequest, public_id: str, use: str) -> HttpResponseBase:
    """Mark a file as checked."""
    return _PAGES.mark(request, public_id, use)
