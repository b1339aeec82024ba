"""Gate 1 for the API: a view set names its audience; what is not named is refused."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.core.actor import Role
from apps.core.audience import actor_of
from apps.core.reconfirming import confirmed_lately


class DeclaredAudience(BasePermission):
    """Compare the roles a view declares (`audience`; for POST `writers`, else `readers`) with the actor's."""

    message = "该接口不属于您的职责范围。"

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether the declared audience contains the actor's role.

        Raises:
            PermissionDenied: the role must have a second factor and this account has none yet (SECURITY R32), or
                somebody else still knows its password (R29).
        """
        if getattr(request._request, "initial_password", False):  # noqa: SLF001  (as below)
            raise PermissionDenied("该账户须先登录网站修改初始口令。")
        if getattr(request._request, "second_factor_missing", False):  # noqa: SLF001  (as below)
            raise PermissionDenied("该账户须先启用二次验证：请登录网站，在「我的账户」中设置后再调用接口。")
        allowed: frozenset[Role] = getattr(view, "audience", frozenset())
        narrower = getattr(view, "writers" if request.method == "POST" else "readers", None)
        if narrower is not None:
            allowed = narrower
        if actor_of(request._request).role not in allowed:  # noqa: SLF001  (DRF's documented wrapped request)
            return False
        risky = request.method == "POST" and getattr(view, "reconfirmed", False)
        if risky and not confirmed_lately(request._request):  # noqa: SLF001  (as above)
            raise PermissionDenied("这一步须在 10 分钟内确认过身份：请先在网站重新登录，或在网站办理。")
        return True
