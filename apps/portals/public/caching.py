"""Public pages in caches: an entity tag and a last change that move with what the page shows; no cookies (R40)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from email.utils import parsedate_to_datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import http_date

from apps.core.moment import SHANGHAI, Moment, shown_at
from apps.portals.public.releases import look

View = Callable[..., HttpResponseBase]
_OK = 200
#: The hour of the server, for countdowns in the browser; what it counts down to stands in the text.
_HOUR = re.compile(rb' data-now="[^"]*"')
#: Display preferences change the page without changing its address.
_PREFERENCES = ("theme", "size", "density")


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a page depends on: a text that changes with its content, and when that last changed."""

    tag: str
    changed_at: datetime | None


def cached(stamp: Callable[[], Fresh], *, daily: bool = True) -> Callable[[View], View]:
    """Let caches keep an anonymous page and ask each time whether it still holds; the unchanged is answered with 304.

    Signed-in people get the page as it is, stored nowhere (their name stands on it).

    Args:
        stamp: of the content; called once a request.
        daily: whether the page also changes at midnight in Shanghai (countdowns, today's date).
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated:
                return view(request, *args, **kwargs)
            fresh = stamp()
            request.fresh = fresh  # type: ignore[attr-defined]  # for views that would ask again
            changed = _changed(fresh, daily=daily)
            tag = _tag(request, fresh, changed)
            if _has_it(request, tag, changed):
                return _marked(HttpResponseNotModified(), tag, changed)
            response = view(request, *args, **kwargs)
            if response.status_code != _OK or _personal(request, response):
                return response
            return _marked(response, tag, changed)

        return inner

    return wrap


def kept(view: View) -> View:
    """Let caches keep an anonymous page whose content has no cheap stamp: its entity tag is that of what it shows.

    The page is made each time; the unchanged is answered with 304 and no body. Signed-in people get it uncached.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.user.is_authenticated or response.status_code != _OK:
            return response
        if isinstance(response, TemplateResponse):
            response.render()
        if not isinstance(response, HttpResponse) or _personal(request, response):
            return response
        shown = _HOUR.sub(b"", response.content)
        tag = f'W/"{hashlib.sha256(shown).hexdigest()[:32]}"'
        if _has_it(request, tag, None):
            return _marked(HttpResponseNotModified(), tag, None)
        return _marked(response, tag, None)

    return inner


def _personal(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether the answer belongs to one browser: it sets a cookie, or a form carries a secret of its own."""
    return bool(response.cookies) or "CSRF_COOKIE_NEEDS_UPDATE" in request.META


def _changed(fresh: Fresh, *, daily: bool) -> datetime | None:
    midnight = datetime.combine(Moment.of(shown_at()).on, time(), SHANGHAI)
    times = [at for at in (fresh.changed_at, midnight if daily else None) if at is not None]
    return max(times, default=None)


def _tag(request: HttpRequest, fresh: Fresh, changed: datetime | None) -> str:
    shown: Sequence[Any] = [request.COOKIES.get(name, "") for name in _PREFERENCES]
    parts = "\n".join(
        map(
            str,
            (look(), fresh.tag, changed, request.get_host(), request.get_full_path(), *shown),
        )
    )
    return f'W/"{hashlib.sha256(parts.encode()).hexdigest()[:32]}"'


def _has_it(request: HttpRequest, tag: str, changed: datetime | None) -> bool:
    """Return whether the caller's copy still holds; the entity tag decides where one is sent (RFC 9110 13.2.2)."""
    known = request.headers.get("If-None-Match")
    if known is not None:
        return tag in [one.strip() for one in known.split(",")]
    since = request.headers.get("If-Modified-Since", "")
    if changed is None or not since:
        return False
    try:
        asked = parsedate_to_datetime(since)
    except ValueError:
        return False
    if asked.tzinfo is None:
        asked = asked.replace(tzinfo=UTC)
    return changed.replace(microsecond=0) <= asked


def _marked(response: HttpResponseBase, tag: str, changed: datetime | None) -> HttpResponseBase:
    response["ETag"] = tag
    if changed is not None:
        response["Last-Modified"] = http_date(changed.timestamp())
    # Shared caches may keep it but have to ask; whoever is signed in or prefers another look gets another copy.
    patch_cache_control(response, public=True, no_cache=True)
    patch_vary_headers(response, ["Cookie"])
    return response
