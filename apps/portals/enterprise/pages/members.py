"""The people of the enterprise: who they are, inviting by one-time link, duties, leaving, handing over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts import membership
from apps.accounts import selectors as accounts
from apps.accounts import services as account_services
from apps.core.actor import DUTY_LABELS, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import whole
from apps.portals.base.visible import must_be_visible
from apps.portals.enterprise.pages.common import shown_now
from apps.portals.enterprise.pages.organisation import organisation_tabs

DUTY_HELP = {
    Duty.RESPONSIBLE: "代表企业承诺、提交和撤回申报，管理成员",
    Duty.CLERK: "填写申报材料、上传佐证、答复补正",
}


@audience(Role.ENTERPRISE)
@require_GET
def members(request: HttpRequest) -> HttpResponseBase:
    """List the people and the invitations."""
    return _page(request)


@audience(Role.ENTERPRISE)
@require_POST
def invite(request: HttpRequest) -> HttpResponseBase:
    """Make a one-time link; it is shown on this answer and never again."""
    made, refusal = attempt(
        account_services.invite_member,
        actor=actor_of(request),
        clock=DatabaseClock(),
        name=request.POST.get("name", ""),
        duties=request.POST.getlist("duties"),
    )
    must_be_visible(refusal)
    if made is None:
        return _page(request, refusal)
    link = request.build_absolute_uri(reverse("public:join", args=[made.token]))
    return _page(request, link=link, link_until=made.expires_at, link_name=request.POST.get("name", ""))


@audience(Role.ENTERPRISE)
@require_POST
def cancel(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Make an unused link worthless."""
    return _act(
        request, account_services.cancel_invitation, "邀请已作废，链接不能再使用。", public_id=public_id
    )


@audience(Role.ENTERPRISE)
@require_POST
def duties(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Give a member other duties."""
    return _act(
        request,
        account_services.change_member_duties,
        "职责已更改。",
        user_id=user_id,
        duties=request.POST.getlist("duties"),
    )


@audience(Role.ENTERPRISE)
@require_POST
def active(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """End a member's access, or give it back."""
    wanted = request.POST.get("active") == "yes"
    return _act(
        request,
        account_services.set_member_active,
        "成员已启用。" if wanted else "成员已停用，下一次操作起不能再登录办理。",
        user_id=user_id,
        active=wanted,
    )


@audience(Role.ENTERPRISE)
@require_POST
def hand_over(request: HttpRequest) -> HttpResponseBase:
    """Pass the responsible person's duties to another member."""
    return _act(
        request,
        account_services.hand_over,
        "负责人账户已交接。您保留申报经办人职责。",
        user_id=whole(request.POST.get("successor")),
    )


def _act(request: HttpRequest, service: Callable[..., Any], done: str, **arguments: Any) -> HttpResponseBase:
    _, refusal = attempt(service, actor=actor_of(request), clock=DatabaseClock(), **arguments)
    must_be_visible(refusal)
    if refusal is not None:
        return _page(request, refusal)
    say(request, done)
    return redirect("enterprise:members")


def _page(request: HttpRequest, refusal: DomainError | None = None, **shown: Any) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    people = membership.members(actor=actor)
    # Read again: the act that led here may have taken the actor's own responsibility away.
    me = next((person for person in people if person.id == actor.user_id), None)
    leads = me is not None and Duty.RESPONSIBLE.value in me.duties
    context = {
        "enterprise": accounts.enterprise_file(actor=actor),
        "members": people,
        "invitations": membership.invitations(actor=actor, moment=now),
        "leads": leads,
        "successors": [
            (person.id, person.name) for person in people if person.is_active and person.id != actor.user_id
        ],
        "duty_options": [
            {"value": duty.value, "label": DUTY_LABELS[duty], "help": text}
            for duty, text in DUTY_HELP.items()
        ],
        "typed": request.POST if refusal is not None else {},
        "typed_duties": request.POST.getlist("duties") if refusal is not None else [Duty.CLERK.value],
        "tabs": organisation_tabs("members"),
        "now": now.at,
        **shown,
    }
    return page(request, "enterprise/members.html", context, refusal=refusal)
