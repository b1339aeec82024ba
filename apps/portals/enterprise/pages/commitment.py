"""Uploading the stamped commitment, bound to the content it was printed from."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.applications import services as application_services
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, say
from apps.portals.base.visible import must_be_visible
from apps.portals.enterprise.pages.drafting import report_page


@audience(Role.ENTERPRISE)
@require_POST
def keep(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Keep the scan; what stands against it is shown beside the report."""
    _, refusal = attempt(
        application_services.keep_commitment,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        upload=request.FILES.get("scan"),
        digest=request.POST.get("digest", ""),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return report_page(request, public_id, "", refusal)
    say(request, "盖章承诺书已上传，与当前内容一致。")
    return redirect(reverse("enterprise:report", args=[public_id]) + "#commitment")
