"""A person's open sign-ins: seen and ended by their owner."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from apps.accounts import services
from apps.accounts.sign_in_list import open_sign_ins
from apps.core.actor import Role
from apps.core.audience import ANYONE, actor_of, audience
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.visible import must_be_visible

_SIGNED_IN = ANYONE - {Role.PUBLIC}


@audience(*_SIGNED_IN)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the person's open sign-ins."""
    rows = open_sign_ins(
        actor=actor_of(request), session_key=request.session.session_key or "", now=timezone.now()
    )
    return page(request, "base/sign_ins.html", {"rows": rows, "others": any(not row.is_this for row in rows)})


@audience(*_SIGNED_IN)
@require_POST
def end(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """End one sign-in."""
    _, refusal = attempt(
        services.end_sign_in, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    say(request, "已结束该登录。")
    return redirect("sign_ins")


@audience(*_SIGNED_IN)
@require_POST
def end_others(request: HttpRequest) -> HttpResponseBase:
    """End every other sign-in."""
    ended, _ = attempt(
        services.end_other_sign_ins,
        actor=actor_of(request),
        clock=DatabaseClock(),
        session_key=request.session.session_key or "",
    )
    say(request, f"已结束其他 {ended} 处登录。" if ended else "没有其他登录。")
    return redirect("sign_ins")
