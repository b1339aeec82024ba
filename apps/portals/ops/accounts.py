"""Accounts: made, disabled, enabled and given duties by the security administrator (三员分立)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import account_list, organisation
from apps.accounts import selectors as accounts
from apps.accounts import services as account_services
from apps.core.actor import DUTIES_OF, DUTY_LABELS, ROLE_LABELS, Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.faults import Faults
from apps.core.moment import Clock, DatabaseClock, Moment, shown_at
from apps.core.reconfirming import reconfirmed
from apps.portals.base.account import has_second_factor
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import must_be_visible, seen
from apps.review import services as reviewing

#: Roles whose accounts are made here; experts are added by the city, enterprises register themselves.
_MADE_HERE = (
    Role.MUNICIPAL,
    Role.DISTRICT,
    Role.SUB_AREA,
    Role.SYSTEM_ADMIN,
    Role.SECURITY_ADMIN,
    Role.AUDITOR,
)
_ROLES = (*_MADE_HERE, Role.EXPERT, Role.ENTERPRISE)
_BUREAU_DUTIES = (Duty.HANDLER, Duty.SIGNER, Duty.LEADER, Duty.CREDIT, Duty.PUBLISHER)


@audience(Role.SECURITY_ADMIN)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List accounts by role and bureau."""
    asked = {name: request.GET.get(name, "") for name in ("q", "role", "district")}
    found = account_list.accounts_page(
        actor=actor_of(request),
        q=asked["q"],
        role=asked["role"],
        district=asked["district"],
        page=max(1, whole(request.GET.get("page"), 1)),
    )
    context = {
        "found": found,
        "asked": asked,
        "roles": [
            (role.value, f"{ROLE_LABELS[role]}（{found.by_role.get(role.value, 0)}）") for role in _ROLES
        ],
        "districts": _districts(),
    }
    return page(request, "ops/accounts.html", context)


@audience(Role.SECURITY_ADMIN)
@require_http_methods(["GET", "POST"])
@reconfirmed
def create(request: HttpRequest) -> HttpResponseBase:
    """Make an account of a bureau or an administrator."""
    if request.method != "POST":
        return _form(request)

    def deed(*, actor: Actor, clock: Clock) -> account_services.OpenedAccount:
        role = next((one for one in _MADE_HERE if one.value == text(request, "role")), None)
        district = text(request, "district") or None
        located = role in {Role.DISTRICT, Role.SUB_AREA}
        with Faults() as faults:
            if role is None:
                faults.note("role", "请选择角色。")
            if located and district is None:
                faults.note("district", "请选择属地。")
            data = account_services.NewStaff(
                username=text(request, "username"),
                name=text(request, "name"),
                role=role or Role.AUDITOR,  # of no consequence: refused above
                duties=_duties(request) if role else [],
                district=district if located else None,
                position=text(request, "position").strip()[:50],
                email=text(request, "email").strip(),
                sub_area=text(request, "sub_area").strip() if role is Role.SUB_AREA else "",
            )
            return account_services.open_staff_account(actor=actor, clock=clock, data=data)

    opened, refusal = attempt(deed, actor=actor_of(request), clock=DatabaseClock())
    if refusal is not None:
        return _form(request, refusal=refusal)
    # Shown on this answer and nowhere else: the page is never stored, a second posting finds the name taken.
    return page(request, "ops/account_opened.html", {"opened": opened})


@audience(Role.SECURITY_ADMIN)
@require_GET
def file(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Show one account."""
    return account_page(request, user_id)


@audience(Role.SECURITY_ADMIN)
@require_POST
@reconfirmed
def set_active(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Disable or enable an account, with the reason."""
    active = text(request, "active") == "yes"
    _, refusal = attempt(
        account_services.set_account_active,
        actor=actor_of(request),
        clock=DatabaseClock(),
        user_id=user_id,
        active=active,
        reason=text(request, "reason"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return account_page(request, user_id, refusal=refusal, form="active")
    say(request, "账户已启用。" if active else "账户已停用，该账户的登录随即失效。")
    return redirect("ops:account", user_id)


@audience(Role.SECURITY_ADMIN)
@require_POST
@reconfirmed
def change_duties(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Give an account other duties."""
    _, refusal = attempt(
        account_services.change_duties,
        actor=actor_of(request),
        clock=DatabaseClock(),
        user_id=user_id,
        duties=request.POST.getlist("duties"),
        reason=text(request, "reason"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return account_page(request, user_id, refusal=refusal, form="duties")
    say(request, "职责已变更，下次操作即生效。")
    return redirect("ops:account", user_id)


def _duties(request: HttpRequest) -> list[Duty]:
    return [duty for duty in Duty if duty.value in request.POST.getlist("duties")]


def _districts() -> list[tuple[str, str]]:
    return [(row.code, row.name) for row in accounts.districts()]


def _form(request: HttpRequest, *, refusal: DomainError | None = None) -> HttpResponseBase:
    chosen = request.POST.getlist("duties")
    context = {
        "typed": request.POST,
        "roles": [(role.value, ROLE_LABELS[role]) for role in _MADE_HERE],
        "districts": _districts(),
        "sub_areas": [
            (name, f"{row.name}：{name}")
            for row in organisation.bureaus(actor=actor_of(request))
            for name in row.sub_areas
        ],
        "duties": [(duty.value, DUTY_LABELS[duty], duty.value in chosen) for duty in _BUREAU_DUTIES],
        "back": reverse("ops:accounts"),
    }
    return page(request, "ops/account_form.html", context, refusal=refusal)


def account_page(
    request: HttpRequest, user_id: int, *, refusal: DomainError | None = None, form: str = ""
) -> HttpResponseBase:
    """Return the page of one account; after a refusal with what was typed in *form*."""
    actor = actor_of(request)
    row = seen(account_list.account, actor=actor, user_id=user_id)
    held = request.POST.getlist("duties") if "duties" in request.POST else row.duties
    today = Moment.of(shown_at()).on
    context = {
        "row": row,
        "form": form,
        "own": row.id == actor.user_id,
        "held": reviewing.held_by(actor=actor, user_id=user_id),
        "colleagues": organisation.colleagues(actor=actor, user_id=user_id),
        "delegations": organisation.delegations_of(actor=actor, user_id=user_id, on=today),
        "today": today,
        "second_factor": has_second_factor(user_id),
        "duties": [
            (duty.value, DUTY_LABELS[duty], duty.value in held)
            for duty in sorted(DUTIES_OF.get(Role(row.role), frozenset()))
        ],
        "typed": request.POST,
    }
    return page(request, "ops/account.html", context, refusal=refusal)
