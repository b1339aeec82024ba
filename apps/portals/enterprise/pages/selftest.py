"""Self-tests (自测): the same items, rules and live score as in an application, at any time; nothing is handed in."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import Clock, DatabaseClock
from apps.policy.evaluation.improvement import improvement_plan
from apps.policy.levels import Level
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import whole
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.enterprise import answers, figures, workspace
from apps.portals.enterprise.item_form import item_form, items_of
from apps.portals.enterprise.pages.common import code_of, refused_json, saved_json, shown_now, wants_json
from apps.portals.enterprise.pages.evaluate import asks_for_later, newer_versions
from apps.portals.enterprise.pages.improve import plan_context
from apps.scoring import selectors as scoring
from apps.scoring import services as scoring_services
from apps.scoring.selectors import SheetView

#: A self-test aims at the highest level that is decided by score.
_TARGET = Level.A3.value


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "HEAD", "POST"])
def selftests(request: HttpRequest) -> HttpResponseBase:
    """List the self-tests and start one."""
    actor = actor_of(request)
    refusal: DomainError | None = None
    if request.method == "POST":
        opened, refusal = attempt(_open, actor=actor, clock=DatabaseClock(), data=request.POST)
        must_be_visible(refusal)
        if opened is not None:
            return redirect("enterprise:selftest", opened)
    enterprise = accounts.enterprise_file(actor=actor)
    schemes = scoring.suggest_schemes(actor=actor, industry_code=enterprise.industry_code, on=shown_now().on)
    context = {
        "rows": scoring.trials(actor=actor),
        "schemes": [(row.public_id, row.label) for row in schemes],
        "sources": [
            (case.public_id, f"{case.round_code} {case.level_label}级自评表")
            for case in applications.my_applications(actor=actor)
        ],
        "scheme": request.POST.get("scheme", schemes[0].public_id if schemes else ""),
        "source": request.POST.get("source", ""),
        "title": request.POST.get("title", ""),
        "crumbs": [("自测", "")],
    }
    return page(request, "enterprise/selftests.html", context, refusal=refusal)


@audience(Role.ENTERPRISE)
@require_GET
def selftest(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one item of a self-test, with the live result beside it."""
    return _page(request, public_id, code_of(request.GET.get("item")))


@audience(Role.ENTERPRISE)
@require_POST
def save_selftest_item(request: HttpRequest, public_id: str, code: str) -> HttpResponseBase:
    """Save figures and answer of one item of a self-test; `go` names the item to show next."""
    data, here = request.POST, reverse("enterprise:selftest", args=[public_id])
    saved, refusal = attempt(
        _save, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id, code=code, data=data
    )
    must_be_visible(refusal)
    if saved is None:
        assert refusal is not None  # noqa: S101  (attempt returns one of the two)
        if wants_json(request):
            again = f"{here}?item={code}"
            return refused_json(request, refusal, fields=newer_versions(refusal), again=again)
        return _page(request, public_id, code, typed=data, refusal=refusal)
    following = code_of(data.get("go") or data.get("later"))
    if wants_json(request):
        replace = {
            "sheet-total": saved.total_text,
            "tree-done": f"{saved.answered} / {saved.item_count} 项完成",
            "item-points": saved.points.get(code) or "—",
        }
        fields = {
            "sheet_version": saved.version,
            "figures_mark": figures.mark_of_post(data),
            "answer_mark": answers.mark_of_answer(answers.posted_answer(data)),
        }
        return saved_json(
            version=saved.item_version,
            fields=fields,
            replace=replace,
            following=f"{here}?item={following}" if following else "",
        )
    return redirect(f"{here}?item={following or code}")


