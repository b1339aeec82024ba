"""接受邀请: a person follows a one-time link and gets an account of the enterprise that invited."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.accounts import membership
from apps.accounts import services as account_services
from apps.accounts.services import Joining
from apps.core.audience import actor_of, open_to_all
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.public.throttle import limited

_TEXTS = ("username", "person_name", "phone", "email")


@open_to_all
@limited("join", most=20, seconds=3600)
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show who invites to what, and make the account; the link works once."""
    invited = seen(membership.welcome, actor=actor_of(request), token=token, moment=DatabaseClock().now())
    typed: dict[str, object] = {name: text(request, name) for name in _TEXTS}
    if request.method != "POST":
        typed["person_name"] = invited.name
        return _form(request, invited, typed)
    consent = text(request, "consent") == "on"
    refusal = _accept(request, token, consent=consent)
    must_be_visible(refusal)
    if refusal is not None:
        return _form(request, invited, {**typed, "consent": consent}, refusal)
    say(request, "账户已建立，请登录。")
    return redirect("account_login")


def _accept(request: HttpRequest, token: str, *, consent: bool) -> DomainError | None:
    if text(request, "password") != text(request, "password2"):
        return Invalid.of("password2", "两次输入的密码不一致。")
    _, refusal = attempt(
        account_services.accept_invitation,
        actor=actor_of(request),
        clock=DatabaseClock(),
        token=token,
        data=Joining(
            **{name: text(request, name) for name in _TEXTS},
            password=text(request, "password"),
            consent=consent,
        ),
    )
    return refusal


def _form(
    request: HttpRequest,
    invited: membership.Welcome,
    typed: dict[str, object],
    refusal: DomainError | None = None,
) -> HttpResponseBase:
    response = page(request, "public/join.html", {"invited": invited, "typed": typed}, refusal=refusal)
    # The address is the secret: it is told to no other site. Not `no-referrer`: under that a browser sends the form
    # with `Origin: null`, which the forgery check must refuse.
    response["Referrer-Policy"] = "same-origin"
    return response
