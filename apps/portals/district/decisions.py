"""属地评定: what a signed score leads to, proposed by the 经办 and decided by the signer (R-02, R-06, R-18)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.core.reconfirming import reconfirmed
from apps.parameters.selectors import in_force
from apps.policy.levels import RECOMMENDATION_LINE, Level
from apps.policy.recommendation import (
    Below80,
    Below80Outcome,
    below80_outcome,
    silence_declines_conversion,
)
from apps.portals.base.http import attempt, page, say
from apps.portals.base.numbers import number_hint
from apps.portals.base.overtaken import saying_who
from apps.portals.base.posted import FormFaults, day, text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.common import shown_now
from apps.review import selectors as review
from apps.review import services
from apps.review.selectors import PreliminaryRow, RulingRow
from apps.titles import selectors as titles

_PRELIM_SIGNED, _DISTRICT_DECISION, _OFFERED = "prelim_signed", "district_decision", "conversion_offered"
#: What became of a proposal, said to the person who made it.
_TOLD = {
    "decide": "已提出评定建议，等待签批人签发。",
    "keep": "企业已持有该等级或更高等级，已提出维持现有等级的建议，等待签发。",
    "decline": "已提出不予评定的建议，等待签发。",
    "convert": "已征求企业是否同意转为本级评定。",
}
_DONE = {
    "decide_level": "已签发评定，请在规定期限内报市工业和信息化局备案。",
    "keep_level": "已办结：维持现有等级。",
    "refuse_level": "已办结：不予评定，已通知企业。",
    "not_recommend": "已办结：企业逾期未答复，不予推荐，已通知企业。",
}


@audience(Role.DISTRICT)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List cases to be decided and the decisions made."""
    actor = actor_of(request)
    waiting = applications.cases_in_state(actor=actor, states=[_PRELIM_SIGNED, _DISTRICT_DECISION, _OFFERED])
    made = review.rulings(actor=actor)
    return page(
        request,
        "district/decisions.html",
        {
            "local": [case for case in waiting if not _goes_to_city(case)],
            "city": [case for case in waiting if _goes_to_city(case)],
            "proposed": {row.case.public_id: row for row in made if row.state == "proposed"},
            "notice_required": in_force(on=shown_now().on).district_publicity,
            "made": [row for row in made if row.state != "proposed"],
        },
    )


def _goes_to_city(case: CaseRow) -> bool:
    """Whether the case belongs on the recommended list: 3A at 80 or more."""
    return (
        case.level == Level.A3
        and case.state == _PRELIM_SIGNED
        and case.prelim_total is not None
        and case.prelim_total >= RECOMMENDATION_LINE
    )


@audience(Role.DISTRICT)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show what is proposed or decided about one case and what may be done."""
    return decision_page(request, public_id)


@audience(Role.DISTRICT)
@require_POST
def propose(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Propose what the signed score gives, or ask the enterprise about a conversion."""
    reason = text(request, "reason")
    made, refusal = attempt(
        services.propose_ruling,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        reason=reason,
    )
    must_be_visible(refusal)
    refusal = saying_who(refusal, actor=actor_of(request), public_id=public_id)
    if made is None:
        return decision_page(request, public_id, refusal, reason=reason)
    say(request, _TOLD.get(made.outcome, "该申报不转为本级评定，请由签批人办结。"))
    return redirect("district:decision", public_id)


