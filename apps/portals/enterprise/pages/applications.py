"""The enterprise's applications: the list, the file of one, and the acts on it outside the forms."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from apps.applications import selectors as applications
from apps.applications import services as application_services
from apps.applications.selectors import CaseRow, TimelineEntry
from apps.applications.states import CONVERSION_OFFERED, DRAFT, FINAL, SUPPLEMENTING
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.parameters.selectors import in_force
from apps.policy.recommendation import below80_outcome
from apps.portals.base.http import attempt, page, say
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.enterprise.pages.common import application_crumbs, shown_now, steps_of
from apps.publicity import selectors as publicity
from apps.publicity.states import ACCEPTED
from apps.review import selectors as review
from apps.review import services as review_services
from apps.scoring import selectors as scoring
from apps.titles import selectors as titles

_OBJECTION, _CREDIT = "objection", "credit_check"
_GOOD, _BAD = {"awarded", "filing_acknowledged"}, {"refused", "not_recommended", "rejected", "lapsed"}


@audience(Role.ENTERPRISE)
@require_GET
def my_applications(request: HttpRequest) -> HttpResponseBase:
    """List the enterprise's applications, running ones first."""
    rows = applications.my_applications(actor=actor_of(request))
    context = {
        "running": [row for row in rows if row.state not in FINAL],
        "ended": [row for row in rows if row.state in FINAL],
        "good": _GOOD,
        "bad": _BAD,
    }
    return page(request, "enterprise/applications.html", context)


