"""裁量参数: what the plan leaves to the bureau, each with its clause, default, present and coming values (R-44)."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.faults import Faults
from apps.core.moment import Clock
from apps.deadlines.effects import running_cases, running_under
from apps.parameters import selectors as parameters
from apps.parameters import services as parameter_services
from apps.parameters.states import VALUE_LIFE
from apps.policy.parameter_spec import ParameterErrors, ParameterKind, ParameterSpec
from apps.policy.parameters import SPECS
from apps.portals.base.edition import edition
from apps.portals.base.http import at_row, page
from apps.portals.base.posted import day, required_day, text
from apps.portals.municipal.common import act, shown_now
from apps.portals.municipal.effects import MOST, Effects, effects_of

_YES_NO = [("true", "是"), ("false", "否")]
_HELP = {
    ParameterKind.MONTH_DAY: "每年的月日，如 04-15。",
    ParameterKind.OFFSETS: "由早到晚，用顿号或空格隔开；提前为负，当日为 0，如 -7、-3、-1、0、1。",
    ParameterKind.DATE: "年-月-日，如 2026-12-31。",
}


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """Show every parameter in its group: what holds today, what is coming, what waits for approval."""
    actor, now = actor_of(request), shown_now()
    rows = parameters.table(actor=actor, on=now.on)
    changed = request.GET.get("only") == "changed"
    shown = [row for row in rows if not changed or row.pending or not row.is_default]
    address = reverse("municipal:parameters")
    context = {
        "groups": [(name, list(members)) for name, members in groupby(shown, key=lambda row: row.group)],
        "filters": [
            {"label": "全部", "url": address, "count": len(rows), "current": not changed},
            {
                "label": "与默认不同或待生效",
                "url": f"{address}?only=changed",
                "count": sum(1 for row in rows if row.pending or not row.is_default),
                "current": changed,
            },
        ],
        "edition": edition(now.on),
        "waiting": [value for row in rows for value in row.pending if value.state == "proposed"],
    }
    return page(request, "municipal/parameters.html", context)


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show one parameter: its meaning, its whole history, and the form for another value."""
    return _file(request, key)


