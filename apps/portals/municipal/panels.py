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
from apps.core.errors import DomainError, NotVisible, WrongStep
from apps.core.moment import Clock
from apps.parameters.selectors import in_force
from apps.policy.dispersion import reconsideration_grounds
from apps.policy.panel import panel_score
from apps.policy.parameters import Parameters
from apps.portals.base.http import page
from apps.portals.base.overtaken import saying_who, saying_who_moved
from apps.portals.base.posted import FormFaults, required_day, text, whole
from apps.portals.base.visible import seen
from apps.portals.base.visit_pages import typed_findings, visit_of
from apps.portals.municipal.common import act, shown_now
from apps.review import selectors as review
from apps.review import services as review_services
from apps.review.selectors import PanelFile
from apps.review.states import PANEL_LIFE

_ACCEPTED = "city_accepted"
#: Days the form offers for scoring; the officer changes them freely.
_USUAL_DAYS = 14


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Choose the experts of one case; those with a conflict of interest are named and cannot be chosen."""
    if request.method != "POST":
        return _form(request, public_id)

    def deed(*, actor: Actor, clock: Clock) -> str:
        experts, leader = _chosen(request), whole(request.POST.get("leader_id"))
        with FormFaults() as faults:
            if not experts:
                faults.add("expert_ids", "请选择专家。")
            if leader not in experts:
                faults.add("leader_id", "请从所选专家中指定组长。")
            due_on = faults.day_after(request, "due_on", "评审截止日", shown_now().on)
        return review_services.form_panel(
            actor=actor,
            clock=clock,
            public_id=public_id,
            expert_ids=experts,
            leader_id=leader,
            due_on=due_on,
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
            reason=text(request, "reason"),
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
            actor=actor,
            clock=clock,
            public_id=public_id,
            visit=visit_of(request),
        ),
        done="现场核实已登记，请双方签名。",
        to=lambda made: reverse("municipal:site_visit", args=[made]),
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
def substitute(request: HttpRequest, public_id: str, assignment: str) -> HttpResponseBase:
    """Let the next reserve of the draw take an expert's seat."""
    return act(
        request,
        lambda actor, clock: review_services.substitute_expert(
            actor=actor, clock=clock, public_id=assignment, reason=text(request, "reason")
        ),
        done="已按抽取记录的递补顺序邀请下一名专家。",
        to=reverse("municipal:panel", args=[public_id]),
        again=lambda refusal: _replace(request, public_id, assignment, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def close(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """End the scoring without the experts who are late."""
    return act(
        request,
        lambda actor, clock: review_services.close_scoring(
            actor=actor, clock=clock, public_id=public_id, reason=text(request, "reason")
        ),
        done=lambda count: f"评分已结束，{count} 名逾期专家已退出，其已填内容保留在记录中。",
        to=reverse("municipal:panel", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal, act_name="close"),
    )


@audience(Role.MUNICIPAL)
@require_POST
def ask_override(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Ask to set a conflict aside."""
    return act(
        request,
        lambda actor, clock: review_services.request_override(
            actor=actor,
            clock=clock,
            public_id=public_id,
            expert_id=whole(request.POST.get("expert_id")),
            reason=text(request, "reason"),
        ),
        done="豁免申请已提交，等待另一名负责人批准。",
        to=reverse("municipal:panel", args=[public_id])
        if request.POST.get("back") == "panel"
        else reverse("municipal:form_panel", args=[public_id]),
        again=lambda refusal: (
            _file(request, public_id, refusal=refusal, act_name="override")
            if request.POST.get("back") == "panel"
            else _form(request, public_id, refusal=refusal)
        ),
    )


@audience(Role.MUNICIPAL)
@require_POST
def decide_override(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Approve or decline a request (public id of the request)."""
    case = seen(review.override_case, actor=actor_of(request), public_id=public_id)
    approve = text(request, "decision") == "approve"
    formed = bool(review.panel_figures(actor=actor_of(request), application_ids=[_case_id(request, case)]))
    return act(
        request,
        lambda actor, clock: review_services.decide_override(
            actor=actor, clock=clock, public_id=public_id, approve=approve, note=text(request, "note")
        ),
        done="豁免已批准。" if approve else "已记录不同意豁免。",
        to=reverse("municipal:panel" if formed else "municipal:form_panel", args=[case]),
        again=lambda refusal: (
            _file(request, case, refusal=refusal, act_name="override")
            if formed
            else _form(request, case, refusal=refusal)
        ),
    )


def _case_id(request: HttpRequest, public_id: str) -> int:
    return int(applications.case(actor=actor_of(request), public_id=public_id).id)


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

    def deed(*, actor: Actor, clock: Clock) -> object:
        with FormFaults() as faults:
            due_on = faults.day_after(request, "due_on", "评审截止日", shown_now().on)
            reason = faults.wanted(request, "reason", "重新评估的理由")
        return review_services.reopen_panel(
            actor=actor, clock=clock, public_id=public_id, due_on=due_on, reason=reason
        )

    return act(
        request,
        deed,
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
        "overrides": review.overrides_of(actor=actor, public_id=public_id),
        "may_ask": actor.has(Duty.HANDLER),
        "may_decide": actor.has(Duty.SIGNER, Duty.LEADER),
        "drawn_only": parameters.panel_draw_required,
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
    refusal = _after_all(refusal, actor, public_id)
    panel = seen(review.panel_of, actor=actor, public_id=public_id)
    parameters = in_force(on=now.on)
    steps = {step.event for step in PANEL_LIFE.events_for(panel.state, actor)}
    steps |= {step.event for step in APPLICATION_LIFE.events_for(panel.case.state, actor)}
    context = {
        "panel": panel,
        "case": panel.case,
        "members": [member for member in panel.members if member.state != "recused"],
        "vacant": panel.vacant,
        "gone": [member for member in panel.members if member.state == "recused"],
        "totals": [member.total for member in panel.members if member.total is not None],
        "grounds": _grounds(panel, parameters),
        "outliers": [row.expert_name for row in panel.members if row.expert_number in panel.outliers],
        "blocked": [member for member in panel.members if member.state == "blocked"],
        "late": sum(member.state in {"invited", "declared"} for member in panel.members),
        "overrides": review.overrides_of(actor=actor, public_id=public_id),
        "may_decide": actor.has(Duty.SIGNER, Duty.LEADER),
        "items": review.disputed_items(actor=actor, public_id=public_id) if panel.disputed_items else [],
        "wide": panel.spread is not None and panel.spread > parameters.panel_spread_over,
        "spread_over": parameters.panel_spread_over,
        "may_reconsider": "reconsider" in steps,
        "may_replace": actor.has(Duty.HANDLER) and panel.state in {"assessing", "reconsidering"},
        "may_close": actor.has(Duty.HANDLER) and panel.state in {"assessing", "reconsidering"},
        "may_visit": actor.has(Duty.HANDLER) and panel.state != "concluded",
        "goes_on": "start_credit_check" in steps and panel.opinion == "recommend",
        "ends": "refuse_after_panel" in steps and panel.opinion == "not_recommend",
        "may_reopen": "reopen_panel" in steps and panel.opinion == "supplement",
        "waits": panel.case.state == "panel_concluded",
        "has_papers": bool(panel.concluded_at or panel.visits or any(m.submitted_at for m in panel.members)),
        "act_name": act_name,
        "findings": typed_findings(request),
        "now": now.at,
        "today": now.on,
        "usual": (now.on + timedelta(days=_USUAL_DAYS // 2)).isoformat(),
        "typed": request.POST,
    }
    return page(request, "municipal/panel.html", context, refusal=refusal)


def _after_all(refusal: DomainError | None, actor: Actor, public_id: str) -> DomainError | None:
    """Return the refusal of a step that was open with who was first: on the panel, else with the case itself."""
    if not isinstance(refusal, WrongStep) or not refusal.open_in:
        return refusal
    told = saying_who_moved(refusal, review.panel_step, actor=actor, public_id=public_id)
    return saying_who(refusal, actor=actor, public_id=public_id) if told is refusal else told


def _grounds(panel: PanelFile, parameters: Parameters) -> tuple[str, ...]:
    """Return why the panel should look again; nothing before the figures are known."""
    totals = [member.total for member in panel.members if member.total is not None]
    if panel.total is None or not totals:
        return ()
    return reconsideration_grounds(panel_score(totals, parameters), parameters)


def _replace(
    request: HttpRequest, public_id: str, assignment: str, *, refusal: DomainError | None = None
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    refusal = _after_all(refusal, actor, public_id)
    panel = seen(review.panel_of, actor=actor, public_id=public_id)
    leaving = next((member for member in panel.members if member.public_id == assignment), None)
    if leaving is None:
        seen(_nobody)
    on_panel = {member.expert_id for member in panel.members}  # who has left is not asked again
    pool = review.candidates(actor=actor, public_id=public_id, on=now.on)
    context = {
        "panel": panel,
        "case": panel.case,
        "leaving": leaving,
        "gone": leaving is not None and leaving.state == "recused",
        "options": [
            (row.expert.id, f"{row.expert.name}（{row.expert.employer_name}）")
            for row in pool
            if not row.conflicts and row.expert.id not in on_panel
        ],
        "barred": [row for row in pool if row.conflicts and row.expert.id not in on_panel],
        "drawn": panel.drawn,
        "typed": request.POST,
    }
    return page(request, "municipal/panel_replace.html", context, refusal=refusal)


def _nobody() -> None:
    raise NotVisible
