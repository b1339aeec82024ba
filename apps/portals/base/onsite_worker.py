"""The script that keeps pages of an on-site check open without a network; handed out once for each place it serves."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core.audience import no_database


@no_database
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out the script that keeps a page open on site without a network; its address is what it may look after.

    It holds no data, so anybody may have it; browsers compare it byte by byte, therefore nothing keeps a copy.
    """
    del request
    script = (settings.BASE_DIR / "static" / "js" / "desk-worker.js").read_bytes()
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
