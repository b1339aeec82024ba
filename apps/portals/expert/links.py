"""An expert's own ties to organisations: declared by the expert, read by every conflict check (R-20)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.accounts import selectors as accounts
from apps.accounts import services
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import day, text
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
        },
        refusal=refusal,
    )
