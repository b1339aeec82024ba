"""征信情况说明: what the credit check found about the own enterprise, and its explanation (R-23)."""

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


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "POST"])
def inquiry(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show what was found; take the explanation while the case is in the credit stage."""
    if request.method != "POST":
        return _file(request, public_id)
    _, refusal = attempt(
        publicity_services.explain_credit,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        statement=request.POST.get("statement", ""),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _file(request, public_id, refusal=refusal)
    say(request, "说明已提交，市局核实后登记结果。")
    return redirect("enterprise:credit", public_id)


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    row = seen(publicity.credit_inquiry, actor=actor_of(request), public_id=public_id)
    context = {
        "row": row,
        "typed": request.POST.get("statement", row.statement),
        "crumbs": [
            ("我的申报", reverse("enterprise:applications")),
            (row.case.number or "申报", reverse("enterprise:application", args=[row.case.public_id])),
            ("征信情况说明", ""),
        ],
    }
    return page(request, "enterprise/credit.html", context, refusal=refusal)
