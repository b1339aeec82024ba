"""The district's scoring desk: 97 items on one page, saved row by row, or as one form without scripts."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.policy.levels import THRESHOLDS, Level
from apps.portals.base.desk_pages import DeskPages, Seat
from apps.portals.base.visible import seen
from apps.portals.district.notes import notes_of, shown_beside
from apps.review import selectors as review
from apps.review import services
from apps.scoring.selectors import CompareView
from apps.titles import selectors as titles

_SCORING = "scoring"


def _seat(request: HttpRequest, public_id: str) -> Seat:
    """Return the seat at one case: writable for the 经办 who claimed it."""
    actor = actor_of(request)
    found = seen(review.desk_case, actor=actor, public_id=public_id)
    row, place = found.row, found.place
    gate = THRESHOLDS[Level(row.case.level)]
    return Seat(
        key=public_id,
        case=row.case,
        sheet_public_id=row.sheet_public_id,
        writable=row.state == _SCORING and row.scorer_id == actor.user_id,
        here=reverse("district:desk", args=[public_id]),
        files="/d/evidence/",
        next_url=reverse("district:desk", args=[place.following]) if place and place.following else "",
        previous_url=reverse("district:desk", args=[place.previous]) if place and place.previous else "",
        notes=notes_of(found),
        crumbs=(("初评打分", reverse("district:scoring")),),
        context={
            "row": row,
            "gate": gate,
            "place": place,
            "beside": found,
            "held": titles.titles_of(actor=actor, enterprise_id=row.case.enterprise_id)[:1],
            "claimable": row.state == _SCORING and row.scorer_id is None and actor.has(Duty.HANDLER),
        },
    )


def _live(seat: Seat, view: CompareView) -> dict[str, str]:
    """Return how far the total is from the line of the level, and whether it can still be reached."""
    gate: Decimal = seat.context["gate"]
    short = gate - Decimal(view.total_text)
    upper = Decimal(view.upper_text)
    out_of_reach = f"未评项全按自评计也只有 {view.upper_text} 分，达不到 {gate} 分。" if upper < gate else ""
    return {"short": f"还差 {short:.2f}" if short > 0 else "已达到", "outlook": out_of_reach}


PAGES = DeskPages(
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
    beside=shown_beside,
    live=_live,
)


@audience(Role.DISTRICT)
@require_GET
def page_of(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the desk of one case."""
    return PAGES.show(request, public_id)
