"""Gate 1: which roles may be on a URL. A view that does not say so is refused (deny by default)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from apps.core.actor import Actor, Role
from apps.core.scoping import enter

View = Callable[..., HttpResponseBase]

#: Everybody, signed in or not.
ANYONE = frozenset(Role) - {Role.SYSTEM}


def actor_of(request: HttpRequest) -> Actor:
    """Return who makes this request; built by the middleware."""
    return cast("Actor", request.actor)  # type: ignore[attr-defined]  # set by AudienceMiddleware


def audience(*roles: Role) -> Callable[[View], View]:
    """Declare the roles of a view and run it as its actor.

    Inside the request's transaction the actor is made known to PostgreSQL (row-level security), the view is
    called, and a lazy response is rendered before the transaction ends: rendering later would show an empty page.
    """
    allowed = frozenset(roles)

    def declare(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            enter(actor_of(request))
            request.entered = True  # type: ignore[attr-defined]  # read by the shell context
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
            return response

        inner.audience = allowed  # type: ignore[attr-defined]  # read by AudienceMiddleware and the access matrix
        return inner

    return declare


def open_to_all(view: View) -> View:
    """Declare a view for everybody."""
    return audience(*ANYONE)(view)


def no_database(view: Callable[[HttpRequest], HttpResponse]) -> View:
    """Declare a probe that must answer without the database or a session (`/healthz`)."""
    view.audience = ANYONE  # type: ignore[attr-defined]
    return view
