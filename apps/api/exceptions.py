"""Refusals as problem+json (RFC 9457): the clauses that refuse, the fields that are wrong."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from apps.core.errors import Conflict, DomainError, Invalid, RuleBroken


def problem(refusal: DomainError) -> dict[str, Any]:
    """Return the body for *refusal*."""
    body: dict[str, Any] = {
        "type": f"urn:gf:{type(refusal).__name__}",
        "title": refusal.message,
        "status": refusal.status,
    }
    if isinstance(refusal, RuleBroken):
        body["refusals"] = [
            {
                "rule": item.rule,
                "clause": str(item.clause),
                "reason": item.reason,
                "remedy": item.remedy,
                "in_principle": item.in_principle,
            }
            for item in refusal.verdict.refusals
        ]
    if isinstance(refusal, Invalid):
        body["errors"] = refusal.errors
    if isinstance(refusal, Conflict):
        body["current"] = refusal.current
    return body


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: domain refusals first, then DRF's own."""
    if isinstance(error, DomainError):
        set_rollback()
        return Response(problem(error), status=error.status, content_type="application/problem+json")
    return exception_handler(error, context)
