"""The panel once all have submitted: totals and spread, the opinion drafted by the leader, signed by all (R-22)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock, Moment, shown_at
from apps.parameters.selectors import in_force
from apps.policy.levels import RECOMMENDATION_LINE
from apps.policy.panel import Opinion, site_visit_suggestions
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import FormFaults, text
from apps.portals.base.visible import must_be_visible, seen
from apps.review import selectors as review
from apps.review import services
from apps.review.selectors import AssignmentRow, PanelFile

_ASSESSED, _CONCLUDED, _RECUSED = "assessed", "concluded", "recused"
_OPEN = frozenset({_ASSESSED, _CONCLUDED})


@audience(Role.EXPERT)
@require_GET
def page_of(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the panel's state; figures only after all have submitted."""
    return _page(request, public_id)


@audience(Role.EXPERT)
@require_POST
def draft(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The leader drafts the opinion; signatures begin anew."""
    typed = {
        "opinion": text(request, "opinion"),
        "reasons": text(request, "reasons"),
        "site_visited": text(request, "site_visited"),
        "site_reason": text(request, "site_reason"),
    }
    try:
        with FormFaults() as faults:
            faults.wanted(request, "opinion", "评估意见", verb="选择")
            faults.wanted(request, "reasons", "理由")
            if typed["site_visited"] not in {"yes", "no"}:
                faults.add("site_visited", "请说明是否进行了现场核实。")
    except Invalid as invalid:
        return _page(request, public_id, invalid, typed=typed)
    return _act(
        request,
        public_id,
        services.draft_opinion,
        "评估意见已起草，请各成员签署。",
        typed=typed,
        opinion=typed["opinion"],
        reasons=typed["reasons"],
        site_visited=typed["site_visited"] == "yes",
        site_reason=typed["site_reason"],
    )


@audience(Role.EXPERT)
@require_POST
def sign(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """A member signs the drafted opinion."""
    _, refusal = attempt(
        services.sign_opinion,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        dissent=text(request, "dissent"),
    )
    must_be_visible(refusal)
    if refusal:
        return _page(request, public_id, refusal)
    say(request, "已签署评估意见。")
    return redirect("expert:panel", public_id)


@audience(Role.EXPERT)
@require_POST
def conclude(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The leader issues the opinion."""
    return _act(request, public_id, services.conclude_panel, "评估意见已出具，报市工业和信息化局。")


def _act(
    request: HttpRequest,
    public_id: str,
    service: Callable[..., object],
    told: str,
    *,
    typed: dict[str, str] | None = None,
    **arguments: Any,
) -> HttpResponseBase:
    """Call a use-case on the panel of the task's application."""
    actor = actor_of(request)
    task = seen(review.my_task, actor=actor, public_id=public_id)
    _, refusal = attempt(
        service, actor=actor, clock=DatabaseClock(), public_id=task.case.public_id, **arguments
    )
    must_be_visible(refusal)
    if refusal:
        return _page(request, public_id, refusal, typed=typed)
    say(request, told)
    return redirect("expert:panel", public_id)


def _page(
    request: HttpRequest,
    public_id: str,
    refusal: DomainError | None = None,
    *,
    typed: dict[str, str] | None = None,
) -> HttpResponseBase:
    actor = actor_of(request)
    task = seen(review.my_task, actor=actor, public_id=public_id)
    panel = seen(review.panel_of, actor=actor, public_id=task.case.public_id)
    members = [member for member in panel.members if member.state != _RECUSED]
    leads = panel.leader_id == actor.expert_id
    assessed = panel.state == _ASSESSED
    drafted = assessed and bool(panel.opinion)
    signatures = sum(member.opinion_signed for member in members)
    return page(
        request,
        "expert/panel.html",
        {
            "task": task,
            "case": task.case,
            "panel": panel,
            "members": members,
            "totals": [member.total for member in members if member.total is not None],
            "shown": panel.state in _OPEN,
            "suggestions": _suggestions(panel),
            "items": review.disputed_items(actor=actor, public_id=task.case.public_id),
            "gate": RECOMMENDATION_LINE,
            "leads": leads,
            "may_draft": leads and assessed,
            "may_sign": drafted and not task.opinion_signed,
            "may_conclude": leads and drafted and signatures == len(members),
            "waits_for_signatures": leads and drafted and signatures < len(members),
            "signatures": signatures,
            "opinions": [(choice.value, choice.label) for choice in Opinion],
            "typed": typed or _drafted(panel),
            "crumbs": [*_crumbs(task), ("专家组评估", "")],
        },
        refusal=refusal,
    )


def _drafted(panel: PanelFile) -> dict[str, str]:
    answered = {True: "yes", False: "no", None: ""}[panel.site_visited]
    return {
        "opinion": panel.opinion,
        "reasons": panel.reasons,
        "site_visited": answered,
        "site_reason": panel.site_reason,
    }


def _suggestions(panel: PanelFile) -> tuple[str, ...]:
    """Return why a visit suggests itself (R-21); nothing before the figures are known."""
    if panel.total is None or panel.case.prelim_total is None:
        return ()
    return site_visit_suggestions(
        preliminary_total=panel.case.prelim_total,
        expert_mean=panel.total,
        parameters=in_force(on=Moment.of(shown_at()).on),
    )


def _crumbs(task: AssignmentRow) -> list[tuple[str, str]]:
    return [
        ("我的评审", reverse("expert:home")),
        (task.case.enterprise_name, reverse("expert:review", args=[task.public_id])),
    ]
