"""The chain's head, its verification and the evidence package: both are jobs, started here."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.audit import selectors as audit
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.faults import Faults
from apps.core.moment import Clock, DatabaseClock
from apps.core.reconfirming import reconfirmed
from apps.documents import services as documents
from apps.documents.services.trail import CHAIN_JOB, PACKAGE_JOB
from apps.jobs import selectors as jobs
from apps.portals.audit.events import read_when
from apps.portals.audit.work import SHOWN
from apps.portals.base.http import attempt, page
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible


@audience(Role.AUDITOR)
@require_GET
def chain(request: HttpRequest) -> HttpResponseBase:
    """Show the head of the chain and what the last verifications found."""
    checks = jobs.my_jobs(actor=actor_of(request), kind=CHAIN_JOB, limit=5)
    return page(request, "audit/chain.html", {"head": audit.chain_head(), "checks": checks, "limit": SHOWN})


@audience(Role.AUDITOR)
@require_POST
def check(request: HttpRequest) -> HttpResponseBase:
    """Have the whole chain walked."""
    started, refusal = attempt(documents.start_chain_check, actor=actor_of(request), clock=DatabaseClock())
    must_be_visible(refusal)
    return redirect("job", started)


@audience(Role.AUDITOR)
@require_http_methods(["GET", "POST"])
@reconfirmed
def package(request: HttpRequest) -> HttpResponseBase:
    """Offer the evidence package of a period or a case; POST starts making it."""
    if request.method != "POST":
        return _form(request)

    def start(*, actor: Actor, clock: Clock) -> str:
        with Faults() as faults:
            return documents.start_evidence_package(
                actor=actor,
                clock=clock,
                number=text(request, "number"),
                since=faults.read(lambda: read_when(text(request, "since").strip(), "since"), None),
                until=faults.read(lambda: read_when(text(request, "until").strip(), "until"), None),
                reason=text(request, "reason"),
            )

    started, refusal = attempt(start, actor=actor_of(request), clock=DatabaseClock())
    if refusal is not None:
        return _form(request, refusal=refusal)
    return redirect("job", started)


def _form(request: HttpRequest, *, refusal: DomainError | None = None) -> HttpResponseBase:
    made = jobs.my_jobs(actor=actor_of(request), kind=PACKAGE_JOB, limit=10)
    context = {"typed": request.POST or request.GET, "made": made}
    return page(request, "audit/package_form.html", context, refusal=refusal)