@audience(Role.ENTERPRISE)
@require_GET
def selftest_live(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return the right column and the outcome of the open item after a save."""
    actor = actor_of(request)
    view = seen(scoring.trial_view, actor=actor, public_id=public_id)
    spec = scoring.scheme_spec(actor=actor, scheme_id=view.head.scheme_id)
    states = _states(view)
    code = code_of(request.GET.get("item"))
    if code not in states:
        raise Http404
    context = {
        **_live(view, states),
        "form": item_form(view, spec, code),
        "leaves": [workspace.leaf(view.item(code), states[code], code)],
        "here": reverse("enterprise:selftest", args=[public_id]),
    }
    return page(request, "enterprise/_live_answer.html", context)


@audience(Role.ENTERPRISE)
@require_GET
def selftest_improve(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the improvement plan of a self-test."""
    actor = actor_of(request)
    view = seen(scoring.trial_view, actor=actor, public_id=public_id)
    plan = improvement_plan(seen(scoring.trial_result, actor=actor, public_id=public_id))
    here = reverse("enterprise:selftest", args=[public_id])
    context = {
        **plan_context(plan, here),
        "head": view.head,
        "crumbs": [
            ("自测", reverse("enterprise:selftests")),
            (_title(actor, public_id), here),
            ("改进计划", ""),
        ],
    }
    return page(request, "enterprise/improve.html", context)


@audience(Role.ENTERPRISE)
@require_POST
def remove_selftest(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Remove a self-test."""
    _, refusal = attempt(
        scoring_services.remove_trial, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    say(request, "自测已删除。")
    return redirect("enterprise:selftests")


def _open(*, actor: Actor, clock: Clock, data: QueryDict) -> str:
    scheme = scoring.scheme(actor=actor, public_id=data.get("scheme", ""))
    source = data.get("source", "")
    case = applications.case(actor=actor, public_id=source) if source else None
    return scoring_services.open_trial(
        actor=actor,
        clock=clock,
        scheme_id=scheme.id,
        industry_code=accounts.enterprise_file(actor=actor).industry_code,
        title=data.get("title", ""),
        source_application_id=None if case is None else case.id,
    )


def _save(
    *, actor: Actor, clock: Clock, public_id: str, code: str, data: QueryDict
) -> scoring_services.SavedTrial:
    """Save what the post changed: the figures under their version, the answer under its own."""
    if figures.mark_of_post(data) != data.get("figures_mark"):
        scoring_services.save_trial_figures(
            actor=actor,
            clock=clock,
            public_id=public_id,
            version=whole(data.get("sheet_version")),
            **figures.posted_figures(data),
        )
    saved = scoring_services.save_trial_answer(
        actor=actor,
        clock=clock,
        public_id=public_id,
        version=whole(data.get("version")),
        item_code=code,
        answer=answers.posted_answer(data),
    )
    if asks_for_later(data):
        scoring_services.put_off_trial_item(
            actor=actor, public_id=public_id, item_code=code, later=bool(data.get("later"))
        )
    return saved


def _page(
    request: HttpRequest,
    public_id: str,
    code: str = "",
    *,
    typed: QueryDict | None = None,
    refusal: DomainError | None = None,
) -> HttpResponseBase:
    actor = actor_of(request)
    view = seen(scoring.trial_view, actor=actor, public_id=public_id)
    states = _states(view)
    if code and code not in states:
        raise Http404
    waiting = (one for one, state in states.items() if state in {workspace.NONE, workspace.PARTIAL})
    code = code or next(waiting, next(iter(states)))
    chosen, sought = code_of(request.GET.get("filter")), request.GET.get("q", "").strip()[:40]
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    spec = scoring.scheme_spec(actor=actor, scheme_id=view.head.scheme_id)
    form = item_form(view, spec, code, figures.Typed(typed, errors))
    here = reverse("enterprise:selftest", args=[public_id])
    fields = newer_versions(refusal)
    context = {
        **_live(view, states),
        "form": form,
        "item": form.item,
        "public_id": public_id,
        "title": _title(actor, public_id),
        "branches": workspace.tree(view, states, code, chosen, sought),
        "filters": [
            one
            for one in workspace.filters(states, chosen, f"{here}?item={code}")
            if one["label"] != "缺佐证"
        ],
        "chosen": chosen,
        "sought": sought,
        "next_open": workspace.next_open(states, code),
        "here": here if request.method == "POST" else "",
        "again": f"{here}?item={code}",
        "toc_open": request.GET.get("toc") == "1",
        "crumbs": [("自测", reverse("enterprise:selftests")), (_title(actor, public_id), "")],
        "version": fields.get("version", form.item.version),
        "sheet_version": fields.get("sheet_version", view.head.version),
        "period": view.period,
    }
    return page(request, "enterprise/selftest.html", context, refusal=refusal)


def _states(view: SheetView) -> dict[str, str]:
    """Return the state of every item; a self-test asks for no documents."""
    return {item.code: workspace.state_of(item, (), {item.code: 1}) for item in items_of(view)}


def _live(view: SheetView, states: dict[str, str]) -> dict[str, Any]:
    return {"live": workspace.live(view, states, _TARGET), "sheet": view}


def _title(actor: Actor, public_id: str) -> str:
    return next((row.title for row in scoring.trials(actor=actor) if row.public_id == public_id), "自测")
