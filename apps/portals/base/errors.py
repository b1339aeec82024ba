"""Error pages: what happened, what was kept, what to do next; never a trace (SECURITY R41)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template import loader

from apps.core.audience import actor_of
from apps.core.scoping import enter


def error_page(
    request: HttpRequest, status: int, template: str, message: str = "", **context: Any
) -> HttpResponse:
    """Return *template* with *status*; `message` is a sentence for the person."""
    values = {"message": message, "request_id": getattr(request, "request_id", ""), **context}
    return HttpResponse(loader.render_to_string(template, values, request), status=status)


def forbidden_page(request: HttpRequest, message: str) -> HttpResponse:
    """Return the 403 page."""
    return error_page(request, 403, "403.html", message)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for an expired form; the browser's back button keeps what was typed."""
    del reason
    return error_page(request, 403, "403_csrf.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler of 400."""
    del exception
    return _after_rollback(request, 400, "400.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler of 404."""
    del exception
    return _after_rollback(request, 404, "404.html")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler of 403."""
    del exception
    return _after_rollback(request, 403, "403.html", "该页面不属于您的职责范围。")


def _after_rollback(request: HttpRequest, status: int, template: str, message: str = "") -> HttpResponse:
    """Render after the view's transaction is gone, and with it what PostgreSQL knew about the actor: tell it again.

    Without this the frame of the page (name, organisation, unread messages) would find no rows of the person's own.
    """
    if not getattr(request, "entered", False):
        return error_page(request, status, template, message)
    with transaction.atomic():
        enter(actor_of(request))
        return error_page(request, status, template, message)


def server_error(request: HttpRequest) -> HttpResponse:
    """Handler of 500: works without a database, a session or a context processor."""
    body = loader.get_template("500.html").template.render(  # type: ignore[attr-defined]
        _bare_context(getattr(request, "request_id", ""))
    )
    return HttpResponse(body, status=500)


def _bare_context(request_id: str) -> Any:
    from django.template import Context

    return Context({"request_id": request_id})
