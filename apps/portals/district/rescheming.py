"""The district puts a case on another evaluation system, with the reason (R-07)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.applications import selectors as applications
from apps.applications import services
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.policy.calendar import chinese
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.common import shown_now
from apps.scoring import selectors as scoring


@audience(Role.DISTRICT)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Choose another system; the enterprise then supplements its self-evaluation on it."""
    actor = actor_of(request)
    case = seen(applications.case, actor=actor, public_id=public_id)
    scheme, reason = text(request, "scheme"), text(request, "reason")
    refusal: DomainError | None = None
    if request.method == "POST":
        done, refusal = attempt(
            services.change_scheme,
            actor=actor,
            clock=DatabaseClock(),
            public_id=public_id,
            scheme_code=scheme,
            reason=reason,
        )
        must_be_visible(refusal)
        if done is not None:
            say(request, f"已更换评价体系，企业须在{chinese(done.due_on)}前补正自评表。")
            return redirect("district:application", public_id)
    suggested = scoring.suggest_schemes(actor=actor, industry_code=case.industry_code, on=shown_now().on)
    return page(
        request,
        "district/change_scheme.html",
        {
            "case": case,
            "options": [(row.code, row.label) for row in suggested if row.id != case.scheme_id],
            "present": next((row.label for row in suggested if row.id == case.scheme_id), ""),
            "scheme": scheme,
            "reason": reason,
            "crumbs": [
                ("申报受理", reverse("district:intake")),
                (case.enterprise_name, reverse("district:application", args=[public_id])),
                ("更换评价体系", ""),
            ],
        },
        refusal=refusal,
    )
