"""反映问题: anybody tells about a factory of the directory, and asks with the receipt what has come of it (R-42)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.audience import actor_of, open_to_all
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.monitoring import incidents as monitoring
from apps.monitoring import services
from apps.monitoring.services import IncidentForm
from apps.portals.base.http import attempt, page
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible
from apps.portals.public.receipts import missing_words
from apps.portals.public.throttle import limited
from apps.titles import selectors as titles
from apps.titles.selectors import DirectoryRow

_RECEIPT = "incident_receipt"
_FIELDS = ("party", "person", "contact", "matter")
_PARTIES = (
    ("person", "以个人名义（实名，便于核实和答复）"),
    ("unit", "以单位名义"),
    ("anonymous", "匿名（不留姓名和电话，仍可凭回执号查询）"),
)
_HOME, _HERE = ("首页", "/"), "反映问题"


def _about(public_id: str) -> DirectoryRow | None:
    """Return the factory a report is about, None when none stands there."""
    found = titles.verify(public_id=public_id) if public_id else None
    ended = {"cancelled", "ended", "none"}
    return found.row if found is not None and found.status not in ended else None


def _form_page(
    request: HttpRequest,
    typed: dict[str, str],
    about: DirectoryRow | None,
    refusal: DomainError | None = None,
) -> HttpResponseBase:
    context = {
        "typed": typed,
        "about": about,
        "parties": _PARTIES,
        "most_papers": services.MOST_PAPERS,
        "most_mb": services.MOST_MB,
        "crumbs": [_HOME, ("绿色工厂名录", reverse("public:directory")), (_HERE, "")],
    }
    return page(request, "public/incident_new.html", context, refusal=refusal)


@open_to_all
@limited("incident", most=5, seconds=3600)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Tell about a factory that holds a title; it is never told who did."""
    if request.method != "POST":
        return _form_page(request, {"party": "person"}, _about(request.GET.get("title", "")))
    typed = {name: text(request, name) for name in _FIELDS}
    about = text(request, "title")
    receipt, refusal = attempt(
        services.file_incident,
        actor=actor_of(request),
        clock=DatabaseClock(),
        title_public_id=about,
        form=IncidentForm(**typed),
        papers=request.FILES.getlist("papers"),
    )
    if receipt is None:
        must_be_visible(refusal)
        return _form_page(request, typed, _about(about), refusal)
    request.session[_RECEIPT] = {"receipt_no": receipt.receipt_no, "query_code": receipt.query_code}
    return redirect("public:incident_done")


@open_to_all
@require_safe
def done(request: HttpRequest) -> HttpResponseBase:
    """Show receipt number and query code once told, as long as this browser session lasts."""
    kept = request.session.get(_RECEIPT)
    if kept is None:
        return redirect("public:incident_status")
    crumbs = [_HOME, (_HERE, reverse("public:incident_status")), ("已收到", "")]
    return page(request, "public/incident_done.html", {**kept, "crumbs": crumbs})


@open_to_all
@limited("incident-status", most=20, seconds=3600)
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest) -> HttpResponseBase:
    """Show how a report stands to whoever has its receipt; by POST, so that the code stays out of every log."""
    context: dict[str, object] = {
        "crumbs": [_HOME, ("反映问题查询", "")],
        "receipt_no": text(request, "receipt_no"),
    }
    if request.method != "POST":
        return page(request, "public/incident_status.html", context)
    if missing := missing_words(request):
        return page(request, "public/incident_status.html", context, refusal=missing)
    found, refusal = attempt(
        monitoring.incident_status,
        actor=actor_of(request),
        receipt_no=text(request, "receipt_no"),
        query_code=text(request, "query_code"),
    )
    return page(request, "public/incident_status.html", context | {"found": found}, refusal=refusal)
