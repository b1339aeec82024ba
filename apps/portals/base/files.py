"""Handing out evidence and papers: always as an attachment that cannot run anything, by the proxy if any (R18, R22)."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from apps.evidence.services import FileToSend

_SANDBOX = "default-src 'none'; sandbox"


def send_file(found: FileToSend) -> HttpResponseBase:
    """Return the download of a file whose visibility its room has just checked.

    Pictures may still be shown inside a page: browsers ignore the attachment header for `<img>`.
    """
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
