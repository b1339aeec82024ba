"""How the score came about: per item from the self-evaluation over the district to the experts, with each reason."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.portals.base.http import page
from apps.portals.base.visible import seen
from apps.portals.enterprise.pages.common import application_crumbs, shown_now
from apps.scoring import selectors as scoring


@audience(Role.ENTERPRISE)
@require_GET
def scores(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show every released score item by item; those that were cut first asked for, all on demand."""
    actor = actor_of(request)
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    found = seen(scoring.trajectory, actor=actor, application_id=file.case.id)
    everything = request.GET.get("all") == "1"
    context = {
        "file": file,
        "columns": found.columns,
        "totals": found.totals,
        "trails": [trail for trail in found.trails if everything or trail.cut],
        "cut": sum(trail.cut for trail in found.trails),
        "count": len(found.trails),
        "everything": everything,
        "crumbs": application_crumbs(file, "逐项得分"),
        "now": shown_now().at,
    }
    return page(request, "enterprise/scores.html", context)
