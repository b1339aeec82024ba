"""The self-evaluation workspace: one item at a time, saved with its version, the live result beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.applications import selectors as applications
from apps.applications import services as application_services
from apps.applications.selectors import ApplicationFile
from apps.applications.states import SUPPLEMENTING
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import Conflict, DomainError, Invalid
from apps.core.moment import Clock, DatabaseClock
from apps.evidence import selectors as evidence
from apps.policy.evaluation.spec import SchemeSpec
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import whole
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.enterprise import answers, figures, workspace
from apps.portals.enterprise.item_form import item_form, items_of
from apps.portals.enterprise.pages.common import (
    application_crumbs,
    code_of,
    refused_json,
    saved_json,
    shown_now,
    steps_of,
    wants_json,
)
from apps.scoring import selectors as scoring
from apps.scoring.selectors import SheetHead, SheetView


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the workspace reads: the file, the sheet, its scheme, evidence counts, item states."""

    file: ApplicationFile
    head: SheetHead
    view: SheetView
    spec: SchemeSpec
    states: dict[str, str]
    returned: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What one save of the workspace left: versions, sums, the item's points ("" when unknown)."""

    version: int
    sheet_version: int
    total_text: str
    answered: int
    count: int
    points: str | None
    saved: bool


@audience(Role.ENTERPRISE)
@require_GET
def evaluate(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the workspace at `?item=`, else at the first item that is still open."""
    return workspace_page(request, public_id, code_of(request.GET.get("item")))


@audience(Role.ENTERPRISE)
@require_POST
def save_item(request: HttpRequest, public_id: str, code: str) -> HttpResponseBase:
    """Save figures and answer of one item; `go` names the item to show next."""
    data = request.POST
    here = reverse("enterprise:evaluate", args=[public_id])
    kept, refusal = attempt(
        _save, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id, code=code, data=data
    )
    must_be_visible(refusal)
    if kept is None:
        assert refusal is not None  # noqa: S101  (attempt returns one of the two)
        fields = newer_versions(refusal)
        if wants_json(request):
            return refused_json(request, refusal, fields=fields, **_both(request, public_id, code, refusal))
        return workspace_page(request, public_id, code, typed=data, refusal=refusal)
    if wants_json(request):
        following = code_of(data.get("go") or data.get("later"))
        return _saved_answer(kept, data, f"{here}?item={following}" if following else "")
    if kept.saved:
        say(request, f"{code} 已保存。")
    return redirect(f"{here}?item={code_of(data.get('go') or data.get('later')) or code}")


def asks_for_later(data: QueryDict) -> bool:
    """Whether a post sets or takes away the mark 稍后处理; only the buttons do, an autosave leaves it as it is."""
    return bool(data.get("later") or (data.get("go") and data.get("put_off") == "1"))


def doubts_url(public_id: str) -> str:
    """Return where a questioned figure or file is explained."""
    return reverse("enterprise:check", args=[public_id]) + "#doubts"


@audience(Role.ENTERPRISE)
@require_GET
def live(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return the right column and the outcome of the open item after a save, for the page to put in place."""
    desk = read_desk(actor_of(request), public_id)
    code = code_of(request.GET.get("item"))
    if desk is None or code not in desk.states:
        raise Http404
    item = desk.view.item(code)
    request.organisation = desk.file.case.enterprise_name  # type: ignore[attr-defined]  # read by the shell context
    return page(
        request,
        "enterprise/_live_answer.html",
        {
            **_live_context(desk),
            "form": item_form(desk.view, desk.spec, code),
            "leaves": [workspace.leaf(item, desk.states[code], code)],
            "file": desk.file,
            "here": reverse("enterprise:evaluate", args=[public_id]),
            "doubts_url": doubts_url(public_id),
        },
    )


@audience(Role.ENTERPRISE)
@require_GET
def gates(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return the conditions of the level applied for, line by line (loaded after the page)."""
    actor = actor_of(request)
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    found = seen(
        applications.eligibility,
        actor=actor,
        round_public_id=file.case.round_public_id,
        level=file.case.level,
        moment=shown_now(),
    )
    return page(request, "enterprise/_gates.html", {"eligibility": found})


def workspace_page(
    request: HttpRequest,
    public_id: str,
    code: str = "",
    *,
    typed: QueryDict | None = None,
    refusal: DomainError | None = None,
    upload_errors: list[str] | None = None,
) -> HttpResponseBase:
    """Return the workspace; a refusal sets the status and keeps what was typed."""
    actor = actor_of(request)
    desk = read_desk(actor, public_id)
    if desk is None:
        return redirect("enterprise:scheme", public_id)
    request.organisation = desk.file.case.enterprise_name  # type: ignore[attr-defined]  # read by the shell context
    if code and code not in desk.states:
        raise Http404
    code = code or first_open(desk)
    uses = evidence.uses_of(actor=actor, application_id=desk.file.case.id, place="item", code=code)
    chosen, sought = code_of(request.GET.get("filter")), request.GET.get("q", "").strip()[:40]
    base = _address(public_id, code)
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    form = item_form(desk.view, desk.spec, code, figures.Typed(typed, errors), _subjects(desk, code))
    fields = newer_versions(refusal)
    context = {
        **_live_context(desk),
        "file": desk.file,
        "form": form,
        "item": form.item,
        "uses": uses,
        "branches": workspace.tree(desk.view, desk.states, code, chosen, sought),
        "sought": sought,
        "next_open": workspace.next_open(desk.states, code),
        "saved_at": desk.head.changed_at if desk.head.editable and desk.head.answered else None,
        "filters": workspace.filters(desk.states, chosen, base),
        "chosen": chosen,
        # A short address keeps a page with a hundred links small; after a refused post it must be written out.
        "here": reverse("enterprise:evaluate", args=[public_id]) if request.method == "POST" else "",
        "doubts_url": doubts_url(public_id),
        "toc_open": request.GET.get("toc") == "1",
        "crumbs": application_crumbs(desk.file, "自评打分"),
        "steps": steps_of(desk.file, desk.head, "evaluate"),
        "now": shown_now().at,
        "entry_version": fields.get("version", form.item.version),
        "sheet_version": fields.get("sheet_version", desk.head.version),
        "returned_here": [
            row for row in desk.file.returned if row.turn == desk.file.case.turn and row.code == code
        ],
        "upload_errors": upload_errors,
        "theirs": _in_words(desk, code, refusal),
        "mine": _mine(desk, code, refusal, typed),
        "again": _address(public_id, code),
        "period": desk.view.period,
    }
    return page(
        request, "enterprise/evaluate.html", context, refusal=refusal, status=422 if upload_errors else 200
    )


def read_desk(actor: Actor, public_id: str) -> Desk | None:
    """Return what the workspace shows, None while no evaluation system is chosen."""
    file = seen(applications.application_file, actor=actor, public_id=public_id, with_history=False)
    view = scoring.current_view(actor=actor, application_id=file.case.id, kind="self")
    if view is None:
        return None
    counts = {
        code: count
        for (place, code), count in evidence.counts(actor=actor, application_id=file.case.id).items()
        if place == "item"
    }
    returned = [
        (row.code, row.label, row.reason)
        for row in file.returned
        if file.case.state == SUPPLEMENTING
        and row.turn == file.case.turn
        and row.part in {"item", "evidence"}
        and row.answered_at is None
    ]
    codes = {code for code, _, _ in returned}
    states = {item.code: workspace.state_of(item, codes, counts) for item in items_of(view)}
    return Desk(file, view.head, view, scoring.spec_of_digest(view.head.scheme_digest), states, returned)


def first_open(desk: Desk) -> str:
    """Return the item to begin with: a returned one, else the first that is open, else the first of all."""
    if desk.returned and desk.returned[0][0] in desk.states:
        return desk.returned[0][0]
    open_items = (code for code, state in desk.states.items() if state in {workspace.NONE, workspace.PARTIAL})
    return next(open_items, next(iter(desk.states)))


def newer_versions(refusal: DomainError | None) -> dict[str, Any]:
    """Return the hidden fields with which a person saves knowingly over the newer version."""
    if not isinstance(refusal, Conflict) or "version" not in refusal.current:
        return {}
    name = "version" if "item_code" in refusal.current else "sheet_version"
    return {name: refusal.current["version"]}


def _save(*, actor: Actor, clock: Clock, public_id: str, code: str, data: QueryDict) -> Kept:
    """Save what the post changed: the figures of the year, the answer to the item, or both."""
    version, sheet_version = whole(data.get("version")), whole(data.get("sheet_version"))
    kept = Kept(version, sheet_version, "", 0, 0, None, saved=False)
    if figures.mark_of_post(data) != data.get("figures_mark"):
        sheet = application_services.save_measurements(
            actor=actor,
            clock=clock,
            public_id=public_id,
            version=sheet_version,
            **figures.posted_figures(data),
        )
        kept = Kept(
            version,
            sheet.version,
            sheet.total_text,
            sheet.answered,
            sheet.item_count,
            sheet.changed.get(code),
            saved=True,
        )
    answer = answers.posted_answer(data)
    if answers.mark_of_answer(answer) != data.get("answer_mark"):
        entry = application_services.save_answer(
            actor=actor, clock=clock, public_id=public_id, item_code=code, version=version, answer=answer
        )
        kept = Kept(
            entry.version,
            kept.sheet_version,
            entry.sheet.total_text,
            entry.sheet.answered,
            entry.sheet.item_count,
            entry.points_text,
            saved=True,
        )
    if asks_for_later(data):
        application_services.put_off_item(
            actor=actor, clock=clock, public_id=public_id, item_code=code, later=bool(data.get("later"))
        )
    return kept


def _saved_answer(kept: Kept, data: QueryDict, following: str) -> JsonResponse:
    replace = {}
    if kept.total_text:
        replace = {"sheet-total": kept.total_text, "tree-done": f"{kept.answered} / {kept.count} 项完成"}
    if kept.points is not None:
        replace["item-points"] = kept.points or "—"
    fields = {
        "sheet_version": kept.sheet_version,
        "figures_mark": figures.mark_of_post(data),
        "answer_mark": answers.mark_of_answer(answers.posted_answer(data)),
    }
    return saved_json(version=kept.version, fields=fields, replace=replace, following=following)


def _live_context(desk: Desk) -> dict[str, Any]:
    return {
        "live": workspace.live(desk.view, desk.states, desk.file.case.level, desk.returned),
        "sheet": desk.view,
    }


def _subjects(desk: Desk, code: str) -> dict[str, tuple[str, ...]]:
    """Return the pollutants that have industry values, for the rows of the open item."""
    return {
        metric.code: scoring.benchmark_subjects(
            metric=metric.code, industry_code=desk.file.case.industry_code, on=shown_now().on
        )
        for metric in desk.view.item(code).metrics
        if metric.by_rows
    }


def _both(request: HttpRequest, public_id: str, code: str, refusal: DomainError) -> dict[str, Any]:
    """Return both versions of a conflict in words: what is stored and what was just sent."""
    if not isinstance(refusal, Conflict):
        return {}
    desk = read_desk(actor_of(request), public_id)
    if desk is None or code not in desk.states:
        return {}
    return {
        "theirs": _in_words(desk, code, refusal),
        "mine": _mine(desk, code, refusal, request.POST),
        "again": _address(public_id, code),
    }


def _address(public_id: str, code: str) -> str:
    return f"{reverse('enterprise:evaluate', args=[public_id])}?item={code}"


def _mine(
    desk: Desk, code: str, refusal: DomainError | None, data: QueryDict | None
) -> list[tuple[str, str]]:
    """Return what this person sent in words, beside the other person's version."""
    if not isinstance(refusal, Conflict) or data is None:
        return []
    item = desk.view.item(code)
    if "item_code" in refusal.current:
        return answers.in_words(answers.posted_answer(data), item, desk.spec.item(code))
    stored = {one.code: one for metric in item.metrics for one in metric.inputs}
    return [
        (one.name, f"{text} {one.unit}" if text else "未填写")
        for one, text in ((one, str(data.get(f"v.{one.code}") or "").strip()) for one in stored.values())
        if f"v.{one.code}" in data
    ]


def _in_words(desk: Desk, code: str, refusal: DomainError | None) -> list[tuple[str, str]]:
    """Return the other person's version of the item in words, for a conflict."""
    if not isinstance(refusal, Conflict):
        return []
    current = refusal.current
    item = desk.view.item(code)
    if "item_code" in current:
        said = {**current.get("answer", {}), "reason": current.get("reason", "")}
        return answers.in_words(said, item, desk.spec.item(code))
    stored = {one.code: one for metric in item.metrics for one in metric.inputs}
    return [(one.name, f"{one.value} {one.unit}" if one.value else "未填写") for one in stored.values()]
