"""Dated changes of the enterprise: its history, and declaring a new one with the paper that proves it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import membership
from apps.accounts import selectors as accounts
from apps.accounts import services as account_services
from apps.accounts.services import Change
from apps.accounts.states import CHANGES, REPORTS, day_label
from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.days import read_day
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.evidence import services as evidence
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import whole
from apps.portals.base.visible import must_be_visible
from apps.portals.enterprise.pages.common import shown_now
from apps.portals.enterprise.pages.organisation import organisation_tabs

_TEXTS = (
    "reason",
    "name",
    "district",
    "site_address",
    "sub_area",
    "registered_address",
    "legal_representative",
)
_HELP = {
    "rename": "工商登记已变更名称。确认后，平台和有效称号使用新名称，原名称作为曾用名保留。",
    "move": "主要生产厂区迁到新地址。由新厂区所在属地确认；已提交的申报仍由原受理属地办理。",
    "succession": "法定代表人或负责人更换。可同时把负责人账户交接给接任的成员。",
    "boundary": "厂区、车间或外协范围增减，评价的组织边界发生变化。属地核实后可安排复核，重新核对边界内的数据。",
    "pause": "临时停产、恢复生产。登记信息不变，停产期间的期限不因此中止；属地核实后可安排复核。",
    "incident": "安全、环保、质量事故，受到行政处罚，列入失信名单。请在发生后及时报告；属地核实后可安排复核。",
    "closure": "企业注销或不再生产。确认后不能再申报，已有称号由主管部门按规定处理。",
}
_ICONS = {
    "rename": "pencil",
    "move": "map-pin",
    "succession": "users",
    "boundary": "arrows-diff",
    "pause": "clock",
    "incident": "alert-triangle",
    "closure": "circle-x",
}


@audience(Role.ENTERPRISE)
@require_GET
def changes(request: HttpRequest) -> HttpResponseBase:
    """Show the history of changes and what can be declared."""
    return _list(request)


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Declare a change; the district is asked to confirm it."""
    if kind not in CHANGES:
        raise Http404
    if request.method != "POST":
        return _form(request, kind)
    refusal = _declare(request, kind)
    if refusal is not None:
        return _form(request, kind, refusal)
    say(request, f"{CHANGES[kind]}已申报，等待属地确认。")
    return redirect("enterprise:changes")


@audience(Role.ENTERPRISE)
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take a declared change back."""
    _, refusal = attempt(
        account_services.withdraw_change,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _list(request, refusal)
    say(request, "变更申报已撤回。")
    return redirect("enterprise:changes")


def _declare(request: HttpRequest, kind: str) -> DomainError | None:
    effective_on, wrong = None, {}
    try:
        effective_on = read_day(
            request.POST.get("effective_on", ""), field="effective_on", label=day_label(kind)
        )
    except Invalid as refusal:
        wrong = refusal.errors
    texts = {name: request.POST.get(name, "") for name in _TEXTS}
    successor = whole(request.POST.get("successor"))
    _, refused = attempt(
        evidence.request_change,
        actor=actor_of(request),
        clock=DatabaseClock(),
        data=Change(kind=kind, effective_on=effective_on, successor_id=successor or None, **texts),
        document=request.FILES.get("document"),
    )
    must_be_visible(refused)
    # A day that cannot be read is a missing one to the service: its own sentence says more.
    return Invalid({**refused.errors, **wrong}) if isinstance(refused, Invalid) else refused


def _list(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    rows = membership.changes(actor=actor)
    waiting = {row.kind for row in rows if row.is_open}
    enterprise = accounts.enterprise_file(actor=actor)
    may = enterprise.is_confirmed and actor.has(Duty.RESPONSIBLE)
    context = {
        "enterprise": enterprise,
        "rows": rows,
        "may": may,
        "kinds": [
            {
                "label": label,
                "help": _HELP[kind],
                "icon": _ICONS[kind],
                "waiting": kind in waiting,
                "url": reverse("enterprise:new_change", args=[kind]),
            }
            for kind, label in CHANGES.items()
        ],
        "tabs": organisation_tabs("changes"),
        "now": shown_now().at,
    }
    return page(request, "enterprise/changes.html", context, refusal=refusal)


def _form(request: HttpRequest, kind: str, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    enterprise = accounts.enterprise_file(actor=actor)
    start: dict[str, Any] = {"district": enterprise.district, "sub_area": enterprise.sub_area}
    context = {
        "enterprise": enterprise,
        "kind": kind,
        "kind_label": CHANGES[kind],
        "reports": kind in REPORTS,
        "day_label": day_label(kind),
        "help": _HELP[kind],
        "typed": request.POST if request.method == "POST" else start,
        "districts": [(row.code, row.name) for row in accounts.districts()],
        "successors": [
            (person.id, f"{person.name}（{'、'.join(person.duty_labels)}）")
            for person in membership.members(actor=actor)
            if person.is_active
        ],
        "may": enterprise.is_confirmed and actor.has(Duty.RESPONSIBLE),
        "crumbs": [
            ("企业信息", reverse("enterprise:profile")),
            ("变更", reverse("enterprise:changes")),
            (CHANGES[kind], ""),
        ],
        "now": shown_now().at,
    }
    return page(request, "enterprise/change_form.html", context, refusal=refusal)
