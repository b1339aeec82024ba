"""征信情况说明: what the credit check found about the own enterprise, and its explanation (R-23)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from apps.core.actor import Role
from apps.core.audience import audience
from apps.portals.enterprise.pages.statements import Asked, answered
from apps.publicity import selectors as publicity
from apps.publicity import services as publicity_services

_INQUIRY = Asked(
    title="征信情况说明",
    template="enterprise/credit.html",
    url_name="enterprise:credit",
    read=publicity.credit_inquiry,
    write=publicity_services.explain_credit,
    done="说明已提交，市局核实后登记结果。",
)


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "POST"])
def inquiry(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show what was found; take the explanation while the case is in the credit stage."""
    return answered(request, _INQUIRY, public_id)
