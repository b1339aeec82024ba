"""板块: the opinion asked for before accepting, and the district's own choice whether it is asked for (R-14)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.applications import services
from apps.applications.states import SUBMITTED
from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import day, text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.common import shown_now

_CHOICES = [("yes", "推荐"), ("no", "不推荐")]
_ANSWERS = {"yes": True, "no": False}
_FIELDS = ("sub_area", "recommends", "reason", "given_by", "given_on", "letter_no")


@audience(Role.DISTRICT)
@require_POST
def ask(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Ask one of the district's 板块: its own staff see the application and answer themselves."""
    where = text(request, "asked")
    _, refusal = attempt(
        services.ask_sub_area,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        sub_area=where,
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _page(request, public_id, dict.fromkeys(_FIELDS, ""), refusal)
    say(request, f"已请{where}出具意见，意见出具后发消息提醒。")
    return redirect("district:sub_area", public_id)


@audience(Role.DISTRICT)
@require_http_methods(["GET", "POST"])
def opinion(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Write down what the 板块 says about one application; what was typed stays when something is missing."""
    typed = {name: text(request, name) for name in _FIELDS}
    refusal: DomainError | None = None
    if request.method == "POST":
        refusal = _record(request, public_id, typed)
        must_be_visible(refusal)
        if refusal is None:
            say(request, "板块意见已登记。")
            return redirect("district:application", public_id)
    return _page(request, public_id, typed, refusal)


def _page(
    request: HttpRequest, public_id: str, typed: dict[str, str], refusal: DomainError | None
) -> HttpResponseBase:
    actor = actor_of(request)
    case = seen(applications.case, actor=actor, public_id=public_id)
    if not any(typed.values()):
        # An enterprise that has moved away is out of the district's sight: then nothing is filled in beforehand.
        known = accounts.enterprise_files(actor=actor, ids=[case.enterprise_id])
        typed["sub_area"] = case.sub_area or (known[0].sub_area if known else "")
    return page(
        request,
        "district/sub_area.html",
        {
            "case": case,
            "typed": typed,
            "choices": _CHOICES,
            "given": applications.sub_area_opinions(actor=actor, application_ids=[case.id]).get(case.id),
            "areas": [(name, name) for name in accounts.sub_areas_of(district=case.district)],
            "may_record": case.state == SUBMITTED and actor.has(Duty.HANDLER, Duty.SIGNER),
            "crumbs": [
                ("申报受理", reverse("district:intake")),
                (case.enterprise_name, reverse("district:application", args=[public_id])),
                ("板块意见", ""),
            ],
        },
        refusal=refusal,
    )


def _record(request: HttpRequest, public_id: str, typed: dict[str, str]) -> DomainError | None:
    try:
        given_on = day(request, "given_on", "意见日期")
    except Invalid as invalid:
        return invalid
    _, refusal = attempt(
        services.record_sub_area_opinion,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        sub_area=typed["sub_area"],
        recommends=_ANSWERS.get(typed["recommends"]),
        reason=typed["reason"],
        given_by=typed["given_by"],
        given_on=given_on,
        letter_no=typed["letter_no"],
    )
    return refusal


@audience(Role.DISTRICT)
@require_http_methods(["GET", "POST"])
def practice(request: HttpRequest) -> HttpResponseBase:
    """Show how the district works today and what it chose for other days; the signer chooses."""
    actor, today = actor_of(request), shown_now().on
    refusal: DomainError | None = None
    if request.method == "POST":
        refusal = _choose(request)
        if refusal is None:
            say(request, "办理方式已设定。")
            return redirect("district:practice")
    asked = text(request, "sub_area_opinion")
    return page(
        request,
        "district/practice.html",
        {
            "asks": applications.asks_sub_area(district=actor.district or "", on=today),
            "rows": [(row, row.effective_from > today) for row in applications.practices(actor=actor)],
            "may_choose": actor.has(Duty.SIGNER),
            "options": [("yes", "受理前须登记板块意见"), ("no", "不要求板块意见")],
            "asked": asked,
            "effective_from": text(request, "effective_from") or today.isoformat(),
            "reason": text(request, "reason"),
        },
        refusal=refusal,
    )


def _choose(request: HttpRequest) -> DomainError | None:
    chosen = _ANSWERS.get(text(request, "sub_area_opinion"))
    if chosen is None:
        return Invalid.of("sub_area_opinion", "请选择是否要求板块意见。")
    try:
        begins = day(request, "effective_from", "生效日期")
    except Invalid as invalid:
        return invalid
    _, refusal = attempt(
        services.choose_practice,
        actor=actor_of(request),
        clock=DatabaseClock(),
        sub_area_opinion=chosen,
        effective_from=begins,
        reason=text(request, "reason"),
    )
    return refusal
