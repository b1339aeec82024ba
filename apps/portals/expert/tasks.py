"""One task of an expert: the recusal declaration, the desk, the material, handing in, recusal (R-19, R-20)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock, shown_at
from apps.evidence import selectors as evidence
from apps.portals.base.desk import differing_rows
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.expert.desk import PAGES, closed, seat_of
from apps.review import selectors as review
from apps.review import services
from apps.review.selectors import AssignmentRow
from apps.scoring import selectors as sheets

_INVITED, _DECLARED = "invited", "declared"
_OPEN_ITEM = "尚未评分。"


@audience(Role.EXPERT)
@require_GET
def task(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the declaration first, the desk once it is signed."""
    row = seen(review.my_task, actor=actor_of(request), public_id=public_id)
    if row.sheet_public_id is None:
        return _declaration(request, public_id)
    return PAGES.show(request, public_id, seat=seat_of(row))


@audience(Role.EXPERT)
@require_POST
def declare(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Sign that there is no conflict of interest; the material opens."""
    if "agreed" not in request.POST:
        return _declaration(request, public_id, missing=True)
    _, refusal = attempt(
        services.declare_no_conflict, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    if refusal:
        return _declaration(request, public_id, refusal)
    say(request, "声明已签署，可以开始评审。")
    return redirect("expert:review", public_id)


@audience(Role.EXPERT)
@require_http_methods(["GET", "POST"])
def recuse(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Ask to be recused, with the reason; also after the declaration, when a tie comes to light."""
    if request.method == "GET":
        return _declaration(request, public_id)
    reason = text(request, "reason")
    _, refusal = attempt(
        services.recuse, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id, reason=reason
    )
    must_be_visible(refusal)
    if refusal:
        return _declaration(request, public_id, refusal, reason=reason)
    say(request, "已申请回避，市工业和信息化局将调整专家。")
    return redirect("expert:home")


@audience(Role.EXPERT)
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Sum up before handing in: open items, differences, strengths, problems, advice."""
    actor = actor_of(request)
    if request.method == "POST" and (ended := closed(request, public_id)) is not None:
        return ended
    row = seen(review.my_task, actor=actor, public_id=public_id)
    if row.sheet_public_id is None:
        return redirect("expert:review", public_id)
    said = {name: text(request, name) for name in ("strengths", "problems", "advice")}
    sent = request.method == "POST"
    wants = "wants_site_visit" in request.POST if sent else row.wants_site_visit
    asked = text(request, "site_visit_reason") if sent else row.site_visit_reason
    refusal: DomainError | None = None
    if request.method == "POST":
        _, refusal = attempt(
            services.submit_assessment,
            actor=actor,
            clock=DatabaseClock(),
            public_id=public_id,
            assessment=services.Assessment(**said, wants_site_visit=wants, site_visit_reason=asked),
        )
        must_be_visible(refusal)
        if isinstance(refusal, Invalid):
            refusal = _for_the_form(refusal, {"", *said, "site_visit_reason"})
        if refusal is None:
            say(request, f"{row.case.enterprise_name}的评审意见已提交。")
            return redirect("expert:home")
    view = sheets.compare_view(actor=actor, public_id=row.sheet_public_id)
    return page(
        request,
        "expert/submit.html",
        {
            "task": row,
            "case": row.case,
            "view": view,
            "differences": differing_rows(view),
            "said": said,
            "wants_site_visit": wants,
            "site_visit_reason": asked,
            "ready": row.state == _DECLARED,
            "crumbs": _crumbs(row, "提交评审意见"),
        },
        refusal=refusal,
    )


def _for_the_form(refusal: Invalid, fields: set[str]) -> Invalid:
    """Return the faults as this page can show them.

    Items have no field here: that some are open is said once, and the page leads to the desk; what else is wrong
    with one is said with its code.
    """
    errors = {field: told for field, told in refusal.errors.items() if field in fields}
    others = [
        f"{code}：{message}"
        for code, told in refusal.errors.items()
        for message in told
        if code not in fields and message != _OPEN_ITEM
    ]
    return Invalid({**errors, "": [*errors.get("", []), *others]})


@audience(Role.EXPERT)
@require_GET
def material(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show what the enterprise handed in beside the items: profile, basic requirements, report, files."""
    actor = actor_of(request)
    row = seen(review.my_task, actor=actor, public_id=public_id)
    file = seen(applications.application_file, actor=actor, public_id=row.case.public_id)
    return page(
        request,
        "expert/material.html",
        {
            "task": row,
            "case": file.case,
            "file": file,
            "files": evidence.uses_of(actor=actor, application_id=file.case.id),
            "crumbs": _crumbs(row, "申报材料"),
        },
    )


def _declaration(
    request: HttpRequest, public_id: str, refusal: DomainError | None = None, **typed: Any
) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(review.my_task, actor=actor, public_id=public_id)
    expert = accounts.expert(actor=actor, expert_id=row.expert_id)
    return page(
        request,
        "expert/declaration.html",
        {
            "task": row,
            "case": row.case,
            "expert": expert,
            "invited": row.state == _INVITED,
            "may_recuse": row.state in {_INVITED, _DECLARED},
            "now": shown_at(),
            "crumbs": _crumbs(row, "回避声明"),
            **typed,
        },
        refusal=refusal,
        status=422 if typed.get("missing") else 200,
    )


def _crumbs(row: AssignmentRow, here: str) -> list[tuple[str, str]]:
    return [
        ("我的评审", reverse("expert:home")),
        (row.case.enterprise_name, reverse("expert:review", args=[row.public_id])),
        (here, ""),
    ]
