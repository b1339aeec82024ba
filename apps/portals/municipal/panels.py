"""专家评估: panels formed without conflicts, their progress, reconsideration, visits, what follows from the opinion."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.applications import selectors as applications
from apps.applications.states import APPLICATION_LIFE
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid, NotVisible
from apps.core.moment import Clock
from apps.parameters.selectors import in_force
from apps.portals.base.http import page
from apps.portals.base.posted import required_day, text, whole
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, shown_now, tabs
from apps.review import selectors as review
from apps.review import services as review_services
from apps.review.services import Visit
from apps.review.states import PANEL_LIFE

_ACCEPTED = "city_accepted"
#: Days the form offers for scoring; the officer changes them freely.
_USUAL_DAYS = 14
_VISIT_LINES = range(1, 5)


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the cases that wait for a panel, and the panels with their progress."""
    actor, now, state = actor_of(request), shown_now(), request.GET.get("state", "")
    counts = review.workload(actor=actor).panels
    choices: list[tuple[str, str, int | None]] = [
        (code, label, counts.get(code, 0))
        for code, label in PANEL_LIFE.states.items()
        if code != "assembling"
    ]
    context = {
        "waiting": applications.cases_in_state(actor=actor, states=[_ACCEPTED], limit=100),
        "rows": review.panels(actor=actor, state=state),
        "tabs": tabs("municipal:panels", state, [("", "全部", sum(counts.values())), *choices]),
        "may_form": actor.has(Duty.HANDLER),
        "now": now.at,
    }
    return page(request, "municipal/panels.html", context)


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Choose the experts of one case; those with a conflict of interest are named and cannot be chosen."""
    if request.method != "POST":
        return _form(request, public_id)

    def deed(*, actor: Actor, clock: Clock) -> str:
        return review_services.form_panel(
            actor=actor,
            clock=clock,
            public_id=public_id,
            expert_ids=_chosen(request),
            leader_id=whole(request.POST.get("leader_id")),
            due_on=required_day(request, "due_on", "评审截止日"),
        )

    return act(
        request,
        deed,
        done="专家组已组建，邀请已发出；专家签署回避声明后才能看到材料。",
        to=reverse("municipal:panel", args=[public_id]),
        again=lambda refusal: _form(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the panel of one case."""
    return _file(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def reconsider(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Ask the panel to look again at its scores."""
    return act(
        request,
        lambda actor, clock: review_services.reconsider(
            actor=actor,
            clock=clock,
            public_id=public_id,
            due_on=required_day(request, "due_on", "复议截止日"),
        ),
        done="已发起复议，各位专家的评分已重新开放。",
        to=reverse("municipal:panel", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal, act_name="reconsider"),
    )


@audience(Role.MUNICIPAL)
@require_POST
def visit(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Keep the record of an on-site visit."""
    return act(
        request,
        lambda actor, clock: review_services.record_site_visit(
            actor=actor, clock=clock, public_id=public_id, visit=_visit(request)
        ),
        done="现场核实已登记。",
        to=reverse("municipal:panel", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal, act_name="visit"),
    )


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, public_id: str, assignment: str) -> HttpResponseBase:
    """Take an expert off the panel and invite another, or nobody."""
    if request.method != "POST":
        return _replace(request, public_id, assignment)
    chosen = whole(request.POST.get("expert_id")) or None
    return act(
        request,
        lambda actor, clock: review_services.replace_expert(
            actor=actor, clock=clock, public_id=assignment, reason=text(request, "reason"), expert_id=chosen
        ),
        done="专家已调整，新的邀请已发出。" if chosen else "已取消该专家的评审任务。",
        to=reverse("municipal:panel", args=[public_id]),
        again=lambda refusal: _replace(request, public_id, assignment, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def take_opinion(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Act on the panel's opinion: on to the credit check, or 不予评定."""
    return act(
        request,
        lambda actor, clock: review_services.take_opinion(
            actor=actor, clock=clock, public_id=public_id, note=text(request, "note")
        ),
        done=lambda event: "已进入征信查询。" if event == "start_credit_check" else "已作出不予评定的结论。",
        to=reverse("municipal:application", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal, act_name="opinion"),
    )


@audience(Role.MUNICIPAL)
@require_POST
def reopen(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Let the panel assess again after 需补充."""
    return act(
        request,
        lambda actor, clock: review_services.reopen_panel(
            actor=actor,
            clock=clock,
            public_id=public_id,
            due_on=required_day(request, "due_on", "评审截止日"),
            reason=text(request, "reason"),
        ),
        done="已重新开放评估，各位专家的评分可以修改。",
        to=reverse("municipal:panel", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal, act_name="reopen"),
    )


def _chosen(request: HttpRequest) -> list[int]:
    return [number for sent in request.POST.getlist("expert_ids") if (number := whole(sent))]


def _form(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    case = seen(applications.case, actor=actor, public_id=public_id)
    pool = seen(review.candidates, actor=actor, public_id=public_id, on=now.on)
    parameters = in_force(on=now.on)
    context = {
        "case": case,
        "free": [row for row in pool if not row.conflicts],
        "barred": [row for row in pool if row.conflicts],
        "chosen": _chosen(request),
        "leader": whole(request.POST.get("leader_id")),
        "due_on": text(request, "due_on") or (now.on + timedelta(days=_USUAL_DAYS)).isoformat(),
        "size_min": parameters.panel_size_min,
        "odd": parameters.panel_size_odd,
        "open": case.state == _ACCEPTED and actor.has(Duty.HANDLER),
    }
    return page(request, "municipal/panel_form.html", context, refusal=refusal)


def _file(
    request: HttpRequest, public_id: str, *, refusal: DomainError | None = None, act_name: str = ""
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    panel = seen(review.panel_of, actor=actor, public_id=public_id)
    parameters = in_force(on=now.on)
    steps = {step.event for step in PANEL_LIFE.events_for(panel.state, actor)}
    steps |= {step.event for step in APPLICATION_LIFE.events_for(panel.case.state, actor)}
    context = {
        "panel": panel,
        "case": panel.case,
        "members": [member for member in panel.members if member.state != "recused"],
        "gone": [member for member in panel.members if member.state == "recused"],
        "totals": [member.total for member in panel.members if member.total is not None],
        "wide": panel.spread is not None and panel.spread > parameters.panel_spread_over,
        "spread_over": parameters.panel_spread_over,
        "may_reconsider": "reconsider" in steps,
        "may_replace": actor.has(Duty.HANDLER) and panel.state in {"assessing", "reconsidering"},
        "may_visit": actor.has(Duty.HANDLER) and panel.state != "concluded",
        "goes_on": "start_credit_check" in steps and panel.opinion == "recommend",
        "ends": "refuse_after_panel" in steps and panel.opinion == "not_recommend",
        "may_reopen": "reopen_panel" in steps and panel.opinion == "supplement",
        "waits": panel.case.state == "panel_concluded",
        "act_name": act_name,
        "visit_lines": _VISIT_LINES,
        "now": now.at,
        "today": now.on,
        "usual": (now.on + timedelta(days=_USUAL_DAYS // 2)).isoformat(),
        "typed": request.POST,
    }
    return page(request, "municipal/panel.html", context, refusal=refusal)


def _replace(
    request: HttpRequest, public_id: str, assignment: str, *, refusal: DomainError | None = None
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    panel = seen(review.panel_of, actor=actor, public_id=public_id)
    leaving = next((member for member in panel.members if member.public_id == assignment), None)
    if leaving is None:
        seen(_nobody)
    on_panel = {member.expert_id for member in panel.members if member.state != "recused"}
    pool = review.candidates(actor=actor, public_id=public_id, on=now.on)
    context = {
        "panel": panel,
        "case": panel.case,
        "leaving": leaving,
        "options": [
            (row.expert.id, f"{row.expert.name}（{row.expert.employer_name}）")
            for row in pool
            if not row.conflicts and row.expert.id not in on_panel
        ],
        "barred": [row for row in pool if row.conflicts and row.expert.id not in on_panel],
        "typed": request.POST,
    }
    return page(request, "municipal/panel_replace.html", context, refusal=refusal)


def _nobody() -> None:
    raise NotVisible


def _visit(request: HttpRequest) -> Visit:
    """Return the record as typed.

    Raises:
        Invalid: no usable day.
    """
    findings = []
    for number in _VISIT_LINES:
        item, filed, found = (
            text(request, f"{part}-{number}").strip() for part in ("item", "filed", "found")
        )
        if not (item or filed or found):
            continue
        if not item or not found:
            raise Invalid.of("findings", f"第 {number} 条核查记录请写明核查内容和现场情况。")
        findings.append(
            {
                "item": item,
                "filed": filed,
                "found": found,
                "agrees": text(request, f"agrees-{number}") == "on",
            }
        )
    return Visit(
        visited_on=required_day(request, "visited_on", "核实日期"),
        place=text(request, "place"),
        people=[name.strip() for name in text(request, "people").replace("，", "、").split("、")],
        conclusion=text(request, "conclusion"),
        accompanied_by=text(request, "accompanied_by"),
        problems=text(request, "problems"),
        findings=findings,
    )
