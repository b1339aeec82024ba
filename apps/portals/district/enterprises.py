"""Registrations of the district's enterprises: looking them up, confirming where they produce, returning."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from apps.accounts import membership, services
from apps.accounts import selectors as accounts
from apps.accounts.states import CONFIRMED, ENTERPRISE_LIFE
from apps.applications import selectors as applications
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.common import tabs
from apps.titles import selectors as titles

_OPEN_CASES = 20


@audience(Role.DISTRICT)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the enterprises of the district, those waiting for confirmation by one click."""
    query, state = request.GET.get("q", ""), request.GET.get("state", "")
    state = state if state in ENTERPRISE_LIFE.states else ""
    found = accounts.enterprises_page(
        actor=actor_of(request), q=query, state=state, page=whole(request.GET.get("page"), 1)
    )
    options: dict[str, tuple[str, int | None]] = {"": ("全部", sum(found.counts.values()))}
    options |= {key: (ENTERPRISE_LIFE.label(key), count) for key, count in found.counts.items()}
    return page(
        request,
        "district/enterprises.html",
        {
            "found": found,
            "q": query,
            "state": state,
            "tabs": tabs(options, state),
            "changes": membership.changes(actor=actor_of(request), waiting=True),
        },
    )


@audience(Role.DISTRICT)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one enterprise: registration, titles, applications."""
    return _file(request, public_id)


@audience(Role.DISTRICT)
@require_POST
def confirm(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Confirm that the enterprise produces in the district."""
    _, refusal = attempt(
        services.confirm_enterprise, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    if refusal:
        return _file(request, public_id, refusal)
    say(request, "登记信息已核实，企业可以开始申报。")
    return redirect("district:enterprises")


@audience(Role.DISTRICT)
@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return the registration with the reason."""
    reason = text(request, "reason")
    _, refusal = attempt(
        services.return_enterprise,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        reason=reason,
    )
    must_be_visible(refusal)
    if refusal:
        return _file(request, public_id, refusal, reason=reason)
    say(request, "登记信息已退回企业修改。")
    return redirect("district:enterprises")


def _file(
    request: HttpRequest, public_id: str, refusal: DomainError | None = None, **typed: Any
) -> HttpResponseBase:
    actor = actor_of(request)
    found = seen(accounts.enterprise_file, actor=actor, public_id=public_id)
    events = {step.event for step in ENTERPRISE_LIFE.events_for(found.state, actor)}
    return page(
        request,
        "district/enterprise.html",
        {
            "file": found,
            "confirmed": found.state == CONFIRMED,
            "may_confirm": "confirm" in events,
            "may_return": "return" in events,
            "titles": titles.titles_of(actor=actor, enterprise_public_id=public_id),
            "changes": membership.changes(actor=actor, enterprise_public_id=public_id),
            "cases": applications.applications_page(actor=actor, q=found.uscc, per_page=_OPEN_CASES).rows,
            **typed,
        },
        refusal=refusal,
    )
