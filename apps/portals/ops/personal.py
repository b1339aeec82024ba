"""Personal data for those who answer for them: requests to be answered, the inventory of columns."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from apps.accounts import privacy
from apps.accounts import services as account_services
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.moment import DatabaseClock
from apps.core.personal import inventory
from apps.portals.base.http import at_row, attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible


@audience(Role.SECURITY_ADMIN)
@require_GET
def requests(request: HttpRequest) -> HttpResponseBase:
    """List the requests of people about their data, waiting ones first."""
    return page(request, "ops/personal_requests.html", {"rows": privacy.requests(actor=actor_of(request))})


@audience(Role.SECURITY_ADMIN)
@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Answer one request."""
    _, refusal = attempt(
        account_services.answer_request,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        met=text(request, "outcome") == "met",
        answer=text(request, "answer"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        refusal, at = at_row(refusal, "answer", public_id)
        context = {"rows": privacy.requests(actor=actor_of(request)), **at}
        return page(request, "ops/personal_requests.html", context, refusal=refusal)
    say(request, "已答复，本人已收到通知。")
    return redirect("ops:personal_requests")


@audience(Role.SECURITY_ADMIN, Role.AUDITOR)
@require_GET
def fields(request: HttpRequest) -> HttpResponseBase:
    """List every column that holds personal data: purpose, retention, who reads it, masked and encrypted or not."""
    return page(request, "ops/personal_fields.html", {"rows": list(inventory())})
