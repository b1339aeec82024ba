"""取消称号 in the district: 1A and 2A titles are the district's to end, higher ones it sees (R-06, R-40)."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.core.reconfirming import reconfirmed
from apps.monitoring import selectors as monitoring
from apps.monitoring import services
from apps.portals.base.http import attempt, page, say
from apps.portals.base.numbers import number_hint
from apps.portals.base.posted import text
from apps.portals.base.revocation_page import revocation_fields
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.common import shown_now

_DONE = {
    "cancel": "已决定取消称号，名录和查验同时更新。",
    "drop": "已决定不予取消，称号继续有效。",
}


@audience(Role.DISTRICT)
@require_http_methods(["GET", "HEAD", "POST"])
@reconfirmed
def revocation(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one proposal with facts and defence; a post decides on a 1A or 2A title."""
    if request.method != "POST":
        return _page(request, public_id)
    decision = text(request, "decision")
    if decision not in _DONE:
        raise Http404("没有这种决定。")
    _, refusal = attempt(
        services.decide_cancellation,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        decision=decision,
        document_no=text(request, "document_no"),
        note=text(request, "note"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _page(request, public_id, refusal)
    say(request, _DONE[decision])
    return redirect("district:revocation", public_id)


def _page(request: HttpRequest, public_id: str, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(monitoring.cancellation, actor=actor, public_id=public_id)
    context = {
        **revocation_fields(row, actor=actor, now=shown_now()),
        "order_url": reverse("district:rectification", args=[row.rectification_public_id]),
        "number_hint": number_hint(request, "昆工信消〔2026〕6号"),
        "crumbs": [("整改", reverse("district:rectifications")), (row.enterprise_name, "")],
        "typed": request.POST,
    }
    return page(request, "district/revocation.html", context, refusal=refusal)
