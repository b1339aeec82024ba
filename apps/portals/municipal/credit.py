"""征信查询: what is pending, and the record of one result (R-23, F-11)."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.applications import selectors as applications
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.faults import Faults
from apps.core.moment import Clock, DatabaseClock
from apps.policy.award import CreditResult
from apps.portals.base.files import send_file
from apps.portals.base.http import attempt, page
from apps.portals.base.posted import required_day, text
from apps.portals.base.templatetags.gf import cn_date
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.municipal.common import act, page_number, shown_now
from apps.publicity import selectors as publicity
from apps.publicity import services as publicity_services
from apps.publicity.credit_service import credit_service
from apps.publicity.services import ReadFile

_STATE = "credit_check"
#: Results an enterprise is asked about; where none is shown, nobody has explained one.
_ASKED = frozenset({CreditResult.ADVERSE.value, CreditResult.EXPLANATION.value})
RESULTS = [(result.value, result.label) for result in CreditResult]


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the cases in the credit stage, those waiting longest first."""
    return _listing(request)


def _listing(request: HttpRequest, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    chosen = request.GET.get("explained") == "1"
    explained = publicity.explained_cases(actor=actor) if chosen else {}
    found = applications.applications_page(
        actor=actor,
        q=request.GET.get("q", ""),
        state=_STATE,
        sort="waiting",
        page=page_number(request),
        only=explained if chosen else None,
    )
    rows = publicity.candidates(actor=actor, application_ids=[row.id for row in found.rows], on=now.on)
    if not chosen and any(row.credit is not None and row.credit.result in _ASKED for row in rows):
        explained = publicity.explained_cases(actor=actor)
    tasks = publicity.open_credit_tasks(actor=actor, application_ids=[row.id for row in found.rows])
    context = {
        "found": found,
        "rows": [(row, tasks.get(row.case.id), explained.get(row.case.id)) for row in rows],
        "explanations": [("1", "企业已说明")],
        "only_explained": chosen,
        "asked": request.GET,
        "may_act": actor.has(Duty.CREDIT),
        "has_service": credit_service() is not None,
        "deliveries": publicity.credit_deliveries(actor=actor),
    }
    return page(request, "municipal/credit.html", context, refusal=refusal)


@audience(Role.MUNICIPAL)
@require_POST
def ask(request: HttpRequest) -> HttpResponseBase:
    """Ask the credit service about every candidate without a usable result."""
    return act(
        request,
        lambda actor, clock: publicity_services.send_credit_queries(actor=actor, clock=clock),
        done=lambda sent: (
            f"已发出 {sent.count} 家企业的查询（{sent.file_name}）。"
            if sent.count
            else "没有需要查询的企业。"
        ),
        to=reverse("municipal:credit"),
        again=lambda refusal: _listing(request, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def collect(request: HttpRequest) -> HttpResponseBase:
    """Read the result files that wait."""
    return act(
        request,
        lambda actor, clock: publicity_services.read_credit_results(actor=actor, clock=clock),
        done=_told,
        to=reverse("municipal:credit"),
        again=lambda refusal: _listing(request, refusal=refusal),
    )


def _told(files: list[ReadFile]) -> str:
    if not files:
        return "没有新的结果文件。"
    taken, faults = sum(file.taken for file in files), sum(len(file.problems) for file in files)
    again = sum(file.again for file in files)
    return (
        f"读取结果文件 {len(files)} 个，登记 {taken} 家"
        + (f"，{faults} 行未登记，见下方说明" if faults else "")
        + (f"，{again} 个文件此前已读取" if again else "")
        + "。"
    )


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show a case's credit results, and record a new one."""
    if request.method != "POST":
        return _file(request, public_id)

    def keep(actor: Actor, clock: Clock) -> date:
        faults = Faults()
        on = faults.read(lambda: required_day(request, "checked_on", "查询日期"), date.min)
        with faults:
            return publicity_services.record_credit_report(
                actor=actor,
                clock=clock,
                public_id=public_id,
                report=publicity_services.CreditReport(
                    platform=text(request, "platform"),
                    checked_on=on,
                    report_no=text(request, "report_no"),
                    result=text(request, "result"),
                    matters=text(request, "matters"),
                ),
                attachments=request.FILES.getlist("attachments"),
            )

    return act(
        request,
        keep,
        done=lambda until: _recorded(text(request, "result"), until, shown_now().on),
        to=reverse("municipal:credit_check", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


def _recorded(result: str, until: date, today: date) -> str:
    """Say what follows from a recorded result: only a usable one lets the case into a notice."""
    if CreditResult(result) in {CreditResult.NORMAL, CreditResult.EXPLAINED}:
        if until < today:
            return f"征信结果已登记，但有效期 {cn_date(until)}已过；请重新查询，否则该企业不能列入公示。"
        return f"征信结果已登记，可用于 {cn_date(until)}（含）前开始的公示。"
    return "征信结果已登记，已告知企业；结果正常或说明被采信前，该企业不能列入公示。"


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


@audience(Role.MUNICIPAL)
@require_GET
def statement_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out a file an enterprise put with its explanation; the reading is recorded."""
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


def _file(
    request: HttpRequest, public_id: str, *, refusal: DomainError | None = None, attaching: str = ""
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    case = seen(applications.case, actor=actor, public_id=public_id)
    open_now = case.state == _STATE
    context = {
        "case": case,
        "history": publicity.credit_history(actor=actor, application_id=case.id),
        "inquiries": publicity.credit_inquiries(actor=actor, application_id=case.id),
        "results": RESULTS,
        "attaching": attaching,
        "chosen": [upload.name for upload in request.FILES.getlist("attachments")],
        "today": now.on,
        "may_record": open_now and actor.has(Duty.CREDIT),
        "may_refuse": open_now and actor.has(Duty.SIGNER),
        "typed": request.POST,
    }
    return page(request, "municipal/credit_check.html", context, refusal=refusal)
