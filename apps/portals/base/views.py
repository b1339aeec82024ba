"""Pages every audience shares: probes, landing, display preferences, messages."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Role
from apps.core.audience import ANYONE, actor_of, audience, no_database, open_to_all
from apps.core.errors import NotVisible
from apps.core.moment import DatabaseClock
from apps.notifications import selectors as notifications
from apps.notifications import services as notification_services
from apps.parameters.selectors import in_force
from apps.portals.base.errors import error_page
from apps.portals.base.http import page
from apps.portals.base.navigation import HOME

SIGNED_IN = ANYONE - {Role.PUBLIC}
_YEAR_SECONDS = 365 * 24 * 3600
_PREFERENCES = {
    "theme": {"auto", "light", "dark"},
    "size": {"normal", "large"},
    "density": {"normal", "compact"},
}


@no_database
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process lives."""
    del request
    return HttpResponse("ok", content_type="text/plain")


@open_to_all
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer whether the site can work: database and storage; one word, no details (SECURITY R67)."""
    del request
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        FileSystemStorage(location=settings.MEDIA_ROOT)
        ready = True
    except (DatabaseError, OSError):
        ready = False
    return HttpResponse(
        "ok" if ready else "unavailable", status=200 if ready else 503, content_type="text/plain"
    )


@open_to_all
@require_GET
def too_large(request: HttpRequest) -> HttpResponse:
    """Say the limit in force to whom the proxy has refused a body as too large (SECURITY U02)."""
    most = in_force(on=DatabaseClock().now().on).upload_file_mb
    told = f"上传的内容超过上限：单个文件最大 {most} MB，请压缩或拆分后重新上传，多个文件请逐个上传。"
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"error": told}, status=413)
    return error_page(request, 413, "413.html", told)


@audience(*ANYONE)
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Send everybody to where their work begins."""
    return redirect(HOME[actor_of(request).role])


@csrf_exempt
@open_to_all
@require_POST
def preferences(request: HttpRequest) -> HttpResponseBase:
    """Store a display preference in a cookie and go back.

    Without a token: nothing but the look of pages in this browser changes, and a token would put a cookie on every
    anonymous page, which then no cache could keep.
    """
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = redirect(target)
    for name, known in _PREFERENCES.items():
        value = request.POST.get(name)
        if value in known:
            response.set_cookie(
                name, value, max_age=_YEAR_SECONDS, samesite="Lax", secure=request.is_secure()
            )
    return response


@audience(*SIGNED_IN)
@require_GET
def inbox(request: HttpRequest) -> HttpResponseBase:
    """List the messages of the actor, newest first."""
    number = request.GET.get("page", "1")
    found = notifications.inbox(actor=actor_of(request), page=int(number) if number.isdecimal() else 1)
    return page(request, "base/messages.html", {"inbox": found})


@audience(*SIGNED_IN)
@require_POST
def open_message(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Mark a message as read and go where it leads."""
    try:
        link = notification_services.mark_read(
            actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
        )
    except NotVisible as refusal:
        raise Http404(refusal.message) from None
    return redirect(link or "messages")


@audience(*SIGNED_IN)
@require_GET
def my_account(request: HttpRequest) -> HttpResponseBase:
    """Show the person's own account: role, duties, password and second factor."""
    return page(request, "base/my_account.html")
