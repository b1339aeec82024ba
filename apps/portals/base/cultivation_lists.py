"""Building plans, the cultivation list and the register of service bodies over HTTP (R-45, R-20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import selectors as accounts
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.faults import Faults
from apps.core.moment import SHANGHAI, Clock, DatabaseClock, shown_at
from apps.cultivation import selectors, services
from apps.cultivation.states import BODY_KINDS, PLAN_LIFE
from apps.portals.base.http import at_row, attempt, page, say
from apps.portals.base.posted import day, text, whole
from apps.portals.base.visible import must_be_visible

_BUREAUS = (Role.DISTRICT, Role.MUNICIPAL)
_LEVELS = [(level, f"{level}A") for level in range(1, 6)]


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "POST"])
def my_plan(request: HttpRequest) -> HttpResponseBase:
    """Show the enterprise's plans and the bodies that help it; POST sends a plan or declares a body."""
    refusal = None
    if request.method == "POST":
        body = text(request, "form") == "body"
        _, refusal = attempt(
            _declares(request) if body else _plans(request), actor=actor_of(request), clock=DatabaseClock()
        )
        if refusal is None:
            say(request, "服务机构已登记，评审时其人员须回避。" if body else "建设计划已报送属地。")
            return redirect("my_plan")
    actor, year = actor_of(request), shown_at().astimezone(SHANGHAI).year
    context = {
        "rows": selectors.plans(actor=actor),
        "helpers": selectors.my_bodies(actor=actor),
        "bodies": [(row.public_id, row.name) for row in selectors.bodies()],
        "levels": _LEVELS,
        "years": [(one, f"{one} 年") for one in range(year, year + 6)],
        "typed": request.POST,
        "form": text(request, "form"),
    }
    return page(request, "cultivation/my_plan.html", context, refusal=refusal)


@audience(*_BUREAUS)
@require_GET
def pool(request: HttpRequest) -> HttpResponseBase:
    """Show the cultivation list counted by district, year and level, and the plans behind it."""
    return _pool(request)


@audience(Role.DISTRICT)
@require_POST
def decide_plan(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """List a plan, leave it out, or take it off."""
    event_name = text(request, "event")
    if event_name not in {step.event for step in PLAN_LIFE.transitions}:
        return _pool(request, refusal=Invalid.of("event", "请选择办理方式。"))
    _, refusal = attempt(
        services.decide_plan,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        event=event_name,
        opinion=text(request, "opinion"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _pool(request, refusal=refusal)
    say(request, "已办理。")
    return redirect("cultivation_pool")


@audience(*_BUREAUS)
@require_http_methods(["GET", "POST"])
def bodies(request: HttpRequest) -> HttpResponseBase:
    """List the registered bodies; POST registers one (the city)."""
    refusal = None
    if request.method == "POST":
        _, refusal = attempt(
            services.register_body,
            actor=actor_of(request),
            clock=DatabaseClock(),
            name=text(request, "name"),
            uscc=text(request, "uscc"),
            kinds=request.POST.getlist("kinds"),
            qualification=text(request, "qualification"),
        )
        if refusal is None:
            say(request, "服务机构已登记。")
            return redirect("service_bodies")
    return _bodies(request, refusal)


def _bodies(
    request: HttpRequest, refusal: DomainError | None, at: dict[str, Any] | None = None
) -> HttpResponseBase:
    chosen = request.POST.getlist("kinds")
    context = {
        "rows": selectors.bodies(),
        "kinds": [(kind, label, kind in chosen) for kind, label in BODY_KINDS.items()],
        "registers": actor_of(request).role is Role.MUNICIPAL,
        "typed": request.POST,
        **(at or {}),
    }
    return page(request, "cultivation/bodies.html", context, refusal=refusal)


@audience(Role.MUNICIPAL)
@require_POST
def remove_body(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take a body off the register."""
    _, refusal = attempt(
        services.remove_body,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        reason=text(request, "reason"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _bodies(request, *at_row(refusal, "reason", public_id))
    say(request, "已移出登记；企业登记过的服务关系保留，回避照旧。")
    return redirect("service_bodies")


def _plans(request: HttpRequest) -> Callable[..., object]:
    def deed(*, actor: Actor, clock: Clock) -> object:
        return services.send_plan(
            actor=actor,
            clock=clock,
            level=whole(request.POST.get("level")),
            year=whole(request.POST.get("year")),
            measures=text(request, "measures"),
        )

    return deed


def _declares(request: HttpRequest) -> Callable[..., object]:
    def deed(*, actor: Actor, clock: Clock) -> None:
        with Faults() as faults:
            services.declare_engagement(
                actor=actor,
                clock=clock,
                body=text(request, "body"),
                since=faults.read(lambda: day(request, "since", "开始日期"), None),
            )

    return deed


def _pool(request: HttpRequest, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "") for name in ("district", "state", "year")}
    rows = selectors.plans(
        actor=actor, district=asked["district"], state=asked["state"], year=whole(asked["year"]) or None
    )
    context = {
        "lines": selectors.pool(actor=actor),
        "rows": [(row, PLAN_LIFE.events_for(row.state, actor)) for row in rows],
        "asked": asked,
        "states": list(PLAN_LIFE.states.items()),
        "districts": [(one.code, one.name) for one in accounts.districts()],
        "city": actor.role is Role.MUNICIPAL,
    }
    return page(request, "cultivation/pool.html", context, refusal=refusal)
