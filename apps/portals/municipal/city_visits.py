"""现场复核 as the city sees it: the districts' results to read, its own visits to record and sign (R-33 … R-36)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.monitoring import selectors as monitoring
from apps.monitoring import services
from apps.monitoring.checklists import check_summary
from apps.monitoring.states import RECHECK_LIFE
from apps.portals.base.http import page
from apps.portals.base.inspection_form import inspection_fields, record_posted
from apps.portals.base.posted import text
from apps.portals.base.recheck_checklist import ChecklistPages
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def recheck(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one recheck; a post records what the city's own visit found."""
    if request.method != "POST":
        return _page(request, public_id)
    return _act(
        request,
        public_id,
        "复查结果已登记，等待签批。",
        lambda **who: record_posted(request, **who, public_id=public_id),
    )


@audience(Role.MUNICIPAL)
@require_POST
def sign(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Sign the city's own result; a failed one orders the rectification."""
    return _act(
        request,
        public_id,
        "复查结果已签批，属地已收到通知。",
        lambda **who: services.sign_recheck(**who, public_id=public_id, order_no=text(request, "order_no")),
    )


@audience(Role.MUNICIPAL)
@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Send the record back to be looked at again."""
    return _act(
        request,
        public_id,
        "已退回重核。",
        lambda **who: services.return_recheck(**who, public_id=public_id, note=text(request, "note")),
    )


CHECKLIST = ChecklistPages("municipal", "recheck", "checklist", "checklist_photos")


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the checklist of a visit; a post saves one item or all of them (the city's own visits only)."""
    return (
        CHECKLIST.save(request, public_id) if request.method == "POST" else CHECKLIST.show(request, public_id)
    )


@audience(Role.MUNICIPAL)
@require_POST
def check_photo(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take in one photo of the city's visit."""
    return CHECKLIST.photo(request, public_id)


def _act(request: HttpRequest, public_id: str, done: str, deed: Callable[..., Any]) -> HttpResponseBase:
    return act(
        request,
        deed,
        done=done,
        to=reverse("municipal:recheck", args=[public_id]),
        again=lambda refusal: _page(request, public_id, refusal),
    )


def _page(request: HttpRequest, public_id: str, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(monitoring.recheck, actor=actor, public_id=public_id)
    # A district's visit is the district's to record and sign, although the city may look on.
    events = {step.event for step in RECHECK_LIFE.events_for(row.state, actor)} if row.by_city else set()
    context = {
        **inspection_fields(request.POST),
        "row": row,
        "may_record": "record" in events,
        "checks": seen(check_summary, actor=actor, public_id=public_id, on=DatabaseClock().now().on),
        "checklist_url": reverse("municipal:checklist", args=[public_id]),
        "may_sign": "sign" in events and row.recorded_by_id != actor.user_id,
        "own_record": "sign" in events and row.recorded_by_id == actor.user_id,
    }
    return page(request, "municipal/recheck.html", context, refusal=refusal)
