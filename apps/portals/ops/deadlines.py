"""期限总览 of the system administrator: what is due, what is late, which follow-ups fail."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.moment import Moment
from apps.deadlines.overview import SOON_DAYS, overview
from apps.portals.base.http import page


@audience(Role.SYSTEM_ADMIN)
@require_GET
def deadlines(request: HttpRequest) -> HttpResponseBase:
    """Show the counts by kind and the failed follow-ups."""
    now = Moment.of(timezone.now())
    found = overview(actor=actor_of(request), on=now.on)
    context = {"found": found, "soon_days": SOON_DAYS, "now": now.at}
    return page(request, "ops/deadlines.html", context)
