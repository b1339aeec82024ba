"""Beside the scores of a case: remarks, the return list, photos of the on-site check."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponseBadRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import SHANGHAI, DatabaseClock, demo_offset
from apps.portals.base.desk import refused
from apps.portals.base.desk_pages import is_swap
from apps.portals.base.http import attempt, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible
from apps.portals.district import desk
from apps.review import services
from apps.review.services import Shot

_ITEM = "item"
_LONGEST_TIME = 40


@audience(Role.DISTRICT)
@require_POST
def remark(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Say something about an item, to the enterprise or inside."""
    _, refusal = attempt(
        services.add_remark,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        item_code=text(request, "item"),
        audience=text(request, "audience"),
        text=text(request, "text"),
        key=text(request, "key"),
    )
    return _answered(request, public_id, refusal, "意见已保存。")


@audience(Role.DISTRICT)
@require_POST
def settle(request: HttpRequest, public_id: str, remark_id: str) -> HttpResponseBase:
    """Mark a remark as settled, or open it again."""
    _, refusal = attempt(
        services.settle_remark,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=remark_id,
        settled=text(request, "settled") == "yes",
    )
    return _answered(request, public_id, refusal, "已更新。")


@audience(Role.DISTRICT)
@require_POST
def returning(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Put an item on the return list, or take it off."""
    actor, code = actor_of(request), text(request, "item")
    if text(request, "on") == "yes":
        _, refusal = attempt(
            services.mark_for_return,
            actor=actor,
            clock=DatabaseClock(),
            public_id=public_id,
            part=_ITEM,
            code=code,
            reason=text(request, "reason"),
        )
    else:
        _, refusal = attempt(
            services.unmark_for_return,
            actor=actor,
            clock=DatabaseClock(),
            public_id=public_id,
            part=_ITEM,
            code=code,
        )
    return _answered(request, public_id, refusal, "退回清单已更新。")


@audience(Role.DISTRICT)
@require_POST
def photo(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take in one photo of the on-site check; a phone may send it again and again until it has an answer."""
    upload = request.FILES.get("file")
    made: str | None = None
    refusal: DomainError | None = None
    if upload is None:
        refusal = Invalid.of("file", "没有收到照片，请重新拍摄。")
    else:
        made, refusal = attempt(
            services.add_site_photo,
            actor=actor_of(request),
            clock=DatabaseClock(),
            public_id=public_id,
            item_code=text(request, "item"),
            upload=upload,
            shot=Shot(
                key=text(request, "key") or get_random_string(24),
                taken_at=_taken_at(request),
                note=text(request, "note"),
                latitude=text(request, "latitude"),
                longitude=text(request, "longitude"),
                accuracy_m=text(request, "accuracy"),
            ),
        )
    must_be_visible(refusal)
    if request.headers.get("Accept", "").startswith("application/json"):
        if refusal is not None:
            return JsonResponse(refused(refusal), status=refusal.status)
        return JsonResponse({"photo": made})
    return _answered(request, public_id, refusal, "现场照片已保存。")


def _taken_at(request: HttpRequest) -> datetime:
    """Return when the phone took the photo; without a usable time, when it came."""
    sent = text(request, "taken_at")[:_LONGEST_TIME]
    try:
        found = parse_datetime(sent)
    except ValueError:  # well formed, but no moment of the calendar
        found = None
    if found is None:
        return DatabaseClock().now().at
    # The phone goes with the world; a demo's clock may have been put ahead of it.
    return (found if found.tzinfo is not None else found.replace(tzinfo=SHANGHAI)) + demo_offset()


def _answered(
    request: HttpRequest, public_id: str, refusal: DomainError | None, done: str
) -> HttpResponseBase:
    """Show the item again: in the side panel, or (without scripts) on its own page."""
    must_be_visible(refusal)
    code = text(request, "item")
    if request.headers.get("Accept", "").startswith("application/json"):
        if refusal is not None:
            return JsonResponse(refused(refusal), status=refusal.status)
        return JsonResponse({"done": True})
    if not code:
        return redirect("district:desk", public_id) if refusal is None else HttpResponseBadRequest()
    if refusal is None and not is_swap(request):
        say(request, done)
        return redirect(reverse("district:desk_item", args=[public_id, code]) + "#said")
    return desk.PAGES.panel(request, public_id, code, file=text(request, "file"), refusal=refusal)
