"""Requests that took too long: the last of them, by route, for whoever runs the system. No address, no parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

#: Seconds from which a request is slow (PERFORMANCE: pages within one second).
SLOW_SECONDS = 1.0
#: How many are remembered, and for how long.
KEPT, _KEPT_SECONDS = 50, 7 * 24 * 3600
_KEY = "slow-requests"


@dataclass(frozen=True, slots=True)
class SlowRequest:
    """One slow request: its route (placeholders, not values), how long, when, its id in the logs."""

    method: str
    route: str
    seconds: float
    at: datetime
    request_id: str


class SlowRequestMiddleware:
    """Time every request and remember the slow ones; two at once may forget one of them, which harms nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note when it took long."""
        begun = monotonic()
        response = self.get_response(request)
        seconds = monotonic() - begun
        if seconds >= SLOW_SECONDS and request.resolver_match is not None:
            remember(request, seconds)
        return response


def remember(request: HttpRequest, seconds: float) -> None:
    """Keep *request* among the slow ones; a database that is away must not break an answer already made."""
    match = request.resolver_match
    row = {
        "method": request.method or "",
        "route": f"/{match.route}" if match is not None else "",
        "seconds": round(seconds, 2),
        "at": datetime.now(UTC).isoformat(),
        "request_id": getattr(request, "request_id", ""),
    }
    try:
        cache.set(_KEY, [row, *cache.get(_KEY, [])][:KEPT], _KEPT_SECONDS)
    except DatabaseError:
        return


def slow_requests() -> list[SlowRequest]:
    """Return the remembered ones, newest first."""
    return [SlowRequest(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in cache.get(_KEY, [])]
