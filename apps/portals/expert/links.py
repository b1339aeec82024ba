"""An expert's own ties to organisations: declared by the expert, read by every conflict check (R-20)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import selectors as accounts
from apps.accounts import services
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import day, required_day, text
from apps.portals.base.visible import must_be_visible, seen


@audience(Role.EXPERT)
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponseBase:
    """Show the expert's ties and declare another."""
    actor = actor_of(request)
    typed = {name: text(request, name) for name in ("kind", "organisation", "uscc", "ended_on")}
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            ended_on = day(request, "ended_on", "结束日期")
        except Invalid as invalid:
            refusal = invalid
        else:
            _, refusal = attempt(
                services.declare_link,
                actor=actor,
                clock=DatabaseClock(),
                expert_id=actor.expert_id or 0,
                kind=typed["kind"],
                organisation=typed["organisation"],
                uscc=typed["uscc"],
                ended_on=ended_on,
            )
        must_be_visible(refusal)
        if refusal is None:
            say(request, "关联关系已登记，今后分配评审时自动回避。")
            return redirect("expert:links")
    return _page(request, typed=typed, refusal=refusal)


@audience(Role.EXPERT)
@require_POST
def end(request: HttpRequest, link: int) -> HttpResponseBase:
    """Record the day on which a tie ended."""
    actor = actor_of(request)
    refusal: DomainError | None = None
    try:
        ended_on = required_day(request, "ended_on", "结束日期")
    except Invalid as invalid:
        refusal = invalid
    else:
        _, refusal = attempt(
            services.end_link,
            actor=actor,
            clock=DatabaseClock(),
            expert_id=actor.expert_id or 0,
            link_id=link,
            ended_on=ended_on,
        )
    must_be_visible(refusal)
    if refusal is not None:
        return _page(request, typed={}, refusal=refusal)
    say(request, "结束日期已登记；结束后的回避年限内仍须回避。")
    return redirect("expert:links")


@audience(Role.EXPERT)
@require_POST
def employer(request: HttpRequest) -> HttpResponseBase:
    """Record a new employer; the former one stays on record as a tie, open tasks are judged again."""
    actor = actor_of(request)
    expert = seen(accounts.expert, actor=actor, expert_id=actor.expert_id or 0)
    _, refusal = attempt(
        services.update_expert,
        actor=actor,
        clock=DatabaseClock(),
        expert_id=expert.id,
        details=services.ExpertDetails(
            title=text(request, "title"),
            employer_name=text(request, "employer_name"),
            employer_uscc=text(request, "employer_uscc"),
            fields=expert.fields,
            industries=expert.industries,
            is_available=expert.is_available,
        ),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _page(request, typed={}, refusal=refusal)
    say(request, "任职信息已更新，在办评审已重新核对。")
    return redirect("expert:links")


def _page(
    request: HttpRequest, *, typed: dict[str, str], refusal: DomainError | None = None
) -> HttpResponseBase:
    actor = actor_of(request)
    expert = seen(accounts.expert, actor=actor, expert_id=actor.expert_id or 0)
    labels = dict(accounts.link_kinds())
    return page(
        request,
        "expert/links.html",
        {
            "expert": expert,
            "links": [(labels.get(link.kind, link.kind), link) for link in expert.links],
            "kinds": list(labels.items()),
            "typed": typed,
            "now_at": {
                name: text(request, name) or getattr(expert, name)
                for name in ("title", "employer_name", "employer_uscc")
            },
        },
        refusal=refusal,
    )
