"""整改与取消: what was found, how rectifications run, cancellations decided by a leader (R-33 … R-41)."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.reconfirming import reconfirmed
from apps.monitoring import selectors as monitoring
from apps.monitoring import services as monitoring_services
from apps.parameters.selectors import in_force
from apps.policy.calendar import chinese
from apps.portals.base.edition import edition
from apps.portals.base.http import page
from apps.portals.base.numbers import number_hint
from apps.portals.base.posted import required_day, text, whole
from apps.portals.base.revocation_page import revocation_fields
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, shown_now

_DECISIONS = frozenset({"cancel", "suspend", "drop"})
_DONE = {
    "cancel": "已决定取消称号，名录和查验同时更新。",
    "suspend": "称号已暂停，请按程序报上级主管部门。",
    "drop": "已决定不予取消，称号继续有效。",
}


@audience(Role.MUNICIPAL)
@require_GET
def overview(request: HttpRequest) -> HttpResponseBase:
    """Show rechecks, rectifications and cancellations, what is open first."""
    actor, now = actor_of(request), shown_now()
    rechecks = monitoring.rechecks(actor=actor)
    rectifications = monitoring.rectifications(actor=actor)
    cancellations = monitoring.cancellations(actor=actor)
    context = {
        "rechecks": rechecks,
        "rectifications": rectifications,
        "cancellations": cancellations,
        "running": sum(row.state in {"ordered", "served", "submitted"} for row in rectifications),
        "failed": sum(row.passed is False for row in rechecks),
        "proposed": sum(row.state == "proposed" for row in cancellations),
        "now": now.at,
        "edition": edition(now.on),
    }
    return page(request, "municipal/monitoring.html", context)


@audience(Role.MUNICIPAL)
@require_GET
def rectification(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one rectification item by item, with its attempts and its clock."""
    return _rectification(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def extend(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Give more days, where the bureau has allowed extensions (R-37)."""
    return act(
        request,
        lambda actor, clock: monitoring_services.extend_rectification(
            actor=actor,
            clock=clock,
            public_id=public_id,
            extra_days=whole(text(request, "extra_days")),
            reason=text(request, "reason"),
        ),
        done=lambda deadline: f"整改期限已延长至{chinese(deadline)}。",
        to=reverse("municipal:rectification", args=[public_id]),
        again=lambda refusal: _rectification(request, public_id, refusal=refusal),
    )


def _rectification(
    request: HttpRequest, public_id: str, *, refusal: DomainError | None = None
) -> HttpResponseBase:
    row = seen(monitoring.rectification, actor=actor_of(request), public_id=public_id)
    events = [{"title": "作出整改通知", "at": row.ordered_at, "note": row.number}]
    if row.served_on:
        events.append({"title": "送达", "at": row.served_on, "note": row.service})
    for attempt in row.attempts:
        events.append({"title": "企业提交整改报告", "at": attempt.submitted_on, "note": ""})
        if attempt.verified_on is not None:
            label = "验收通过" if attempt.passed else "验收未通过"
            events.append({"title": label, "at": attempt.verified_on, "note": attempt.note})
    now = shown_now()
    allowed = in_force(on=now.on).rectification_extension
    running = row.state == "served"
    context = {
        "row": row,
        "events": events[::-1],
        "may_extend": running and allowed and actor_of(request).has(Duty.SIGNER, Duty.LEADER),
        "extension_off": running and not allowed,
        "typed": request.POST,
        "now": now.at,
    }
    return page(request, "municipal/rectification.html", context, refusal=refusal)


@audience(Role.MUNICIPAL)
@require_GET
def rectify(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Lead from the enterprise's address of a rectification (reminders name it) to the city's."""
    del request
    return redirect("municipal:rectification", public_id)


@audience(Role.MUNICIPAL)
@require_GET
def revocations(request: HttpRequest) -> HttpResponseBase:
    """List the proposals to cancel a title."""
    actor, now = actor_of(request), shown_now()
    rows = monitoring.cancellations(actor=actor)
    context = {
        "waiting": [row for row in rows if row.state == "proposed"],
        "decided": [row for row in rows if row.state != "proposed"],
        "now": now.at,
        "today": now.on,
    }
    return page(request, "municipal/revocations.html", context)


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
@reconfirmed
def revocation(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one proposal with facts and defence; the leader decides."""
    if request.method != "POST":
        return _file(request, public_id)
    decision = text(request, "decision")
    if decision not in _DECISIONS:
        raise Http404("没有这种决定。")
    return act(
        request,
        lambda actor, clock: monitoring_services.decide_cancellation(
            actor=actor,
            clock=clock,
            public_id=public_id,
            decision=decision,
            document_no=text(request, "document_no"),
            note=text(request, "note"),
        ),
        done=_DONE[decision],
        to=reverse("municipal:revocation", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def recheck_suspended(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Plan the visit after which a suspended title stands again or is reported upward."""
    row = seen(monitoring.cancellation, actor=actor_of(request), public_id=public_id)
    return act(
        request,
        lambda actor, clock: monitoring_services.plan_suspended_recheck(
            actor=actor,
            clock=clock,
            title_public_id=row.title_public_id,
            planned_on=required_day(request, "planned_on", "计划日期"),
            note=text(request, "note"),
        ),
        done="暂停后的复核已安排，企业已收到通知。",
        to=reverse("municipal:revocation", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(monitoring.cancellation, actor=actor, public_id=public_id)
    context = {
        **revocation_fields(row, actor=actor, now=shown_now()),
        "order_url": reverse("municipal:rectification", args=[row.rectification_public_id]),
        "number_hint": number_hint(request, "苏工信节能〔2026〕66号"),
        "typed": request.POST,
    }
    return page(request, "municipal/revocation.html", context, refusal=refusal)
