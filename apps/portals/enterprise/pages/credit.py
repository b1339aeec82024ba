"""征信情况说明: what the credit check found about the own enterprise, and its explanation (R-23)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.moment import DatabaseClock
from apps.portals.base.files import send_file
from apps.portals.base.http import attempt, page
from apps.portals.base.visible import must_be_visible
from apps.portals.enterprise.pages.statements import Asked, answered
from apps.publicity import selectors as publicity
from apps.publicity import services as publicity_services
from apps.publicity.selectors import InquiryRow


def _more(actor: Actor, row: InquiryRow) -> dict[str, object]:
    del actor
    left = publicity_services.MOST_STATEMENT_FILES - len(row.files)
    return {
        "left": left,
        "most_files": publicity_services.MOST_STATEMENT_FILES,
        "most_mb": publicity_services.STATEMENT_FILE_MB,
    }


_INQUIRY = Asked(
    title="征信情况说明",
    template="enterprise/credit.html",
    url_name="enterprise:credit",
    read=publicity.credit_inquiry,
    write=publicity_services.explain_credit,
    done="说明已提交，市局核实后登记结果。",
    more=_more,
    with_files=True,
)


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "POST"])
def inquiry(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show what was found; take the explanation while the case is in the credit stage."""
    return answered(request, _INQUIRY, public_id)


@audience(Role.ENTERPRISE)
@require_GET
def statement_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand the enterprise a file of its own explanation."""
    found, refusal = attempt(
        publicity_services.open_statement_file,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
    )
    must_be_visible(refusal)
    if found is None:
        return page(request, "base/evidence_refused.html", {"back": ""}, refusal=refusal)
    return send_file(found)
