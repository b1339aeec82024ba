"""The 板块's own desk: what its district asks about, and the opinion given under the person's name (R-14)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.applications import selectors as applications
from apps.applications import services
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import must_be_visible, seen

_CHOICES = [("yes", "推荐"), ("no", "不推荐")]
_ANSWERS = {"yes": True, "no": False}
_FIELDS = ("recommends", "reason", "letter_no")


@audience(Role.SUB_AREA)
@require_GET
def queue(request: HttpRequest) -> HttpResponseBase:
    """List the applications of the 板块; those without its opinion first."""
    actor = actor_of(request)
    found = applications.sub_area_queue(actor=actor, page=max(1, whole(request.GET.get("page"), 1)))
    return page(request, "district/sub_area_queue.html", {"found": found, "sub_area": actor.sub_area})


@audience(Role.SUB_AREA)
@require_http_methods(["GET", "POST"])
def opinion(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show what is applied for; take the opinion while the district has not accepted yet."""
    actor = actor_of(request)
    case = seen(applications.sub_area_case, actor=actor, public_id=public_id)
    typed = {name: text(request, name) for name in _FIELDS}
    refusal: DomainError | None = None
    if request.method == "POST":
        _, refusal = attempt(
            services.give_sub_area_opinion,
            actor=actor,
            clock=DatabaseClock(),
            public_id=public_id,
            recommends=_ANSWERS.get(typed["recommends"]),
            reason=typed["reason"],
            letter_no=typed["letter_no"],
        )
        must_be_visible(refusal)
        if refusal is None:
            say(request, "板块意见已出具，属地可以办理受理。")
            return redirect("sub_area:queue")
    return page(
        request,
        "district/sub_area_give.html",
        {
            "case": case,
            "typed": typed,
            "choices": _CHOICES,
            "crumbs": [("板块意见", reverse("sub_area:queue")), (case.enterprise_name, "")],
        },
        refusal=refusal,
    )
