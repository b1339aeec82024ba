"""A person's own absence: lending one's duties to a colleague from “我的账户”, and taking them back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import organisation, services
from apps.core.actor import DUTY_LABELS, Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.faults import Faults
from apps.core.moment import Clock, DatabaseClock, Moment, shown_at
from apps.portals.base.http import at_row, attempt, page, say
from apps.portals.base.posted import day, text, whole
from apps.portals.base.visible import must_be_visible

_BUREAUS = (Role.DISTRICT, Role.MUNICIPAL)


@audience(*_BUREAUS)
@require_http_methods(["GET", "POST"])
def my_absence(request: HttpRequest) -> HttpResponseBase:
    """Show and arrange who stands in for the person."""
    if request.method != "POST":
        return _form(request)

    def deed(*, actor: Actor, clock: Clock) -> str:
        with Faults() as faults:
            return services.delegate_duties(
                actor=actor,
                clock=clock,
                absent_id=actor.account,
                delegate_id=whole(request.POST.get("delegate")),
                from_on=faults.read(lambda: day(request, "from_on", "开始日期"), None),
                until_on=faults.read(lambda: day(request, "until_on", "结束日期"), None),
                reason=text(request, "reason"),
            )

    _, refusal = attempt(deed, actor=actor_of(request), clock=DatabaseClock())
    if refusal is not None:
        return _form(request, refusal=refusal)
    say(request, "委托已登记，受托人已收到通知。")
    return redirect("my_absence")


@audience(*_BUREAUS)
@require_POST
def end(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take one's duties back before the last day."""
    _, refusal = attempt(
        services.end_delegation,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        reason=text(request, "reason"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        refusal, at = at_row(refusal, "reason", public_id)
        return _form(request, {"typed": {}, **at}, refusal=refusal)
    say(request, "委托已结束。")
    return redirect("my_absence")


def _form(
    request: HttpRequest, more: dict[str, Any] | None = None, *, refusal: DomainError | None = None
) -> HttpResponseBase:
    actor, today = actor_of(request), Moment.of(shown_at()).on
    own: list[str] = getattr(request.user, "duties", [])
    context = {
        "rows": organisation.delegations(actor=actor, on=today, limit=20),
        "colleagues": organisation.colleagues(actor=actor, user_id=actor.account),
        "own_duties": [DUTY_LABELS[Duty(duty)] for duty in own],
        "today": today,
        "typed": request.POST,
        **(more or {}),
    }
    return page(request, "base/my_absence.html", context, refusal=refusal)
