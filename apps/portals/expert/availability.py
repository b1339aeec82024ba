"""When an expert cannot review: kept by the expert, read by every draw and invitation (R-19)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock, Moment, shown_at
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import required_day, text
from apps.portals.base.visible import must_be_visible
from apps.review import selectors as review
from apps.review import services


@audience(Role.EXPERT)
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponseBase:
    """Show the times the expert is away, and add one."""
    actor = actor_of(request)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            first = required_day(request, "from_on", "开始日期")
            last = required_day(request, "until_on", "结束日期")
        except Invalid as invalid:
            refusal = invalid
        else:
            _, refusal = attempt(
                services.declare_absence,
                actor=actor,
                clock=DatabaseClock(),
                from_on=first,
                until_on=last,
                note=text(request, "note"),
            )
        must_be_visible(refusal)
        if refusal is None:
            say(request, "已登记，该时段内不会抽取或邀请您。")
            return redirect("expert:availability")
    return page(
        request,
        "expert/availability.html",
        {"rows": review.absences(actor=actor, on=Moment.of(shown_at()).on), "typed": request.POST},
        refusal=refusal,
    )


@audience(Role.EXPERT)
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take one of them back."""
    _, refusal = attempt(
        services.withdraw_absence, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    if refusal is None:
        say(request, "已撤销该时段。")
    return redirect("expert:availability")
