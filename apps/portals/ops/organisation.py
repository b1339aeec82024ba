"""The organisation: bureaus and 板块, delegations during absence, accounts long unused, who can see a case."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import organisation
from apps.accounts import services as account_services
from apps.applications import access
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, NotVisible
from apps.core.faults import Faults
from apps.core.moment import Clock, DatabaseClock, Moment, shown_at
from apps.core.reconfirming import reconfirmed
from apps.parameters import selectors as parameters
from apps.portals.base.http import at_row, attempt, page, say
from apps.portals.base.posted import day, text, whole
from apps.portals.base.visible import OutOfSight, must_be_visible, seen

_LONGEST_NUMBER = 40


@audience(Role.SECURITY_ADMIN)
@require_GET
def bureaus(request: HttpRequest) -> HttpResponseBase:
    """List the bureaus with their people by duty; a duty nobody holds is named."""
    rows = organisation.bureaus(actor=actor_of(request))
    return page(
        request, "ops/bureaus.html", {"rows": rows, "lacking": sum(bool(row.missing) for row in rows)}
    )


@audience(Role.SECURITY_ADMIN)
@require_http_methods(["GET", "POST"])
def bureau(request: HttpRequest, code: str) -> HttpResponseBase:
    """Correct a district's authority, telephone and 板块."""
    if request.method != "POST":
        return _bureau(request, code)
    _, refusal = attempt(
        account_services.change_bureau,
        actor=actor_of(request),
        clock=DatabaseClock(),
        code=code,
        authority=text(request, "authority"),
        phone=text(request, "phone"),
        sub_areas=text(request, "sub_areas").splitlines(),
        reason=text(request, "reason"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _bureau(request, code, refusal=refusal)
    say(request, "机构资料已更新，之后生成的文书和通知随之变更。")
    return redirect("ops:bureaus")


@audience(Role.SECURITY_ADMIN)
@require_GET
def delegations(request: HttpRequest) -> HttpResponseBase:
    """List delegations, newest first."""
    rows = organisation.delegations(actor=actor_of(request), on=_today().on)
    return page(request, "ops/delegations.html", {"rows": rows})


@audience(Role.SECURITY_ADMIN)
@require_POST
@reconfirmed
def delegate(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Lend the duties of an absent person to a colleague."""
    from apps.portals.ops.accounts import account_page

    def deed(*, actor: Actor, clock: Clock) -> str:
        with Faults() as faults:
            return account_services.delegate_duties(
                actor=actor,
                clock=clock,
                absent_id=user_id,
                delegate_id=whole(request.POST.get("delegate")),
                from_on=faults.read(lambda: day(request, "from_on", "开始日期"), None),
                until_on=faults.read(lambda: day(request, "until_on", "结束日期"), None),
                reason=text(request, "reason"),
            )

    _, refusal = attempt(deed, actor=actor_of(request), clock=DatabaseClock())
    must_be_visible(refusal)
    if refusal is not None:
        return account_page(request, user_id, refusal=refusal, form="delegation")
    say(request, "委托已登记，双方均已收到通知。")
    return redirect("ops:account", user_id)


@audience(Role.SECURITY_ADMIN)
@require_POST
@reconfirmed
def end_delegation(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """End a delegation before its last day."""
    _, refusal = attempt(
        account_services.end_delegation,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        reason=text(request, "reason"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        refusal, at = at_row(refusal, "reason", public_id)
        context = {"rows": organisation.delegations(actor=actor_of(request), on=_today().on), **at}
        return page(request, "ops/delegations.html", context, refusal=refusal)
    say(request, "委托已结束，受托人下次操作即不再具有这些职责。")
    return redirect("ops:delegations")


@audience(Role.SECURITY_ADMIN)
@require_GET
def dormant(request: HttpRequest) -> HttpResponseBase:
    """List enabled accounts of staff that nobody has used for as long as the parameter says."""
    now = _today()
    days = parameters.in_force(on=now.on).dormant_days
    rows = organisation.dormant_accounts(actor=actor_of(request), moment=now, days=days)
    return page(request, "ops/dormant.html", {"rows": rows, "days": days})


@audience(Role.SECURITY_ADMIN, Role.AUDITOR)
@require_GET
def who_can_see(request: HttpRequest) -> HttpResponseBase:
    """Name everybody who can see the case of a number, and why."""
    number = request.GET.get("number", "").strip()[:_LONGEST_NUMBER]
    found = None
    if number:
        try:
            found = access.who_can_see(actor=actor_of(request), number=number)
        except NotVisible:
            found = None
    return page(request, "ops/who_can_see.html", {"number": number, "found": found})


def _today() -> Moment:
    return Moment.of(shown_at())


def today() -> date:
    """Return today's date in Shanghai as the pages show it."""
    return _today().on


def _bureau(request: HttpRequest, code: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    rows = seen(organisation.bureaus, actor=actor_of(request))
    row = next((one for one in rows if one.code and one.code == code), None)
    if row is None:
        raise OutOfSight
    typed = request.POST if request.method == "POST" else {
        "authority": row.authority,
        "phone": row.phone,
        "sub_areas": "\n".join(row.sub_areas),
    }  # fmt: skip
    context = {"row": row, "typed": typed, "back": reverse("ops:bureaus")}
    return page(request, "ops/bureau.html", context, refusal=refusal)
