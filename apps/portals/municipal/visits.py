"""The on-site record of a panel as the city keeps it (R-21)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Duty, Role
from apps.core.audience import audience
from apps.portals.base.visit_pages import VisitPages

PAGES = VisitPages(
    portal="municipal",
    template="municipal/visit.html",
    files="/m/evidence/",
    may_write=lambda actor, _: actor.has(Duty.HANDLER),
    context=lambda _actor, _panel: {},
)


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the record."""
    return PAGES.show(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def sign(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Put a signature under it."""
    return PAGES.sign(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def photo(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Keep photos with it."""
    return PAGES.photo(request, public_id)
