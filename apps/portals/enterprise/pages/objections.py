"""异议核查中的企业说明: what was objected to (never by whom), and the enterprise's own words."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from apps.core.actor import Actor, Role
from apps.core.audience import audience
from apps.portals.enterprise.pages.statements import Asked, answered
from apps.publicity import selectors as publicity
from apps.publicity import services as publicity_services
from apps.publicity.selectors import ObjectionRow
from apps.publicity.states import ACCEPTED


def _more(actor: Actor, row: ObjectionRow) -> dict[str, object]:
    return {
        "open": row.state == ACCEPTED,
        "corrections": publicity.corrections(actor=actor, objection_public_id=row.public_id),
    }


_OBJECTION = Asked(
    title="异议说明",
    template="enterprise/objection.html",
    url_name="enterprise:objection",
    read=publicity.objection_file,
    write=publicity_services.state_case,
    done="说明已提交，核查人员会一并考虑。",
    more=_more,
)


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show an accepted objection to the enterprise it concerns; take its statement."""
    return answered(request, _OBJECTION, public_id)
