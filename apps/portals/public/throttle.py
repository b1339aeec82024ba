"""How often one address may use a public form (SECURITY R43): counted in the shared cache, answered with 429."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.core.audience import actor_of
from apps.core.frequency import too_often
from apps.portals.base.errors import error_page

View = Callable[..., HttpResponseBase]


def limited(name: str, *, most: int, seconds: int) -> Callable[[View], View]:
    """Let one address send the form *name* at most *most* times within *seconds*; reading is not counted.

    Stand inside `@audience`: the address is the actor's.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            address = actor_of(request).address
            if request.method == "POST" and too_often(name, address, most=most, seconds=seconds):
                response = error_page(
                    request, 429, "429.html", "操作过于频繁，请稍后再试。您填写的内容没有提交。"
                )
                response["Retry-After"] = str(seconds)
                return response
            return view(request, *args, **kwargs)

        return inner

    return wrap
