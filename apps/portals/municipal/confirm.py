"""评定签发: proposed by the 经办, signed by the leader on a page that lists what will happen (R-25 … R-27)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.applications import selectors as applications
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import Clock
from apps.core.reconfirming import reconfirmed
from apps.policy.award import AWARD_REFUSAL_GROUNDS
from apps.policy.rules import rule
from apps.portals.base.http import page
from apps.portals.base.numbers import number_hint
from apps.portals.base.posted import text
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, shown_now
from apps.portals.municipal.notices import chosen_cases
from apps.publicity import selectors as publicity
from apps.publicity import services as publicity_services
from apps.publicity.states import RECOGNITION_LIFE

_CONFIRMABLE = "confirmable"
#: How many characters of the round's code the leader types to confirm (DESIGN 6).
_CODE_LENGTH = 4


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """Show the cases that may be awarded, and the lists proposed and signed."""
    actor, now = actor_of(request), shown_now()
    cases = applications.cases_in_state(actor=actor, states=[_CONFIRMABLE])
    checks = publicity.award_prechecks(actor=actor, cases=cases, on=now.on)
    lists = publicity.recognitions(actor=actor)
    context = {
        "checks": checks,
        "ready": sum(check.ok for check in checks),
        "proposed": [row for row in lists if row.state == "proposed"],
        "signed": [row for row in lists if row.state == "signed"],
        "may_propose": actor.has(Duty.HANDLER),
        "may_sign": actor.has(Duty.LEADER),
        "may_refuse": actor.has(Duty.LEADER),
    }
    return page(request, "municipal/confirm.html", context)


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponseBase:
    """Check the chosen cases, then put those that may be awarded on a list for the leader."""
    actor = actor_of(request)
    source = request.POST if request.method == "POST" else request.GET
    chosen = list(dict.fromkeys(source.getlist("ids")))
    if request.POST.get("step") != "propose":
        return _propose_page(request, actor, chosen)
    return act(
        request,
        lambda actor, clock: publicity_services.propose_recognition(
            actor=actor,
            clock=clock,
            round_public_id=text(request, "round"),
            application_public_ids=chosen,
            document_no=text(request, "document_no"),
        ),
        done="评定名单已提请局领导签发。",
        to=lambda public_id: reverse("municipal:recognition", args=[public_id]),
        again=lambda refusal: _propose_page(request, actor, chosen, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
@reconfirmed
def sign(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show a list with everything that signing it does; sign it."""
    if request.method != "POST":
        return _file(request, public_id)

    def deed(*, actor: Actor, clock: Clock) -> list[str]:
        code = _code(seen(publicity.recognition_file, actor=actor, public_id=public_id).cases[0].round_code)
        if text(request, "confirm_code").strip().upper() != code:
            raise Invalid.of("confirm_code", f"请输入批次号末 {_CODE_LENGTH} 位“{code}”，以确认本次签发。")
        return publicity_services.sign_recognition(actor=actor, clock=clock, public_id=public_id)

    return act(
        request,
        deed,
        done=lambda numbers: f"已签发，{len(numbers)} 家企业评定为 3A 级绿色工厂，证书编号和名录已同时生效。",
        to=reverse("municipal:recognition", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """End a case whose notice is over: 不予评定, with the clause and the reason."""
    if request.method != "POST":
        return _refusal_page(request, public_id)
    return act(
        request,
        lambda actor, clock: publicity_services.refuse_award(
            actor=actor,
            clock=clock,
            public_id=public_id,
            rule=text(request, "rule"),
            reason=text(request, "reason"),
        ),
        done="已作出不予评定的决定，企业会收到通知。",
        to=reverse("municipal:application", args=[public_id]),
        again=lambda refusal: _refusal_page(request, public_id, refusal=refusal),
    )


def _refusal_page(
    request: HttpRequest, public_id: str, *, refusal: DomainError | None = None
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    case = seen(applications.case, actor=actor, public_id=public_id)
    open_now = case.state == _CONFIRMABLE
    grounds = [rule(one) for one in AWARD_REFUSAL_GROUNDS]
    context = {
        "case": case,
        "check": next(iter(publicity.award_prechecks(actor=actor, cases=[case], on=now.on)), None)
        if open_now
        else None,
        "open_now": open_now,
        "may_refuse": open_now and actor.has(Duty.LEADER),
        "options": [(one.id, f"{one.clause} {one.title}（{one.id}）") for one in grounds],
        "typed": request.POST,
    }
    return page(request, "municipal/refuse_award.html", context, refusal=refusal)


def _propose_page(
    request: HttpRequest, actor: Actor, chosen: list[str], *, refusal: DomainError | None = None
) -> HttpResponseBase:
    now = shown_now()
    cases = chosen_cases(actor, chosen, state=_CONFIRMABLE)
    checks = publicity.award_prechecks(actor=actor, cases=cases, on=now.on)
    ready = [check for check in checks if check.ok]
    rounds = {check.case.round_public_id for check in ready}
    context = {
        "ready": ready,
        "blocked": [check for check in checks if not check.ok],
        "round": rounds.pop() if len(rounds) == 1 else "",
        "several_rounds": len(rounds) > 1,
        "number_hint": number_hint(request, f"苏工信节能〔{now.on.year}〕58号"),
        "document_no": text(request, "document_no"),
    }
    return page(request, "municipal/propose.html", context, refusal=refusal)


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(publicity.recognition_file, actor=actor, public_id=public_id)
    events = [step.event for step in RECOGNITION_LIFE.events_for(row.state, actor)]
    numbers = row.certificates or ("",) * len(row.cases)
    code = _code(row.cases[0].round_code)
    context = {
        "row": row,
        "lines": list(zip(row.cases, numbers, strict=True)),
        "may_sign": "sign" in events,
        "own": row.proposed_by_id == actor.user_id,
        "code_label": f"请输入批次号末 {_CODE_LENGTH} 位（{code}）",
    }
    return page(request, "municipal/recognition.html", context, refusal=refusal)


def _code(round_code: str) -> str:
    return round_code[-_CODE_LENGTH:].upper()
