"""Personal data over HTTP: one's own and requests about it, the notice accepted, contacts shown for a reason."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import privacy, revealing, services
from apps.accounts import selectors as accounts
from apps.accounts.states import PERSONAL_REQUESTS
from apps.core.actor import Role
from apps.core.audience import ANYONE, actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible, seen

_SIGNED_IN = ANYONE - {Role.PUBLIC}


@audience(*_SIGNED_IN)
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponseBase:
    """Show the person's own data and requests; POST asks to see, correct or delete."""
    if request.method != "POST":
        return _mine(request)
    _, refusal = attempt(
        services.ask_about_own_data,
        actor=actor_of(request),
        clock=DatabaseClock(),
        kind=text(request, "kind"),
        detail=text(request, "detail"),
    )
    if refusal is not None:
        return _mine(request, refusal=refusal)
    say(request, "请求已提交，安全管理员将在 30 日内答复。")
    return redirect("my_personal_data")


@audience(*_SIGNED_IN)
@require_POST
def accept_notice(request: HttpRequest) -> HttpResponseBase:
    """Accept the present version of the privacy notice and go back."""
    attempt(services.accept_notice, actor=actor_of(request), clock=DatabaseClock())
    return redirect(_inside(request, text(request, "next")) or "/home/")


@audience(Role.DISTRICT, Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Ask why the contact data of an enterprise are needed; POST shows them, once, and leaves a trace."""
    actor = actor_of(request)
    file = seen(accounts.enterprise_file, actor=actor, public_id=public_id)
    context = {
        "file": file,
        "reasons": [(reason, reason) for reason in revealing.REASONS],
        "typed": request.POST,
        "back": _inside(request, request.GET.get("next", "")),
    }
    if request.method != "POST":
        return page(request, "base/reveal.html", context)
    found, refusal = attempt(
        revealing.reveal_contact,
        actor=actor,
        clock=DatabaseClock(),
        enterprise_public_id=public_id,
        reason=text(request, "other").strip() or text(request, "reason"),
    )
    must_be_visible(refusal)
    return page(request, "base/reveal.html", {**context, "found": found}, refusal=refusal)


def _inside(request: HttpRequest, target: str) -> str:
    """Return *target* when it is an address of this site, else ""."""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else ""


def _mine(request: HttpRequest, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    context = {
        "data": privacy.own_data(actor=actor),
        "rows": privacy.my_requests(actor=actor),
        "kinds": list(PERSONAL_REQUESTS.items()),
        "version": privacy.NOTICE_VERSION,
        "typed": request.POST,
    }
    return page(request, "base/my_personal_data.html", context, refusal=refusal)
