"""Rate limits of the API by role."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from apps.core.actor import Role
from apps.core.audience import actor_of


class RoleThrottle(SimpleRateThrottle):
    """The public by address, signed-in people by account."""

    scope = "user"

    def get_cache_key(self, request: Request, view: Any) -> str:
        """Return the bucket of this caller."""
        del view
        actor = actor_of(request._request)  # noqa: SLF001  (DRF's documented wrapped request)
        self.scope = "public" if actor.role is Role.PUBLIC else "user"
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return f"throttle:{self.scope}:{actor.user_id or actor.address}"