@audience(Role.MUNICIPAL)
@require_POST
def propose(request: HttpRequest, key: str) -> HttpResponseBase:
    """Propose another value from a day on; a second person approves it."""

    def deed(*, actor: Actor, clock: Clock) -> str:
        with Faults() as faults:
            return parameter_services.propose_value(
                actor=actor,
                clock=clock,
                key=key,
                value=request.POST.get("value", ""),
                effective_from=faults.read(lambda: day(request, "effective_from", "生效日期"), None),
                reason=text(request, "reason"),
            )

    return act(
        request,
        deed,
        done="已提出，等待另一名签批人员或局领导批准。",
        to=reverse("municipal:parameter", args=[key]),
        again=lambda refusal: _file(request, key, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def preview(request: HttpRequest, key: str) -> HttpResponseBase:
    """Say what a typed value would change; nothing is kept."""
    spec = SPECS.get(key)
    if spec is None:
        raise Http404
    try:
        found = _preview(request, spec)
    except Invalid as refusal:
        return _file(request, key, refusal=refusal)
    return _file(request, key, effects=found)


def _preview(request: HttpRequest, spec: ParameterSpec) -> Effects:
    today = shown_now().on
    with Faults() as faults:
        starts_on = faults.read(lambda: required_day(request, "effective_from", "生效日期"), today)
        try:
            value = spec.parse(request.POST.get("value", ""))
            return effects_of(
                actor=actor_of(request), spec=spec, value=value, starts_on=max(starts_on, today), today=today
            )
        except ParameterErrors as error:
            texts = [f"{text}。" for found in error.errors.values() for text in found]
            raise Invalid({"value": texts}) from None
        except ValueError as error:
            raise Invalid.of("value", f"{error}。") from None


@audience(Role.MUNICIPAL)
@require_POST
def approve(request: HttpRequest, key: str, public_id: str) -> HttpResponseBase:
    """Approve a proposed value; it holds from its day on."""
    return act(
        request,
        lambda actor, clock: parameter_services.approve_value(actor=actor, clock=clock, public_id=public_id),
        done="已批准，自生效日期起适用。",
        to=reverse("municipal:parameter", args=[key]),
        again=lambda refusal: _file(request, key, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def withdraw(request: HttpRequest, key: str, public_id: str) -> HttpResponseBase:
    """Withdraw a proposal, or an approved value that does not hold yet."""
    return act(
        request,
        lambda actor, clock: parameter_services.withdraw_value(
            actor=actor, clock=clock, public_id=public_id, reason=text(request, "withdraw_reason")
        ),
        done="已撤回。",
        to=reverse("municipal:parameter", args=[key]),
        again=lambda refusal: _file_at(request, key, public_id, refusal),
    )


def _file_at(request: HttpRequest, key: str, public_id: str, refusal: DomainError) -> HttpResponseBase:
    told, at = at_row(refusal, "reason", public_id, name="withdraw_reason")
    return _file(request, key, refusal=told, at=at)


def _file(
    request: HttpRequest,
    key: str,
    *,
    refusal: DomainError | None = None,
    effects: Effects | None = None,
    at: dict[str, Any] | None = None,
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    spec = SPECS.get(key)
    if spec is None:
        raise Http404
    if effects is None:
        effects = _of_waiting(actor, spec, now.on)
    row = next(one for one in parameters.table(actor=actor, on=now.on) if one.key == key)
    history = parameters.history(actor=actor, key=key)
    context: dict[str, Any] = {
        "row": row,
        "unit": spec.unit,
        "limits": _limits(spec),
        "field": _field(spec),
        "running": running_under(actor=actor, rule=spec.rule) if spec.rule else [],
        "running_cases": running_cases(actor=actor, rule=spec.rule, most=MOST) if spec.rule else [],
        "effects": effects,
        "values": [
            {
                "row": value,
                "events": [
                    step.event
                    for step in VALUE_LIFE.events_for(value.state, actor)
                    if step.event != "approve" or value.proposer != actor.user_id
                ],
                "own": value.state == "proposed" and value.proposer == actor.user_id,
                "holds": value.state == "in_force" and value.effective_from <= now.on,
            }
            for value in history
        ],
        "may_propose": actor.has(Duty.HANDLER, Duty.SIGNER),
        "typed": request.POST,
        "today": now.on,
        **(at or {}),
    }
    return page(request, "municipal/parameter.html", context, refusal=refusal)


def _of_waiting(actor: Actor, spec: ParameterSpec, today: date) -> Effects | None:
    """Return what the value that waits for approval would change, for the person who approves it."""
    waiting = [row for row in parameters.waiting(actor=actor, key=spec.key) if row[1] >= today]
    if not waiting:
        return None
    value, starts_on = waiting[0]
    try:
        return effects_of(actor=actor, spec=spec, value=value, starts_on=starts_on, today=today)
    except ParameterErrors:
        return None


def _field(spec: ParameterSpec) -> dict[str, Any]:
    """Return how the value is asked for: type of the field, choices, help."""
    options: list[tuple[str, str]] | None = None
    kind = "text"
    if spec.kind is ParameterKind.BOOLEAN:
        kind, options = "radio", _YES_NO
    elif spec.kind is ParameterKind.CHOICE and spec.choices is not None:
        kind, options = "radio", [(str(one), spec.display(one)) for one in spec.choices]
    elif spec.kind is ParameterKind.DATE:
        kind = "date"
    elif spec.kind in {ParameterKind.INTEGER, ParameterKind.DECIMAL}:
        kind = "decimal"
    return {"type": kind, "options": options, "help": _HELP.get(spec.kind, "") or _limits(spec)}


def _limits(spec: ParameterSpec) -> str:
    """Return the bounds of a number in words, "" when it has none."""
    low = f"不小于 {spec.minimum}{spec.unit}" if spec.minimum is not None else ""
    high = f"不大于 {spec.maximum}{spec.unit}" if spec.maximum is not None else ""
    return "，".join(part for part in (low, high) if part) + ("。" if low or high else "")
