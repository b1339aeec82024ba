"""现场复核 in the district: the plan, arranging a visit, recording it, signing and reporting (R-33 … R-36)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.monitoring import selectors as monitoring
from apps.monitoring import services
from apps.monitoring.checklists import check_summary
from apps.monitoring.planning import overdue_count, recheck_plan
from apps.monitoring.spot_checks import spot_checks
from apps.monitoring.states import RECHECK_LIFE
from apps.portals.base.edition import edition
from apps.portals.base.http import attempt, page, say
from apps.portals.base.inspection_form import inspection_fields, record_posted
from apps.portals.base.posted import required_day, text
from apps.portals.base.recheck_checklist import ChecklistPages
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.common import shown_now
from apps.titles import selectors as titles
from apps.titles.states import CANCELLING, RECTIFYING

_TRIGGERS = (("cycle", "定期复核"), ("risk", "风险触发"), ("report", "举报线索"), ("change", "重大事项变更"))


@audience(Role.DISTRICT)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """Show the plan of the district and the rechecks so far."""
    actor, now = actor_of(request), shown_now()
    plan = recheck_plan(actor=actor, on=now.on)
    context = {
        "plan": plan,
        "overdue": overdue_count(plan),
        "rows": monitoring.rechecks(actor=actor),
        "spot_checks": spot_checks(actor=actor),
        "may_plan": actor.has(Duty.HANDLER, Duty.SIGNER),
        "now": now.at,
        "today": now.on,
        "edition": edition(now.on),
    }
    return page(request, "district/inspections.html", context)


@audience(Role.DISTRICT)
@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Arrange a recheck of one title."""
    if request.method != "POST":
        return _arrange_form(request, public_id)
    made, refusal = attempt(
        lambda **who: services.plan_recheck(
            **who,
            title_public_id=public_id,
            planned_on=required_day(request, "planned_on", "计划日期"),
            trigger=text(request, "trigger"),
            note=text(request, "note"),
        ),
        actor=actor_of(request),
        clock=DatabaseClock(),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _arrange_form(request, public_id, refusal)
    say(request, "复核已安排，企业已收到通知。")
    return redirect("district:inspection", made)


def _arrange_form(
    request: HttpRequest, public_id: str, refusal: DomainError | None = None
) -> HttpResponseBase:
    title = seen(titles.title_file, actor=actor_of(request), public_id=public_id).row
    context = {
        "title": title,
        "triggers": _TRIGGERS,
        "held_up": title.state_label if title.state in {RECTIFYING, CANCELLING} else "",
        "typed": request.POST if request.method == "POST" else {"trigger": "cycle"},
        "crumbs": [("现场复核", reverse("district:inspections")), (title.enterprise_name, "")],
    }
    return page(request, "district/arrange.html", context, refusal=refusal)


@audience(Role.DISTRICT)
@require_http_methods(["GET", "HEAD", "POST"])
def inspection(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one recheck; a post records what the visit found."""
    if request.method != "POST":
        return _page(request, public_id)
    return _act(
        request,
        public_id,
        "复核结果已登记，等待签批。",
        lambda **who: record_posted(request, **who, public_id=public_id),
    )


@audience(Role.DISTRICT)
@require_POST
def sign(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Sign the result and report it to the city; a failed one orders the rectification."""
    return _act(
        request,
        public_id,
        "已签批并报送市工业和信息化局。",
        lambda **who: services.sign_recheck(**who, public_id=public_id, order_no=text(request, "order_no")),
    )


@audience(Role.DISTRICT)
@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Send the record back to be looked at again."""
    return _act(
        request,
        public_id,
        "已退回重核。",
        lambda **who: services.return_recheck(**who, public_id=public_id, note=text(request, "note")),
    )


CHECKLIST = ChecklistPages("district", "inspection", "checklist", "checklist_photos")


@audience(Role.DISTRICT)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show the checklist of the visit; a post saves one item or all of them."""
    return (
        CHECKLIST.save(request, public_id) if request.method == "POST" else CHECKLIST.show(request, public_id)
    )


@audience(Role.DISTRICT)
@require_POST
def check_photo(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take in one photo of the visit."""
    return CHECKLIST.photo(request, public_id)


def _act(request: HttpRequest, public_id: str, done: str, deed: Callable[..., Any]) -> HttpResponseBase:
    _, refusal = attempt(deed, actor=actor_of(request), clock=DatabaseClock())
    must_be_visible(refusal)
    if refusal is not None:
        return _page(request, public_id, refusal)
    say(request, done)
    return redirect("district:inspection", public_id)


def _page(request: HttpRequest, public_id: str, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    row = seen(monitoring.recheck, actor=actor, public_id=public_id)
    events = set() if row.by_city else {step.event for step in RECHECK_LIFE.events_for(row.state, actor)}
    context = {
        **inspection_fields(request.POST),
        "row": row,
        "may_record": "record" in events,
        "checks": seen(check_summary, actor=actor, public_id=public_id, on=now.on),
        "checklist_url": reverse("district:checklist", args=[public_id]),
        "may_sign": "sign" in events and row.recorded_by_id != actor.user_id,
        "own_record": "sign" in events and row.recorded_by_id == actor.user_id,
        "crumbs": [("现场复核", reverse("district:inspections")), (row.enterprise_name, "")],
        "now": now.at,
    }
    return page(request, "district/inspection.html", context, refusal=refusal)
