"""评价体系: the published and retired systems, readable item by item."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.portals.base.http import page
from apps.portals.base.visible import seen
from apps.scoring import selectors as scoring


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List every version of every system."""
    return page(
        request, "municipal/schemes.html", {"rows": scoring.schemes(actor=actor_of(request), status=None)}
    )


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one system as a tree: dimensions, secondary indicators, items with points and rules."""
    actor = actor_of(request)
    row = seen(scoring.scheme, actor=actor, public_id=public_id)
    spec = scoring.scheme_spec(actor=actor, scheme_id=row.id)
    context = {
        "row": row,
        "spec": spec,
        "mark": scoring.RECONSTRUCTION_LABEL if row.is_reconstruction else "",
        "mandatory": sum(item.mandatory for item in spec.items),
        "count": len(spec.items),
    }
    return page(request, "municipal/scheme.html", context)
