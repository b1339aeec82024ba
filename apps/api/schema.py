"""OpenAPI of the endpoints: bodies and answers come from the view's own declarations."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework import serializers

_PAGE_PARAMETERS = [
    OpenApiParameter("page", int, description="页码，从 1 开始"),
    OpenApiParameter("page_size", int, description="每页条数，最多 200"),
]


class Refusal(serializers.Serializer[Any]):
    """One clause that refuses."""

    rule = serializers.CharField()
    clause = serializers.CharField()
    reason = serializers.CharField()
    remedy = serializers.CharField()
    in_principle = serializers.BooleanField()


class Problem(serializers.Serializer[Any]):
    """problem+json (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    unknown = serializers.ListField(child=serializers.CharField(), required=False)
    errors = serializers.DictField(required=False)  # type: ignore[assignment]  # a declared field
    refusals = Refusal(many=True, required=False)
    current = serializers.DictField(required=False)


@cache
def page_of(row: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """Return the serializer of one page of *row*."""
    name = f"{row.__name__}Page"
    fields = {
        "total": serializers.IntegerField(),
        "page": serializers.IntegerField(),
        "pages": serializers.IntegerField(),
        "results": row(many=True),
    }
    return type(name, (serializers.Serializer,), {"__doc__": "One page.", **fields})


class DomainSchema(AutoSchema):
    """Reads `body`, `answer`, `reading`, `query` and `paged` of an `Endpoint`."""

    def get_operation_id(self) -> str:
        """Return the class's name in snake case; a view with both methods gets one id each."""
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(self.view).__name__).lower()
        both = hasattr(self.view, "get") and hasattr(self.view, "post")
        return f"{name}_{self.method.lower()}" if both else name

    def get_tags(self) -> list[str]:
        """Return the noun: the first folder after the version."""
        return [self.path.strip("/").split("/")[2]]

    def get_request_serializer(self) -> Any:
        """Return the body of POST."""
        return getattr(self.view, "body", None) if self.method == "POST" else None

    def get_response_serializers(self) -> Any:
        """Return what each status answers."""
        view: Any = self.view
        if self.method == "POST":
            good = {view.status if view.answer else 204: view.answer}
        else:
            good = {200: self._reading(view)}
        return {**good, "4XX": Problem}

    def _reading(self, view: Any) -> Any:
        """Return what GET answers; several audiences read one of several forms."""
        forms = list(dict.fromkeys([*view.reading_for.values(), view.reading]))
        printed = [page_of(form) if view.paged else form for form in forms]
        if len(printed) == 1:
            return printed[0]
        return PolymorphicProxySerializer(
            component_name=f"{type(view).__name__}Answer", serializers=printed, resource_type_field_name=None
        )

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters of the address."""
        view: Any = self.view
        if self.method != "GET":
            return []
        return [*([view.query] if view.query else []), *(_PAGE_PARAMETERS if view.paged else [])]

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Say no: the envelope of a list is one of our own serializers."""
        del serializer
        return False


class PortalSession(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The portal's session cookie, with the CSRF header for every POST."""

    target_class = "apps.api.auth.PortalSessionAuthentication"
    name = "portalSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the definition."""
        del auto_schema
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "门户登录后的会话；POST 另须带 X-CSRFToken 请求头。",
        }
