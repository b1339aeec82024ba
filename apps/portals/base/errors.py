"""Error pages: what happened, what was kept, what to do next; never a trace (SECURITY R41)."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template import loader

from apps.audit.services import record_refusal
from apps.core.actor import Role
from apps.core.audience import actor_of
from apps.core.errors import DomainError, Forbidden, NotVisible
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from apps.portals.base.visible import OutOfSight

_TOO_MUCH: Final = (
    "提交内容过多，什么都没有保存。请返回上一页，减少一次提交的内容后再试；文件请逐个上传，数据请用表格导入。"
)


def error_page(
    request: HttpRequest, status: int, template: str, message: str = "", **context: Any
) -> HttpResponse:
    """Return *template* with *status*; `message` is a sentence for the person."""
    values = {"message": message, "request_id": getattr(request, "request_id", ""), **context}
    return HttpResponse(loader.render_to_string(template, values, request), status=status)


def note_refusal(request: HttpRequest, refusal: DomainError) -> None:
    """Write the trace of an attempt outside the view's transaction, which is gone or has not begun (SECURITY R26)."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.role is Role.PUBLIC:
        return
    with transaction.atomic():
        enter(actor)
        record_refusal(actor=actor, act=request.path, refusal=refusal, moment=DatabaseClock().now())


def forbidden_page(request: HttpRequest, message: str) -> HttpResponse:
    """Return the 403 page of a view outside the person's audience, and leave the trace of the attempt."""
    note_refusal(request, Forbidden(message))
    return error_page(request, 403, "403.html", message)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for an expired form; the browser's back button keeps what was typed."""
    del reason
    return error_page(request, 403, "403_csrf.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler of 400; a request of more parts than any form of ours has is told what to do (SECURITY U27)."""
    too_much = isinstance(exception, (TooManyFieldsSent, TooManyFilesSent, RequestDataTooBig))
    return _after_rollback(request, 400, "400.html", _TOO_MUCH if too_much else "")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler of 404; what lies out of a person's sight leaves a trace of the attempt."""
    if isinstance(exception, OutOfSight):
        note_refusal(request, NotVisible(str(exception)))
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
