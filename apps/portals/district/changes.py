"""Dated changes the enterprises of the district declare: confirming them, or sending them back with the reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts import membership, services
from apps.accounts.states import CHANGE_LIFE
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible, seen


@audience(Role.DISTRICT)
@require_GET
def change(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one change: before and after, the paper, and the enterprise's earlier changes."""
    return _page(request, public_id)


@audience(Role.DISTRICT)
@require_POST
def confirm(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Confirm the change; names, places and titles follow it."""
    _, refusal = attempt(
        services.confirm_change,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        note=text(request, "note"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _page(request, public_id, refusal, note=text(request, "note"))
    say(request, "变更已确认。")
    return redirect("district:change", public_id)


@audience(Role.DISTRICT)
@require_POST
def decline(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Send the change back with the reason."""
    _, refusal = attempt(
        services.decline_change,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        reason=text(request, "reason"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _page(request, public_id, refusal, reason=text(request, "reason"))
    say(request, "变更申报已退回，企业可以看到原因。")
    return redirect("district:change", public_id)


def _page(
    request: HttpRequest, public_id: str, refusal: DomainError | None = None, **typed: Any
) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(membership.change, actor=actor, public_id=public_id)
    here = row.district == actor.district
    events = {step.event for step in CHANGE_LIFE.events_for(row.state, actor)} if here else set()
    context = {
        "row": row,
        "may_decide": "confirm" in events,
        "earlier": [
            one
            for one in membership.changes(actor=actor, enterprise_public_id=row.enterprise_public_id)
            if one.public_id != row.public_id
        ],
        "crumbs": [
            ("企业登记", reverse("district:enterprises")),
            (f"{row.enterprise_name}：{row.kind_label}", ""),
        ],
        **typed,
    }
    return page(request, "district/change.html", context, refusal=refusal)
