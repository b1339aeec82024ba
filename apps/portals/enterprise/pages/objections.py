"""异议核查中的企业说明: what was objected to (never by whom), and the enterprise's own words."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.visible import must_be_visible, seen
from apps.publicity import selectors as publicity
from apps.publicity import services as publicity_services
from apps.publicity.states import ACCEPTED


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show an accepted objection to the enterprise it concerns; take its statement."""
    if request.method != "POST":
        return _file(request, public_id)
    _, refusal = attempt(
        publicity_services.state_case,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        statement=request.POST.get("statement", ""),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _file(request, public_id, refusal=refusal)
    say(request, "说明已提交，核查人员会一并考虑。")
    return redirect("enterprise:objection", public_id)


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    row = seen(publicity.objection_file, actor=actor_of(request), public_id=public_id)
    context = {
        "row": row,
        "open": row.state == ACCEPTED,
        "typed": request.POST.get("statement", row.statement),
        "corrections": publicity.corrections(actor=actor_of(request), objection_public_id=public_id),
        "crumbs": [
            ("我的申报", reverse("enterprise:applications")),
            (row.case.number or "申报", reverse("enterprise:application", args=[row.case.public_id])),
            ("异议说明", ""),
        ],
    }
    return page(request, "enterprise/objection.html", context, refusal=refusal)
