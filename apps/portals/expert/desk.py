"""The expert's scoring desk: blind to other experts, beside the self-evaluation and the district's points (R-20)."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.urls import reverse

from apps.core.audience import actor_of
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
