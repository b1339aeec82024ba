"""A way back into an account without any administrator learning its password (SECURITY R62)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.accounts import services as account_services
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.moment import Clock, DatabaseClock
from apps.core.reconfirming import reconfirmed
from apps.portals.base.account import mail_recovery_link, take_second_factor_off
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible
from apps.portals.ops.accounts import account_page


@audience(Role.SECURITY_ADMIN)
@require_POST
@reconfirmed
def one_time_password(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Give an account nobody has opened yet another one-time password, shown once."""
    opened, refusal = attempt(
        account_services.renew_one_time_password,
        actor=actor_of(request),
        clock=DatabaseClock(),
        user_id=user_id,
        reason=text(request, "reason"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return account_page(request, user_id, refusal=refusal, form="one_time")
    return page(request, "ops/account_opened.html", {"opened": opened, "again": True})


@audience(Role.SECURITY_ADMIN)
@require_POST
@reconfirmed
def send_link(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Mail the owner the link to set a new password."""

    def deed(*, actor: Actor, clock: Clock) -> None:
        address = account_services.note_recovery(
            actor=actor, clock=clock, user_id=user_id, reason=text(request, "reason")
        )
        mail_recovery_link(request, address, user_id)

    return _answer(request, user_id, deed, "recovery", "重设密码链接已发往本人邮箱，只能使用一次。")


@audience(Role.SECURITY_ADMIN)
@require_POST
@reconfirmed
def address(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Correct the mail address of an account."""

    def deed(*, actor: Actor, clock: Clock) -> None:
        account_services.change_address(
            actor=actor,
            clock=clock,
            user_id=user_id,
            email=text(request, "email"),
            reason=text(request, "reason"),
        )

    return _answer(request, user_id, deed, "address", "邮箱已变更，已通知本人。")


@audience(Role.SECURITY_ADMIN)
@require_POST
@reconfirmed
def name(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Correct the name of an account's owner."""

    def deed(*, actor: Actor, clock: Clock) -> None:
        account_services.correct_name(
            actor=actor,
            clock=clock,
            user_id=user_id,
            name=text(request, "person_name"),
            reason=text(request, "reason"),
        )

    return _answer(request, user_id, deed, "name", "姓名已更正，已通知本人。")


@audience(Role.SECURITY_ADMIN)
@require_POST
@reconfirmed
def second_factor(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Take a lost second factor off an account."""

    def deed(*, actor: Actor, clock: Clock) -> None:
        account_services.note_second_factor_removed(
            actor=actor, clock=clock, user_id=user_id, reason=text(request, "reason")
        )
        take_second_factor_off(user_id)

    return _answer(request, user_id, deed, "second_factor", "两步验证已解除，本人登录后须重新设置。")


def _answer(
    request: HttpRequest, user_id: int, deed: Callable[..., None], form: str, done: str
) -> HttpResponseBase:
    _, refusal = attempt(deed, actor=actor_of(request), clock=DatabaseClock())
    must_be_visible(refusal)
    if refusal is not None:
        return account_page(request, user_id, refusal=refusal, form=form)
    say(request, done)
    return redirect("ops:account", user_id)
