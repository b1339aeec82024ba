"""整改 in the district: the board by remaining days, recording a delivery, verifying a report (R-37, R-38)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.monitoring import selectors as monitoring
from apps.monitoring import services
from apps.monitoring.states import RECTIFICATION_LIFE
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import required_day, text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.common import shown_now

_ORDER = {state: at for at, state in enumerate(("submitted", "ordered", "served", "overdue", "accepted"))}


@audience(Role.DISTRICT)
@require_GET
def board(request: HttpRequest) -> HttpResponseBase:
    """List the rectifications, what the district has to do first, then by remaining days."""
    rows = monitoring.rectifications(actor=actor_of(request))
    now = shown_now()
    rows.sort(key=lambda row: (_ORDER[row.state], row.deadline or now.on))
    return page(request, "district/rectifications.html", {"rows": rows, "now": now.at})


@audience(Role.DISTRICT)
@require_GET
def rectification(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one rectification item by item."""
    return _page(request, public_id)


@audience(Role.DISTRICT)
@require_POST
def deliver(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Record a delivery outside the platform."""
    return _act(
        request,
        public_id,
        "送达已登记，整改期限已起算。",
        lambda **who: services.serve_rectification(
            **who,
            public_id=public_id,
            served_on=required_day(request, "served_on", "送达日期"),
            service=text(request, "service"),
        ),
    )


@audience(Role.DISTRICT)
@require_POST
def verify(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Verify a report: the title stands again, or the unused days run on."""
    result = text(request, "result")
    if result not in {"passed", "failed"}:
        raise Http404("没有这种验收结论。")
    return _act(
        request,
        public_id,
        "验收结论已登记。",
        lambda **who: services.verify_rectification(
            **who, public_id=public_id, passed=result == "passed", note=text(request, "note")
        ),
    )


def _act(request: HttpRequest, public_id: str, done: str, deed: Callable[..., Any]) -> HttpResponseBase:
    _, refusal = attempt(deed, actor=actor_of(request), clock=DatabaseClock())
    must_be_visible(refusal)
    if refusal is not None:
        return _page(request, public_id, refusal)
    say(request, done)
    return redirect("district:rectification", public_id)


def _page(request: HttpRequest, public_id: str, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(monitoring.rectification, actor=actor, public_id=public_id)
    events = {step.event for step in RECTIFICATION_LIFE.events_for(row.state, actor)}
    context = {
        "row": row,
        "may_deliver": "serve" in events,
        "may_verify": "accept" in events,
        "papers": [("rectification", "整改通知书"), ("rectification_report", "整改报告与验收表")],
        "typed": request.POST,
        "crumbs": [("整改", reverse("district:rectifications")), (row.enterprise_name, "")],
        "now": shown_now().at,
    }
    return page(request, "district/rectification.html", context, refusal=refusal)
