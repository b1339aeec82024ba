"""One domain call per request, and its refusals as HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from apps.audit.services import record_refusal
from apps.core.actor import Actor
from apps.core.errors import Conflict, DomainError, Invalid, RuleBroken
from apps.core.moment import DatabaseClock

Result = TypeVar("Result")


def attempt(service: Callable[..., Result], **arguments: Any) -> tuple[Result | None, DomainError | None]:
    """Call *service* in a savepoint; return its result or the refusal.

    Nothing of a refused call is kept but the trace that somebody tried what they had no right to.
    """
    try:
        with transaction.atomic():
            return service(**arguments), None
    except DomainError as refused:
        refusal = refused
    actor = arguments.get("actor")
    if isinstance(actor, Actor):
        name = getattr(service, "__name__", "")
        record_refusal(actor=actor, act=name, refusal=refusal, moment=DatabaseClock().now())
    return None, refusal


def refusal_context(refusal: DomainError | None) -> dict[str, Any]:
    """Return what a page needs to show *refusal*: message, field errors, clauses, the newer version."""
    if refusal is None:
        return {}
    return {
        "refusal": refusal,
        "errors": refusal.errors if isinstance(refusal, Invalid) else {},
        "verdict": refusal.verdict if isinstance(refusal, RuleBroken) else None,
        "current": refusal.current if isinstance(refusal, Conflict) else None,
    }


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponseBase:
    """Return a page; a refusal sets the status and the error context (the form keeps what was typed)."""
    values = {**(context or {}), **refusal_context(refusal)}
    return TemplateResponse(request, template, values, status=refusal.status if refusal else status)


def at_row(
    refusal: DomainError, field: str, row: str, *, name: str = ""
) -> tuple[DomainError, dict[str, Any]]:
    """Return *refusal* told at the field of one row of a list, and what the page needs to tell it there.

    Args:
        refusal: what the service said; what it says of *field* moves to that row's own input.
        field: the field as the service calls it.
        row: public id of the row that was sent.
        name: the input's name where the page calls it otherwise.
    """
    if not isinstance(refusal, Invalid) or field not in refusal.errors:
        return refusal, {}
    others = {one: said for one, said in refusal.errors.items() if one != field}
    said = refusal.errors[field]
    return Invalid({f"{name or field}_{row}": said, **others}), {"refused_row": row, "row_errors": said}


def say(request: HttpRequest, text: str) -> None:
    """Queue a success message for the next page."""
    messages.success(request, text)
