"""Refusals as problem+json (RFC 9457): the clauses that refuse, the fields that are wrong."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from apps.core.errors import Conflict, DomainError, Forbidden, Invalid, RuleBroken

_TYPE = "application/problem+json"
_TITLES = {
    400: "请求内容有误，请按提示修改。",
    401: "请先登录。",
    403: "该接口不属于您的职责范围。",
    404: "没有找到这条记录，或它不在您的管辖范围内。",
    405: "该接口不支持这种请求方法。",
    406: "本接口只返回 JSON。",
    415: "本接口只接受 JSON。",
    429: "请求过于频繁，请稍后再试。",
}


class UnknownFields(exceptions.APIException):
    """The body has fields the endpoint does not know: nothing is changed, all are named (SECURITY P02)."""

    status_code = 400

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(f"请求中有不认识的字段：{'、'.join(names)}。")


class BodyTooLarge(exceptions.APIException):
    """More bytes than a request may have."""

    status_code = 413
    default_detail = "请求内容过大。"


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
    """DRF's exception handler: domain refusals first, then DRF's own, all in one form."""
    if isinstance(error, exceptions.PermissionDenied):
        context["request"]._request.refused = Forbidden(str(error.detail))  # noqa: SLF001  (as below)
    if isinstance(error, DomainError):
        context["request"]._request.refused = error  # noqa: SLF001  (DRF's documented wrapped request)
        set_rollback()
        return Response(problem(error), status=error.status, content_type=_TYPE)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response.data = _body_of(error, response.status_code)
    response.content_type = _TYPE
    return response


def _body_of(error: Exception, status: int) -> dict[str, Any]:
    body: dict[str, Any] = {"type": f"urn:gf:{type(error).__name__}", "status": status}
    if isinstance(error, UnknownFields):
        return {**body, "title": str(error.detail), "unknown": error.names}
    if isinstance(error, exceptions.ValidationError):
        return {**body, "title": _TITLES[400], "errors": error.detail}
    detail = getattr(error, "detail", "")
    return {**body, "title": _TITLES.get(status) or str(detail), "detail": str(detail)}
