"""The expert's scoring desk: blind to other experts, beside the self-evaluation and the district's points (R-20)."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.portals.base.desk_pages import DeskPages, Seat
from apps.portals.base.visible import seen
from apps.review import selectors as review
from apps.review import services
from apps.review.selectors import AssignmentRow

_DECLARED = "declared"


def seat_of(row: AssignmentRow) -> Seat:
    """Return the seat at one task.

    Raises:
        Http404: the declaration is not signed: there is no desk yet.
    """
    if row.sheet_public_id is None:
        raise Http404
    return Seat(
        key=row.public_id,
        case=row.case,
        sheet_public_id=row.sheet_public_id,
        writable=row.state == _DECLARED,
        here=reverse("expert:review", args=[row.public_id]),
        files="/x/evidence/",
        next_url="",
        crumbs=(("我的评审", reverse("expert:home")),),
        context={"task": row},
    )


def _seat(request: HttpRequest, public_id: str) -> Seat:
    return seat_of(seen(review.my_task, actor=actor_of(request), public_id=public_id))


PAGES = DeskPages(
    template="expert/desk.html",
    words={
        "doing": "专家评审",
        "own": "我的评分",
        "column": "我的评分",
        "base": "初评",
        "mark": "expert",
        "adopt": "采用初评",
        "adopt_all": "未评项采用初评",
        "absent": "按属地确认的不适用",
    },
    seat=_seat,
    score_item=services.score_item_as_expert,
    score_items=services.score_items_as_expert,
    adopt_scores=services.adopt_district_scores,
)


@audience(Role.EXPERT)
@require_POST
def save_all(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Save the whole table."""
    return PAGES.save_all(request, public_id)


@audience(Role.EXPERT)
@require_POST
def adopt(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take the district's points for items not scored yet."""
    return PAGES.adopt(request, public_id)


@audience(Role.EXPERT)
@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, public_id: str, code: str) -> HttpResponseBase:
    """Show or save one item."""
    return PAGES.item(request, public_id, code)


@audience(Role.EXPERT)
@require_GET
def sums(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return the totals of the desk for its script."""
    return PAGES.sums(request, public_id)


@audience(Role.EXPERT)
@require_POST
def mark(request: HttpRequest, public_id: str, use: str) -> HttpResponseBase:
    """Mark a file as checked."""
    return PAGES.mark(request, public_id, use)