@audience(Role.DISTRICT)
@require_POST
@reconfirmed
def sign(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Decide what was proposed."""
    number = text(request, "document_no")
    refusal: DomainError | None = None
    event: str | None = None
    try:
        with FormFaults() as faults:
            on = faults.reads(lambda: day(request, "decided_on", "评定日期"))
            if "document_no" in request.POST:
                faults.wanted(request, "document_no", "评定文号")
    except Invalid as invalid:
        refusal = invalid
    else:
        event, refusal = attempt(
            services.sign_ruling,
            actor=actor_of(request),
            clock=DatabaseClock(),
            public_id=public_id,
            document_no=number,
            decided_on=on,
        )
    must_be_visible(refusal)
    refusal = saying_who(refusal, actor=actor_of(request), public_id=public_id)
    if event is None:
        return decision_page(
            request, public_id, refusal, document_no=number, decided_on=text(request, "decided_on")
        )
    say(request, _DONE[event])
    return redirect("district:decision", public_id)


@audience(Role.DISTRICT)
@require_POST
def close(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Close a 3A application below 80 that cannot be converted, or whose enterprise never answered."""
    event, refusal = attempt(
        services.close_below_80, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    refusal = saying_who(refusal, actor=actor_of(request), public_id=public_id)
    if event is None:
        return decision_page(request, public_id, refusal)
    say(request, _DONE[event])
    return redirect("district:decision", public_id)


def decision_page(
    request: HttpRequest, public_id: str, refusal: DomainError | None = None, **typed: Any
) -> HttpResponseBase:
    """Return the decision's page, with what stood against an act on top and what was typed."""
    actor = actor_of(request)
    row = seen(review.preliminary_of, actor=actor, public_id=public_id)
    ruling = review.ruling_of(actor=actor, public_id=public_id)
    outcome = _below_80(actor, row)
    notice = review.case_notice(actor=actor, application_id=row.case.id)
    over = notice is not None and notice.is_over(shown_now().on)
    wanted = (
        notice is None
        and ruling is not None
        and ruling.state == "proposed"
        and ruling.level is not None
        and in_force(on=shown_now().on).district_publicity
    )
    return page(
        request,
        "district/decision.html",
        {
            "row": row,
            "case": row.case,
            "ruling": ruling,
            "ruling_level": Level(ruling.level).label if ruling is not None and ruling.level else "",
            "outcome": outcome,
            "outcome_level": outcome.level.label if outcome is not None and outcome.level else "",
            "titles": titles.titles_of(actor=actor, enterprise_id=row.case.enterprise_id),
            "goes_to_city": _goes_to_city(row.case),
            "today": shown_now().on,
            "notice": notice,
            "notice_over": over,
            "notice_wanted": wanted,
            "waits_for_notice": wanted
            or (notice is not None and (not over or any(one.state == "open" for one in notice.objections))),
            "parties": [("person", "个人（实名）"), ("unit", "单位（加盖公章）")],
            "outcomes": [("dismissed", "异议不成立"), ("upheld", "异议成立，不予评定")],
            "may_register": actor.has(Duty.HANDLER, Duty.SIGNER),
            "may_conclude": actor.has(Duty.SIGNER),
            "number_hint": number_hint(request, "机关代字〔2026〕31号"),
            **_open_acts(actor, row, ruling, outcome),
            **_unanswered(actor, row.case),
            "crumbs": [_above(row.case), (row.case.enterprise_name, "")],
            **typed,
        },
        refusal=refusal,
    )


def _above(case: CaseRow) -> tuple[str, str]:
    """Return the list that the case's page belongs to: what the city decides is on the recommended list."""
    if _goes_to_city(case):
        return "3A 推荐", reverse("district:recommendations")
    return "1A/2A 评定", reverse("district:decisions")


def _below_80(actor: Actor, row: PreliminaryRow) -> Below80Outcome | None:
    """Return what becomes of a signed 3A application below 80, None for any other case."""
    if row.case.level != Level.A3 or row.case.state != _PRELIM_SIGNED or row.signed_total is None:
        return None
    if row.signed_total >= RECOMMENDATION_LINE and not row.vetoes:
        return None
    standing = titles.standing_of(actor=actor, enterprise_id=row.case.enterprise_id)
    try:
        return below80_outcome(
            row.signed_total,
            standing=standing,
            consent=None,
            vetoes=row.vetoes,
            parameters=in_force(on=shown_now().on),
        )
    except ValueError:
        return None


def _open_acts(
    actor: Actor, row: PreliminaryRow, ruling: RulingRow | None, outcome: Below80Outcome | None
) -> dict[str, bool]:
    """Return which forms the page shows; the services decide again."""
    signed = row.case.state == _PRELIM_SIGNED
    converts = outcome is not None and outcome.outcome is Below80.CONVERT
    decides = signed and row.case.level != Level.A3
    after_consent = row.case.state == _DISTRICT_DECISION and ruling is None
    return {
        "may_propose": actor.has(Duty.HANDLER) and (decides or converts or after_consent),
        "may_offer": actor.has(Duty.HANDLER) and converts,
        "may_close": actor.has(Duty.SIGNER) and outcome is not None and not converts,
        "may_decide": actor.has(Duty.SIGNER) and ruling is not None and ruling.state == "proposed",
    }


def _unanswered(actor: Actor, case: CaseRow) -> dict[str, Any]:
    """Return by when the enterprise answers an offered conversion, and whether it may be closed unanswered."""
    if case.state != _OFFERED:
        return {}
    due_on = applications.conversion_due_on(actor=actor, public_id=case.public_id)
    silent = due_on is None or silence_declines_conversion(answer_due_on=due_on, on=shown_now().on).ok
    return {
        "answer_due_on": due_on,
        "may_close_unanswered": silent and actor.has(Duty.SIGNER),
        "silent": silent,
    }
