"""3A 推荐: the list of those at 80 or more, ticked beforehand, and the letter to the city (R-17, R-18)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.applications import selectors as applications
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.parameters.selectors import in_force
from apps.policy.levels import RECOMMENDATION_LINE, Level
from apps.policy.separation import may_sign
from apps.policy.standing import current_level
from apps.portals.base.http import attempt, page, say
from apps.portals.base.numbers import number_hint
from apps.portals.base.overtaken import saying_who_moved
from apps.portals.base.posted import FormFaults, text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.common import shown_now
from apps.review import selectors as review
from apps.review import services
from apps.review.selectors import RecommendationRow
from apps.titles import selectors as titles

_DRAFT, _PRELIM_SIGNED = "draft", "prelim_signed"


@audience(Role.DISTRICT)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the district's recommendations, and who could be recommended in each round."""
    return _listing(request)


@audience(Role.DISTRICT)
@require_POST
def prepare(request: HttpRequest) -> HttpResponseBase:
    """Draw up or complete the draft list of a round."""
    try:
        with FormFaults() as faults:
            faults.wanted(request, "round", "批次", verb="选择")
    except Invalid as invalid:
        return _listing(request, invalid)
    made, refusal = attempt(
        services.prepare_recommendation,
        actor=actor_of(request),
        clock=DatabaseClock(),
        round_public_id=text(request, "round"),
    )
    must_be_visible(refusal)
    if made is None:
        return _listing(request, refusal)
    say(request, "推荐汇总表已编制，初评 80 分（含）以上的企业已全部列入。")
    return redirect("district:recommendation", made)


@audience(Role.DISTRICT)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one list."""
    return _file(request, public_id)


@audience(Role.DISTRICT)
@require_POST
def tick(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Leave an enterprise off the list with a reason, or put it back."""
    application, reason = text(request, "application"), text(request, "reason")
    ticked = text(request, "ticked") == "yes"
    _, refusal = attempt(
        services.tick,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        application_public_id=application,
        ticked=ticked,
        reason=reason,
    )
    must_be_visible(refusal)
    refusal = _after_all(request, public_id, refusal)
    if refusal:
        return _file(request, public_id, refusal, typed_for=application, typed_reason=reason)
    say(request, "已重新列入推荐名单。" if ticked else "已移出推荐名单，理由已记录。")
    return redirect("district:recommendation", public_id)


@audience(Role.DISTRICT)
@require_POST
def send(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Send list and letter to the city."""
    number = text(request, "letter_no")
    count, refusal = attempt(
        services.send_recommendation,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        letter_no=number,
    )
    must_be_visible(refusal)
    refusal = _after_all(request, public_id, refusal)
    if count is None:
        return _file(request, public_id, refusal, letter_no=number)
    said = f"已向市工业和信息化局推荐 {count} 家企业。" if count else "已按不予推荐办结，结果已通知企业。"
    say(request, said)
    return redirect("district:recommendation", public_id)


def _after_all(request: HttpRequest, public_id: str, refusal: DomainError | None) -> DomainError | None:
    """Return the refusal with who closed or sent the list first."""
    actor = actor_of(request)
    return saying_who_moved(refusal, review.recommendation_step, actor=actor, public_id=public_id)


def _listing(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    lists = review.recommendations(actor=actor)
    listed = {item.case.id for row in lists if row.state == _DRAFT for item in row.items}
    ready = [
        case
        for case in applications.cases_in_state(actor=actor, states=[_PRELIM_SIGNED])
        if case.level == Level.A3
        and case.prelim_total is not None
        and case.prelim_total >= RECOMMENDATION_LINE
        and case.id not in listed
    ]
    rounds = {row.public_id: row.name for row in applications.rounds(actor=actor, moment=shown_now())}
    open_rounds = dict.fromkeys(case.round_public_id for case in ready)
    return page(
        request,
        "district/recommendations.html",
        {
            "lists": [(row, sum(item.ticked for item in row.items)) for row in lists],
            "ready": ready,
            "rounds": [(key, rounds[key]) for key in open_rounds if key in rounds],
            "may_prepare": actor.has(Duty.HANDLER),
        },
        refusal=refusal,
    )


def _file(
    request: HttpRequest, public_id: str, refusal: DomainError | None = None, **typed: Any
) -> HttpResponseBase:
    actor = actor_of(request)
    found = seen(review.recommendation_file, actor=actor, public_id=public_id)
    draft = found.state == _DRAFT
    separation = may_sign(prepared_by={found.prepared_by_id}, signer=actor.user_id)
    return page(
        request,
        "district/recommendation.html",
        {
            "found": found,
            "papers": [("recommendation", "推荐函和推荐汇总表（PDF）")],
            "rows": _rows(actor, found),
            "ticked": sum(item.ticked for item in found.items),
            "draft": draft,
            "may_tick": draft and actor.has(Duty.HANDLER, Duty.SIGNER),
            "may_send": draft and actor.has(Duty.SIGNER),
            "separation": separation,
            "letter_no": found.letter_no,
            "number_hint": number_hint(request, "机关代字〔2026〕40号"),
            "crumbs": [("3A 推荐", reverse("district:recommendations")), (found.round_name, "")],
            **typed,
        },
        refusal=refusal,
    )


def _rows(actor: Actor, found: RecommendationRow) -> list[dict[str, Any]]:
    """Return the list's lines with the highest title each enterprise holds."""
    ids = [item.case.enterprise_id for item in found.items]
    standings = titles.standings_of(actor=actor, enterprise_ids=ids)
    parameters = in_force(on=shown_now().on)
    return [
        {
            "case": item.case,
            "ticked": item.ticked,
            "reason": item.reason,
            "level": current_level(standings[item.case.enterprise_id].titles, parameters) or 0,
        }
        for item in found.items
    ]
