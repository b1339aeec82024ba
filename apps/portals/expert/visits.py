"""The on-site record of a panel as its members see it and its leader keeps it (R-21); made for the phone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock, Moment, shown_at
from apps.portals.base.errors import error_page
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.base.visit_pages import VisitPages, typed_findings, visit_of
from apps.review import selectors as review
from apps.review import services
from apps.review.selectors import PanelFile

_NAMES = (
    "visited_on",
    "place",
    "people",
    "accompanied_by",
    "opening_at",
    "closing_at",
    "problems",
    "conclusion",
)


def _crumbs(actor: Actor, panel: PanelFile) -> dict[str, Any]:
    own = next((row for row in panel.members if row.expert_id == actor.expert_id), None)
    middle = [] if own is None else [("专家组评估", reverse("expert:panel", args=[own.public_id]))]
    return {"crumbs": [("我的评审", reverse("expert:home")), *middle, ("现场核实记录", "")]}


PAGES = VisitPages(
    portal="expert",
    template="expert/record.html",
    files="/x/evidence/",
    may_write=lambda actor, panel: panel.leader_id == actor.expert_id,
    context=_crumbs,
)


@audience(Role.EXPERT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The leader records an on-site visit (F-10); signatures and photos follow on the record's page."""
    actor = actor_of(request)
    task = seen(review.my_task, actor=actor, public_id=public_id)
    if request.method == "GET" and not task.is_leader:
        # Nobody is given a form to fill in that would be refused once it is full.
        return error_page(request, 403, "403.html", "现场核实由市局经办或专家组长登记。")
    typed = {name: text(request, name) for name in _NAMES}
    refusal: DomainError | None = None
    if request.method == "POST":
        made, refusal = _record(request, actor, task.case.public_id)
        must_be_visible(refusal)
        if refusal is None:
            say(request, "现场核实记录已保存，请双方签名。")
            return redirect("expert:site_visit", made)
    else:
        typed["visited_on"] = Moment.of(shown_at()).on.isoformat()
        typed["people"] = actor.name
        typed["place"] = _address(actor, task.case.public_id)
    return page(
        request,
        "expert/visit.html",
        {
            "task": task,
            "case": task.case,
            "typed": typed,
            "findings": typed_findings(request),
            "crumbs": [
                ("我的评审", reverse("expert:home")),
                (task.case.enterprise_name, reverse("expert:review", args=[task.public_id])),
                ("现场核实记录", ""),
            ],
        },
        refusal=refusal,
    )


def _address(actor: Actor, application: str) -> str:
    """Return the address of the factory as filed; the record begins with it."""
    file = seen(applications.application_file, actor=actor, public_id=application, with_history=False)
    return next((row.value for row in file.profile if row.field.code == "site_address"), "")


def _record(request: HttpRequest, actor: Actor, application: str) -> tuple[str | None, DomainError | None]:
    try:
        visit = visit_of(request)
    except Invalid as invalid:
        return None, invalid
    return attempt(
        services.record_site_visit, actor=actor, clock=DatabaseClock(), public_id=application, visit=visit
    )


@audience(Role.EXPERT)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the record."""
    return PAGES.show(request, public_id)


@audience(Role.EXPERT)
@require_POST
def sign(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Put a signature under it."""
    return PAGES.sign(request, public_id)


@audience(Role.EXPERT)
@require_POST
def photo(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Keep photos with it."""
    return PAGES.photo(request, public_id)


@audience(Role.EXPERT)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Ask for an on-site verification with the reason, or withdraw the request."""
    actor = actor_of(request)
    task = seen(review.my_task, actor=actor, public_id=public_id)
    if task.sheet_public_id is None:
        return redirect("expert:review", public_id)
    refusal: DomainError | None = None
    if request.method == "POST":
        reason = text(request, "reason")
        if not reason.strip() and "withdraw" not in request.POST:
            refusal = Invalid.of("reason", "请写明为什么需要现场核实。")
        else:
            _, refusal = attempt(
                services.request_site_visit,
                actor=actor,
                clock=DatabaseClock(),
                public_id=public_id,
                reason="" if "withdraw" in request.POST else reason,
            )
        must_be_visible(refusal)
        if refusal is None:
            say(request, "已撤回建议。" if "withdraw" in request.POST else "已建议现场核实，市局已收到理由。")
            return redirect("expert:review", public_id)
    return page(
        request,
        "expert/ask_visit.html",
        {
            "task": task,
            "case": task.case,
            "reason": text(request, "reason") or task.site_visit_reason,
            "ready": task.state == "declared",
            "crumbs": [
                ("我的评审", reverse("expert:home")),
                (task.case.enterprise_name, reverse("expert:review", args=[task.public_id])),
                ("建议现场核实", ""),
            ],
        },
        refusal=refusal,
    )
