"""期限总览 of the system administrator: what is due, what is late, which follow-ups fail."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.moment import Moment, shown_at
from apps.deadlines.overview import SOON_DAYS, overview
from apps.portals.base.http import page
from apps.portals.ops.clocks import two_clocks


@audience(Role.SYSTEM_ADMIN)
@require_GET
def deadlines(request: HttpRequest) -> HttpResponseBase:
    """Show the counts by kind and the failed follow-ups."""
    found = overview(actor=actor_of(request), on=Moment.of(shown_at()).on)
    context = {"found": found, "soon_days": SOON_DAYS, **two_clocks()}
    return page(request, "ops/deadlines.html", context)
