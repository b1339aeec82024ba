"""年度动态管理表 in the district: who has filed, batch reminders, the review of one form (R-31, R-32)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.monitoring import annual_forms
from apps.monitoring import services as monitoring
from apps.portals.base.annual_form import layout, reworked
from apps.portals.base.annual_lists import annual_list
from apps.portals.base.edition import edition
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.common import shown_now


@audience(Role.DISTRICT)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the year's forms of the district."""
    return _list(request)


def _list(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    context = {
        **annual_list(request, actor=actor, now=now),
        "may_urge": actor.has(Duty.HANDLER, Duty.SIGNER),
        "urge_url": reverse("district:urge_annual"),
        "file_url": "district:annual",
        "edition": edition(now.on),
    }
    return page(request, "district/annual_list.html", context, refusal=refusal)


@audience(Role.DISTRICT)
@require_POST
def urge(request: HttpRequest) -> HttpResponseBase:
    """Remind everybody of the district who has not filed yet."""
    year = whole(request.POST.get("year"))
    number, refusal = attempt(
        monitoring.urge_annual_forms, actor=actor_of(request), clock=DatabaseClock(), year=year
    )
    if refusal is not None:
        return _list(request, refusal)
    say(request, f"已催报 {number} 家，同一家一天只催一次。" if number else "没有未报送的企业。")
    return redirect(f"{reverse('district:annual_list')}?year={year}")


@audience(Role.DISTRICT)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one form for its review."""
    return _file(request, public_id)


@audience(Role.DISTRICT)
@require_POST
def approve(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Accept the form."""
    return _act(
        request,
        public_id,
        "年度动态管理表已审核通过。",
        lambda **who: monitoring.approve_annual_form(**who, public_id=public_id, note=text(request, "note")),
    )


@audience(Role.DISTRICT)
@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return the ticked parts, each with its reason."""
    parts = {code: text(request, f"return-{code}") for code in request.POST.getlist("parts")}
    return _act(
        request,
        public_id,
        "已退回企业修改。",
        lambda **who: monitoring.return_annual_form(
            **who, public_id=public_id, parts=parts, note=text(request, "note")
        ),
    )


def _act(request: HttpRequest, public_id: str, done: str, deed: Callable[..., None]) -> HttpResponseBase:
    _, refusal = attempt(deed, actor=actor_of(request), clock=DatabaseClock())
    must_be_visible(refusal)
    if refusal is not None:
        return _file(request, public_id, refusal)
    say(request, done)
    return redirect("district:annual", public_id)


def _file(request: HttpRequest, public_id: str, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    row = seen(annual_forms.annual_file, actor=actor, on=now.on, public_id=public_id)
    ticked = request.POST.getlist("parts")
    parts: list[dict[str, Any]] = [
        {
            "code": code,
            "label": label,
            "ticked": code in ticked,
            "reason": text(request, f"return-{code}"),
        }
        for code, label in monitoring.PARTS.items()
        if code != "receipt" or row.national
    ]
    context = {
        "file": row,
        "typed": row.typed,
        "parts": parts,
        "reworked": reworked(row, monitoring.PARTS),
        "note": text(request, "note"),
        "may_review": row.row.state == "filed" and actor.has(Duty.HANDLER, Duty.SIGNER),
        "crumbs": [("年度动态管理表", reverse("district:annual_list")), (row.row.enterprise_name, "")],
        "now": now.at,
        **layout(row, typed=row.typed),
    }
    return page(request, "district/annual_file.html", context, refusal=refusal)
