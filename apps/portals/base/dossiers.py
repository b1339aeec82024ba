"""The dossier of a case or of a round, asked for by one click; who may, the documents room decides."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.moment import DatabaseClock
from apps.documents import services
from apps.portals.base.errors import error_page
from apps.portals.base.http import attempt
from apps.portals.base.visible import must_be_visible

_PAGES = {403: "403.html", 409: "409.html", 422: "422.html"}
_UNREACHED = 503


@audience(Role.MUNICIPAL, Role.DISTRICT, Role.AUDITOR)
@require_POST
def request_dossier(request: HttpRequest) -> HttpResponseBase:
    """Have a dossier made: on to the page of the job, which hands out the archive."""
    job, refusal = attempt(
        services.request_dossier,
        actor=actor_of(request),
        clock=DatabaseClock(),
        of=request.POST.get("of", ""),
        public_id=request.POST.get("public_id", ""),
    )
    must_be_visible(refusal)
    if refusal is not None or job is None:
        status = refusal.status if refusal is not None else _UNREACHED
        return error_page(request, status, _PAGES.get(status, "503.html"), refusal.message if refusal else "")
    return redirect("job", job)
