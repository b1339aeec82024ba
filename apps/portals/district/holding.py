"""Who is on a case, over HTTP: taking it, giving it to a colleague, putting it back; from a queue or the case file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, say
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import must_be_visible
from apps.portals.district.case import case_page
from apps.review import services


@audience(Role.DISTRICT)
@require_POST
def take(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take a case that nobody is on."""
    return _done(request, public_id, services.take_case, "已认领，由您承办。")


@audience(Role.DISTRICT)
@require_POST
def release(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Put a case back."""
    return _done(request, public_id, services.release_case, "已释放，其他经办人可以认领。")


@audience(Role.DISTRICT)
@require_POST
def assign(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Give a case to a colleague."""
    return _done(
        request,
        public_id,
        services.assign_case,
        "已分派，对方已收到通知。",
        user_id=whole(request.POST.get("user")),
    )


def _done(
    request: HttpRequest, public_id: str, service: Callable[..., object], done: str, **more: Any
) -> HttpResponseBase:
    """Call the use-case; go back to where the button was, or show the case file with what stood against it."""
    _, refusal = attempt(service, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id, **more)
    must_be_visible(refusal)
    if refusal:
        return case_page(request, public_id, refusal)
    say(request, done)
    back = text(request, "back")
    if back.startswith("/d/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("district:application", public_id)