@audience(Role.ENTERPRISE)
@require_GET
def application(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one application: where it is, what to do next, its parts, its history."""
    return file_page(request, public_id)


@audience(Role.ENTERPRISE)
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Withdraw a draft, or an application that has not been accepted."""
    return _act(
        request,
        public_id,
        application_services.withdraw,
        "申报已撤回。",
        reason=request.POST.get("reason", ""),
    )


@audience(Role.ENTERPRISE)
@require_POST
def request_exemption(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Ask for an exemption from a rule that holds 原则上."""
    return _act(
        request,
        public_id,
        application_services.request_exemption,
        "例外情形说明已提交属地，批准后即可提交申报。",
        rule=request.POST.get("rule", ""),
        reason=request.POST.get("reason", ""),
        basis=request.POST.get("basis", ""),
        upload=request.FILES.get("document"),
    )


@audience(Role.ENTERPRISE)
@require_POST
def answer_conversion(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Agree, or not, to a 1A/2A evaluation instead of 3A."""
    answer = request.POST.get("consent", "")
    if answer not in {"yes", "no"}:
        # No answer is not a refusal: a refusal ends the application.
        refusal = Invalid({"": ["请选择同意或不同意转为本级评定。"]})
        return file_page(request, public_id, refusal=refusal)
    consent = answer == "yes"
    return _act(
        request,
        public_id,
        application_services.answer_conversion,
        "已同意转为本级评定。" if consent else "已答复不同意转为本级评定，本次申报办结。",
        consent=consent,
    )


@audience(Role.ENTERPRISE)
@require_POST
def reply(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Answer a remark of the bureau about an item, or about the case."""
    return _act(
        request,
        public_id,
        review_services.add_remark,
        "已回复，属地经办人会收到提醒。",
        item_code=request.POST.get("item_code", ""),
        audience="enterprise",
        text=request.POST.get("text", ""),
        key=request.POST.get("key", ""),
    )


def file_page(
    request: HttpRequest, public_id: str, *, refusal: DomainError | None = None
) -> HttpResponseBase:
    """Return the file of one application; a refusal of one of its acts is shown on top."""
    actor, now = actor_of(request), shown_now()
    file = seen(applications.application_file, actor=actor, public_id=public_id)
    sheet = scoring.current_sheet(actor=actor, application_id=file.case.id, kind="self")
    draft = file.case.state == DRAFT
    editable = draft or file.case.state == SUPPLEMENTING
    actions = {
        action.event: action
        for action in applications.available_actions(actor=actor, public_id=public_id, moment=now)
    }
    progress = applications.progress(actor=actor, public_id=public_id)
    offered = file.case.state == CONVERSION_OFFERED
    answer_due_on = applications.conversion_due_on(actor=actor, public_id=public_id) if offered else None
    context = {
        "file": file,
        "sheet": sheet,
        "now": now.at,
        "progress": progress,
        "stations": [
            {"label": step.label, "state": {"coming": "todo"}.get(step.state, step.state)}
            for step in progress.steps
        ],
        "parts": [part for part in steps_of(file, sheet) if editable and (draft or part["code"] != "check")],
        "actions": actions,
        "conversion_level": _conversion_level(actor, file.case, now.on),
        "conversion_due_on": answer_due_on,
        "conversion_late": answer_due_on is not None and answer_due_on < now.on,
        "events": [_event(entry) for entry in applications.timeline(actor=actor, public_id=public_id)],
        "returned": [row for row in file.returned if row.turn == file.case.turn],
        "released": [
            head
            for head in scoring.sheets_of(actor=actor, application_id=file.case.id)
            if head.kind != "self" and head.total is not None
        ],
        "changed": applications.what_changed(actor=actor, public_id=public_id) if file.case.turn else None,
        "objections": publicity.objections(actor=actor, state=ACCEPTED, application_id=file.case.id)
        if file.case.state == _OBJECTION
        else [],
        "inquiries": [
            row for row in publicity.credit_inquiries(actor=actor, application_id=file.case.id) if row.is_open
        ]
        if file.case.state == _CREDIT
        else [],
        "waivable": _waivable(file.case.state, actions),
        "remarks": _remarks(review.remarks(actor=actor, application_id=file.case.id))
        if file.case.submitted_at
        else [],
        "reply_key": request.POST.get("key") or secrets.token_urlsafe(12),
        "crumbs": application_crumbs(file),
        "typed": request.POST,
    }
    return page(request, "enterprise/application.html", context, refusal=refusal)


def _conversion_level(actor: Actor, case: CaseRow, on: date) -> str:
    """Return the level that the offered conversion leads to by the signed score, "" when none is offered."""
    if case.state != CONVERSION_OFFERED or case.prelim_total is None:
        return ""
    standing = titles.standing_of(actor=actor, enterprise_id=case.enterprise_id)
    outcome = below80_outcome(case.prelim_total, standing=standing, consent=None, parameters=in_force(on=on))
    return outcome.level.label if outcome.level is not None else ""


def _remarks(rows: list[review.RemarkRow]) -> list[tuple[str, list[review.RemarkRow]]]:
    """Return the threads by item, in the order in which each began; "" is the case as a whole."""
    threads: dict[str, list[review.RemarkRow]] = {}
    for row in rows:
        threads.setdefault(row.item_code, []).append(row)
    return list(threads.items())


def _waivable(state: str, actions: dict[str, Any]) -> list[Any]:
    """Return the refusals against submission for which an exemption may be asked."""
    submit = actions.get("submit")
    if state != DRAFT or submit is None:
        return []
    return [refusal for refusal in submit.verdict.refusals if refusal.in_principle]


def _event(entry: TimelineEntry) -> dict[str, Any]:
    moved = (
        f"{entry.from_state} → {entry.to_state}"
        if entry.from_state and entry.to_state != entry.from_state
        else ""
    )
    return {
        "title": entry.label,
        "at": entry.at,
        "who": entry.who,
        "note": f"{entry.note.rstrip('。')}。{moved}" if entry.note else moved,
    }


def _act(
    request: HttpRequest, public_id: str, service: Callable[..., Any], done: str, **arguments: Any
) -> HttpResponseBase:
    """Carry out one act on an application and go back to its file, or show what stands against it."""
    _, refusal = attempt(
        service, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id, **arguments
    )
    must_be_visible(refusal)
    if refusal is not None:
        return file_page(request, public_id, refusal=refusal)
    say(request, done)
    return redirect("enterprise:application", public_id)
