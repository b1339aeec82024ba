"""Papers and spreadsheets for every audience: ask for one, download one. Who may, the documents room decides."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.audience import actor_of, audience, open_to_all
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.core.reconfirming import reconfirmed_reading
from apps.documents import services
from apps.portals.base.errors import error_page
from apps.portals.base.files import send_file
from apps.portals.base.http import attempt, page
from apps.portals.base.views import SIGNED_IN
from apps.portals.base.visible import must_be_visible
from apps.titles import selectors as titles

_FILTERS = ("q", "level", "district", "industry", "year")
_LIST_FILTERS = ("q", "district", "state", "level", "round")
_PAGES = {403: "403.html", 409: "409.html", 422: "422.html"}


@open_to_all
@require_GET
def document(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out a stored paper; published ones to everybody."""
    found, refusal = attempt(
        services.open_document, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    if found is None:
        return _refused(request, refusal)
    return send_file(found)


@audience(*SIGNED_IN)
@require_POST
def request_document(request: HttpRequest) -> HttpResponseBase:
    """Have a paper made: on to the stored one, or to the page of the job that makes it."""
    asked, refusal = attempt(
        services.request_document,
        actor=actor_of(request),
        clock=DatabaseClock(),
        kind=request.POST.get("kind", ""),
        public_id=request.POST.get("public_id", ""),
        draft=request.POST.get("draft") == "1",
        format=request.POST.get("format", "pdf"),
    )
    if asked is None:
        return _refused(request, refusal)
    return redirect("document", asked.document) if asked.document else redirect("job", asked.job)


@open_to_all
@require_GET
def export_workbook(request: HttpRequest, kind: str, public_id: str) -> HttpResponseBase:
    """Hand out a spreadsheet; the public list only when the register has changed since it was last fetched."""
    etag = ""
    if kind == services.DIRECTORY:
        etag = f'"{titles.register_stamp().etag}"'
        answered = get_conditional_response(request, etag=etag)
        if isinstance(answered, HttpResponseNotModified):
            return answered
    made, refusal = attempt(
        services.workbook,
        actor=actor_of(request),
        clock=DatabaseClock(),
        kind=kind,
        public_id=public_id,
        filters={name: request.GET[name] for name in _FILTERS if name in request.GET},
    )
    if made is None:
        return _refused(request, refusal)
    response = _workbook(made)
    if etag:
        response["ETag"] = etag
    return response


@audience(*SIGNED_IN)
@require_http_methods(["GET", "POST"])
@reconfirmed_reading
def export_list(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Hand out a short list; a long one is offered as a job, and started by POST."""
    sent = request.POST if request.method == "POST" else request.GET
    filters = {name: sent[name] for name in _LIST_FILTERS if name in sent}
    asked = {"actor": actor_of(request), "clock": DatabaseClock(), "kind": kind, "filters": filters}
    if request.method == "POST":
        started, refusal = attempt(services.start_export, **asked)
        return _refused(request, refusal) if started is None else redirect("job", started)
    found, refusal = attempt(services.export_list, **asked)
    if found is None:
        return _refused(request, refusal)
    if found.workbook is None:
        return page(request, "base/export.html", {"found": found, "kind": kind, "filters": filters})
    return _workbook(found.workbook)


def _workbook(made: services.Workbook) -> HttpResponse:
    response = HttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=made.name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _refused(request: HttpRequest, refusal: DomainError | None) -> HttpResponseBase:
    """Return the page of a refusal; what the actor does not see does not exist."""
    must_be_visible(refusal)
    assert refusal is not None  # noqa: S101  (`attempt` returns one of the two)
    return error_page(request, refusal.status, _PAGES.get(refusal.status, "503.html"), refusal.message)
