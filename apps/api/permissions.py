"""Gate 1 for the API: a view set names its audience; what is not named is refused."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.core.actor import Role
from apps.core.audience import actor_of


class DeclaredAudience(BasePermission):
    """Compare the roles a view declares (`audience`; for POST `writers`, else `readers`) with the actor's."""

    message = "该接口不属于您的职责范围。"

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether the declared audience contains the actor's role."""
        allowed: frozenset[Role] = getattr(view, "audience", frozenset())
        narrower = getattr(view, "writers" if request.method == "POST" else "readers", None)
        if narrower is not None:
            allowed = narrower
        return actor_of(request._request).role in allowed  # noqa: SLF001  (DRF's documented wrapped request)
