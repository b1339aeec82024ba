"""Who opened which evidence, papers, exports and personal data."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.audit import anomalies as audit
from apps.core.actor import ROLE_LABELS, Role
from apps.core.audience import actor_of, audience
from apps.portals.base.http import page
from apps.portals.base.posted import whole


@audience(Role.AUDITOR)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List readings, newest first, paged by key."""
    asked = {name: request.GET.get(name, "").strip() for name in ("kind", "who", "subject")}
    before = whole(request.GET.get("before")) or None
    found = audit.readings(
        actor=actor_of(request), kind=asked["kind"], who=asked["who"], subject=asked["subject"], before=before
    )
    context = {
        "found": found,
        "asked": asked,
        "kinds": list(audit.READINGS.items()),
        "roles": {role.value: label for role, label in ROLE_LABELS.items()},
        "newer": before is not None,
        "query": urlencode({name: value for name, value in asked.items() if value}),
    }
    return page(request, "audit/access.html", context)
