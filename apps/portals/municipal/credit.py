"""征信查询: what is pending, and the record of one result (R-23, F-11)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.applications import selectors as applications
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import Clock
from apps.policy.award import CreditResult
from apps.portals.base.http import page
from apps.portals.base.posted import required_day, text
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, page_number, shown_now
from apps.publicity import selectors as publicity
from apps.publicity import services as publicity_services

_STATE = "credit_check"
RESULTS = [(result.value, result.label) for result in CreditResult]


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the cases in the credit stage, those waiting longest first."""
    actor, now = actor_of(request), shown_now()
    found = applications.applications_page(
        actor=actor, q=request.GET.get("q", ""), state=_STATE, sort="waiting", page=page_number(request)
    )
    rows = publicity.candidates(actor=actor, application_ids=[row.id for row in found.rows], on=now.on)
    context = {"found": found, "rows": rows, "asked": request.GET, "may_act": actor.has(Duty.CREDIT)}
    return page(request, "municipal/credit.html", context)


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show a case's credit results, and record a new one."""
    if request.method != "POST":
        return _file(request, public_id)
    return act(
        request,
        lambda actor, clock: publicity_services.record_credit_report(
            actor=actor,
            clock=clock,
            public_id=public_id,
            report=publicity_services.CreditReport(
                platform=text(request, "platform"),
                checked_on=required_day(request, "checked_on", "查询日期"),
                report_no=text(request, "report_no"),
                result=text(request, "result"),
                matters=text(request, "matters"),
            ),
            attachments=request.FILES.getlist("attachments"),
        ),
        done=lambda until: f"征信结果已登记，可用于 {until:%Y-%m-%d}（含）前开始的公示。",
        to=reverse("municipal:credit_check", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def attach(request: HttpRequest, public_id: str, check: str) -> HttpResponseBase:
    """Keep one more file with a credit check."""

    def keep(actor: Actor, clock: Clock) -> None:
        upload = request.FILES.get("file")
        if upload is None:
            raise Invalid.of("file", "请选择文件。")
        publicity_services.attach_to_credit_check(
            actor=actor, clock=clock, public_id=public_id, check=check, upload=upload
        )

    return act(
        request,
        keep,
        done="附件已保存。",
        to=reverse("municipal:credit_check", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal, attaching=check),
    )


@audience(Role.MUNICIPAL)
@require_POST
def refuse(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """End a case because of its credit result."""
    return act(
        request,
        lambda actor, clock: publicity_services.refuse_for_credit(
            actor=actor, clock=clock, public_id=public_id, reason=text(request, "reason")
        ),
        done="已作出不予评定的结论，企业会收到通知。",
        to=reverse("municipal:application", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


def _file(
    request: HttpRequest, public_id: str, *, refusal: DomainError | None = None, attaching: str = ""
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    case = seen(applications.case, actor=actor, public_id=public_id)
    open_now = case.state == _STATE
    context = {
        "case": case,
        "history": publicity.credit_history(actor=actor, application_id=case.id),
        "results": RESULTS,
        "attaching": attaching,
        "today": now.on,
        "may_record": open_now and actor.has(Duty.CREDIT),
        "may_refuse": open_now and actor.has(Duty.SIGNER),
        "typed": request.POST,
    }
    return page(request, "municipal/credit_check.html", context, refusal=refusal)
