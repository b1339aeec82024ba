"""受理时间: the district's own earlier end of a round, and a later one for single enterprises (R-12)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from apps.applications import selectors as applications
from apps.applications import services
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import Clock, DatabaseClock
from apps.portals.base import windows
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import instant, text
from apps.portals.base.visible import must_be_visible
from apps.portals.district.common import shown_now

_PRESENT = {"taking", "coming", "over"}


@audience(Role.DISTRICT)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the announced rounds with the window that holds in the district, and what was granted."""
    return _listing(request)


@audience(Role.DISTRICT)
@require_POST
def set_end(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Set the district's earlier end; an empty one follows the city again."""

    def deed(*, actor: Actor, clock: Clock) -> bool:
        ends = instant(request, "closes_at", "属地截止时间") if text(request, "closes_at").strip() else None
        services.set_district_window(actor=actor, clock=clock, public_id=public_id, closes_at=ends)
        return ends is not None

    earlier, refusal = attempt(deed, actor=actor_of(request), clock=DatabaseClock())
    must_be_visible(refusal)
    if refusal is not None:
        return _listing(request, refusal, public_id)
    say(request, "属地截止时间已保存，已建立草稿的企业会收到提醒。" if earlier else "已改为与全市一致。")
    return redirect("district:windows")


@audience(Role.DISTRICT)
@require_POST
def extend(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Give one enterprise of the district a later end, with a reason."""
    name, refusal = attempt(
        windows.extend,
        request=request,
        actor=actor_of(request),
        clock=DatabaseClock(),
        round_public_id=public_id,
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _listing(request, refusal, public_id)
    say(request, f"已为{name}延长受理时间，企业可以在新的截止时间前提交。")
    return redirect("district:windows")


def _listing(request: HttpRequest, refusal: DomainError | None = None, about: str = "") -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    rows = [row for row in applications.rounds(actor=actor, moment=now) if row.phase in _PRESENT]
    context = {
        "rounds": [
            {
                "row": row,
                "earlier": row.ends_at < row.closes_at,
                "extensions": applications.extensions(actor=actor, round_public_id=row.public_id),
                "typed": request.POST if row.public_id == about else {},
                "about": row.public_id == about,
            }
            for row in rows
        ],
        "may_sign": actor.has(Duty.SIGNER),
        "now": now.at,
    }
    return page(request, "district/windows.html", context, refusal=refusal)
