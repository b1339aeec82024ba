"""举报线索 in the municipal portal (R-42)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Role
from apps.core.audience import audience
from apps.portals.base.incident_pages import IncidentPages

_PAGES = IncidentPages("municipal", "recheck")


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List what the public has told, what waits first."""
    return _PAGES.listing(request)


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one report."""
    return _PAGES.file(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def handle(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Arrange a recheck, or close the report with its reason."""
    return _PAGES.handle(request, public_id)


@audience(Role.MUNICIPAL)
@require_GET
def paper(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out a paper of a report."""
    return _PAGES.paper(request, public_id)
