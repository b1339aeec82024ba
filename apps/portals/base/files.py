"""Handing out evidence and papers: originals as attachments that cannot run, pages as marked pictures (R18, R22)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.evidence import services as evidence
from apps.evidence.services import FileToSend
from apps.portals.base import viewer
from apps.portals.base.context import organisation_of
from apps.portals.base.http import attempt, page
from apps.portals.base.posted import whole
from apps.portals.base.visible import must_be_visible, seen

_SANDBOX = "default-src 'none'; sandbox"
#: Seconds a browser may show a page again by itself: leafing back and forth asks nothing.
_KEEP_SECONDS = 600
_LONGEST_BACK = 300


def send_file(found: FileToSend) -> HttpResponseBase:
    """Return the download of a file whose visibility its room has just checked: always as an attachment."""
    response: HttpResponseBase
    if settings.GF_X_ACCEL_PREFIX:
        response = HttpResponse(content_type=found.content_type)
        response["X-Accel-Redirect"] = settings.GF_X_ACCEL_PREFIX + quote(found.stored_name)
        disposition = content_disposition_header(as_attachment=True, filename=found.name)
        response["Content-Disposition"] = disposition or "attachment"
    else:
        response = FileResponse(
            found.path.open("rb"),
            as_attachment=True,
            filename=found.name,
            content_type=found.content_type,
        )
    response["Content-Security-Policy"] = _SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response


def routes(role: Role, prefix: str, *, name: str = "evidence") -> list[URLPattern]:
    """Return the addresses of files in one portal: the original, the viewer's page, the pictures of the pages.

    Args:
        role: whose portal; what a person may see is asked again for every file and page.
        prefix: path of a file up to its id, ending in "/".
        name: URL name of the original; `<name>_view` and `<name>_page` are the others.
    """
    for_role = audience(role)
    return [
        path(f"{prefix}<str:public_id>/", for_role(require_GET(original)), name=name),
        path(f"{prefix}<str:public_id>/view/", for_role(require_GET(view)), name=f"{name}_view"),
        path(
            f"{prefix}<str:public_id>/pages/<int:number>.jpg",
            for_role(require_GET(picture)),
            name=f"{name}_page",
        ),
    ]


def original(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out the original; the reading by officials is recorded."""
    found, refusal = attempt(
        evidence.open_file, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    if found is None:
        return page(request, "base/evidence_refused.html", {"back": back_of(request)}, refusal=refusal)
    return send_file(found)


def view(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show a file page by page."""
    found = seen(evidence.view_file, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id)
    wanted = request.GET
    cited = whole(wanted.get("from"), 0), whole(wanted.get("to"), 0)
    base = request.path.removesuffix("view/")
    back = back_of(request)
    context: dict[str, Any] = {
        "viewing": found,
        "file": found.file,
        "viewer": viewer.shown(
            name=found.file.name,
            base=base,
            pages=found.pages,
            page=whole(wanted.get("page"), 0),
            zoom=whole(wanted.get("zoom"), 0),
            cited=(cited[0] or None, cited[1] or None),
            back=back,
            message=found.message,
        ),
        "back": back,
    }
    return page(request, "base/evidence_view.html", context)


def picture(request: HttpRequest, public_id: str, number: int) -> HttpResponseBase:
    """Send one page with the viewer's watermark; a refusal is a short text (JSON for the page's script)."""
    content, refusal = attempt(
        evidence.open_page,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        number=number,
        size=request.GET.get("size", "m"),
        organisation=organisation_of(request.user, actor_of(request)),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _refused(request, refusal)
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = f"private, max-age={_KEEP_SECONDS}, no-transform"
    patch_vary_headers(response, ("Cookie",))  # another person at the same browser gets pages of their own
    response["Content-Security-Policy"] = _SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response


def back_of(request: HttpRequest) -> str:
    """Return the local address the viewer was opened from, "" for anything else."""
    back = request.GET.get("back", "")
    local = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if local and len(back) <= _LONGEST_BACK else ""


def _refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"error": refusal.message}, status=refusal.status)
    return HttpResponse(refusal.message, status=refusal.status, content_type="text/plain; charset=utf-8")
