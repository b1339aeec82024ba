"""Rate limits of the API by role."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from apps.core.actor import Role
from apps.core.audience import actor_of
from apps.core.frequency import too_often


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


class PublicFormThrottle(BaseThrottle):
    """A form anybody may send: so many an hour from one address, together with its page (`form`, `most`)."""

    _HOUR = 3600

    def allow_request(self, request: Request, view: Any) -> bool:
        """Return whether this one may be sent; reading is not counted."""
        if request.method != "POST":
            return True
        address = actor_of(request._request).address  # noqa: SLF001  (DRF's documented wrapped request)
        return not too_often(view.form, address, most=view.most_an_hour, seconds=self._HOUR)

    def wait(self) -> float:
        """Return when to come again, at the latest."""
        return self._HOUR
