"""High-risk acts ask a person to confirm who they are when they last did so too long ago (SECURITY R61)."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]


def confirmed_lately(request: HttpRequest) -> bool:
    """Return whether the person signed in, or confirmed who they are, within the set time (10 minutes)."""
    records = get_authentication_records(request, request.user)
    latest = max((record["at"] for record in records if "at" in record), default=0)
    return bool(time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def reconfirmed(view: View) -> View:
    """Let an act through only when its person confirmed lately; below `audience`, so that others see their 403 first.

    Otherwise the sign-in library keeps what was posted, asks for the password or the second factor, and then goes on
    with it: nothing typed is lost. Reading a form is never held up, except where reading is the act (bulk export).
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asks = request.method == "POST" or getattr(inner, "reading_too", False)
        if asks and not confirmed_lately(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return inner


def reconfirmed_reading(view: View) -> View:
    """As `reconfirmed`, for a page whose reading is itself the act."""
    guarded = reconfirmed(view)
    guarded.reading_too = True  # type: ignore[attr-defined]  # read by the wrapper above
    return guarded
