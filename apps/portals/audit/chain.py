"""The chain's head, its verification and the evidence package: both are jobs, started here."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.applications import selectors as applications
from apps.audit import selectors as audit
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.faults import Faults
from apps.core.moment import Clock, DatabaseClock
from apps.core.reconfirming import reconfirmed
from apps.core.text import clean_text
from apps.jobs import selectors as jobs
from apps.jobs import services as job_services
from apps.portals.audit.events import midnight, read_when
from apps.portals.audit.work import CHAIN, PACKAGE, SHOWN
from apps.portals.base.http import attempt, page
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible

_REASON = 200


@audience(Role.AUDITOR)
@require_GET
def chain(request: HttpRequest) -> HttpResponseBase:
    """Show the head of the chain and what the last verifications found."""
    checks = jobs.my_jobs(actor=actor_of(request), kind=CHAIN, limit=5)
    return page(request, "audit/chain.html", {"head": audit.chain_head(), "checks": checks, "limit": SHOWN})


@audience(Role.AUDITOR)
@require_POST
def check(request: HttpRequest) -> HttpResponseBase:
    """Have the whole chain walked."""
    started, refusal = attempt(
        job_services.start_job, actor=actor_of(request), clock=DatabaseClock(), kind=CHAIN, params={}
    )
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
        return job_services.start_job(actor=actor, clock=clock, kind=PACKAGE, params=_params(request, actor))

    started, refusal = attempt(start, actor=actor_of(request), clock=DatabaseClock())
    if refusal is not None:
        return _form(request, refusal=refusal)
    return redirect("job", started)


def _params(request: HttpRequest, actor: Actor) -> dict[str, str]:
    with Faults() as faults:
        reason = faults.read(
            lambda: clean_text(text(request, "reason"), field="reason", label="用途", limit=_REASON), ""
        )
        if not reason:
            faults.note("reason", "请写明用途，随取证记录留存。")
        number = text(request, "number").strip()
        if number:
            found = applications.applications_page(actor=actor, q=number, per_page=2)
            if len(found.rows) != 1:
                raise Invalid.of("number", "没有找到这一办件，请填写完整的申报编号。")
            return {"case": found.rows[0].public_id, "reason": reason}
        since = faults.read(lambda: read_when(text(request, "since").strip(), "since"), None)
        until = faults.read(lambda: read_when(text(request, "until").strip(), "until"), None)
        if since is None or until is None:
            raise Invalid.of("since" if since is None else "until", "请填写起止日期，或填写申报编号。")
        if until < since:
            raise Invalid.of("until", "结束日期不能早于开始日期。")
    return {
        "title": f"取证包_{since:%Y%m%d}_{until:%Y%m%d}",
        "since": midnight(since).isoformat(),
        "until": midnight(until + timedelta(days=1)).isoformat(),
        "reason": reason,
    }


def _form(request: HttpRequest, *, refusal: DomainError | None = None) -> HttpResponseBase:
    made = jobs.my_jobs(actor=actor_of(request), kind=PACKAGE, limit=10)
    context = {"typed": request.POST or request.GET, "made": made}
    return page(request, "audit/package_form.html", context, refusal=refusal)
