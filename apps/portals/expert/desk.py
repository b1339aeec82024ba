"""The expert's scoring desk: blind to other experts, beside the self-evaluation and the district's points (R-20)."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from apps.core.audience import actor_of
from apps.portals.base.desk_pages import DeskPages, Seat
from apps.portals.base.http import page
from apps.portals.base.visible import seen
from apps.review import selectors as review
from apps.review import services
from apps.review.selectors import AssignmentRow

_DECLARED, _RECUSED = "declared", "recused"
_OF_ITEMS = {"p": "评分", "r": "理由"}
_OWN_WORDS = {
    "points": "评分",
    "reason": "理由",
    "strengths": "优点",
    "problems": "问题",
    "advice": "建议",
    "site_visit_reason": "建议现场核实的理由",
}


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


def closed(request: HttpRequest, public_id: str) -> HttpResponseBase | None:
    """Return the answer to whoever sends a form of a task that has been taken back meanwhile: what they typed.

    The material is closed to them; their own words are not lost with it. None while the task is theirs.
    """
    # Of a task one has left only its line in the own list is open.
    own = review.my_tasks(actor=actor_of(request))
    row = next((row for row in own if row.public_id == public_id and row.state == _RECUSED), None)
    if row is None:
        return None
    typed = [
        (_said(name), "；".join(values))
        for name, values in request.POST.lists()
        if _said(name) and any(value.strip() for value in values)
    ]
    context = {
        "task": row,
        "case": row.case,
        "typed": typed,
        "crumbs": [("我的评审", reverse("expert:home"))],
    }
    return page(request, "expert/ended.html", context, status=409)


def _said(name: str) -> str:
    """Return what an input of the desk is called, "" for those that carry nothing a person wrote."""
    kind, _, code = name.partition("-")
    if code and kind in _OF_ITEMS:
        return f"{code} {_OF_ITEMS[kind]}"
    return _OWN_WORDS.get(name, "")


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
    closed=closed,
)
