"""Exemptions of 原则上 rules (F-20): the 经办 gives an opinion, another person approves or declines."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.applications import selectors as applications
from apps.applications import services
from apps.applications.states import EXEMPTION_LIFE
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible, seen

#: Act → (service, name of its text, what is said afterwards).
_ACTS: dict[str, tuple[Callable[..., None], str, str]] = {
    "endorse": (services.endorse_exemption, "opinion", "已提出意见，待签批人审批。"),
    "approve": (services.approve_exemption, "note", "例外情形已批准。"),
    "decline": (services.decline_exemption, "note", "例外情形未批准，已通知企业。"),
}


@audience(Role.DISTRICT)
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one exemption with the acts open to this person; act."""
    actor = actor_of(request)
    found = seen(applications.exemption, actor=actor, public_id=public_id)
    said = text(request, "said")
    refusal: DomainError | None = None
    if request.method == "POST":
        act = text(request, "act")
        if act not in _ACTS:
            raise Http404
        service, name, told = _ACTS[act]
        _, refusal = attempt(
            service, actor=actor, clock=DatabaseClock(), exemption_public_id=public_id, **{name: said}
        )
        must_be_visible(refusal)
        if refusal is None:
            say(request, told)
            return redirect("district:exemption", public_id)
    return page(
        request,
        "district/exemption.html",
        {
            "exemption": found,
            "events": [step.event for step in EXEMPTION_LIFE.events_for(found.state, actor)],
            "said": said,
            "case_url": reverse("district:application", args=[found.application_public_id]),
            "crumbs": [
                ("申报受理", reverse("district:intake")),
                (found.enterprise_name, ""),
                ("例外情形", ""),
            ],
        },
        refusal=refusal,
    )
