"""The enterprise's registration: shown, and mended when the district returned it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import industries
from apps.accounts import selectors as accounts
from apps.accounts import services as account_services
from apps.accounts.selectors import EnterpriseFile
from apps.accounts.services import Registration
from apps.accounts.states import RETURNED
from apps.applications.profile_fields import OWNERSHIP
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.evidence import services as evidence
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import day
from apps.portals.base.visible import must_be_visible
from apps.portals.enterprise.pages.common import shown_now

_FIELDS = (
    "name",
    "district",
    "sub_area",
    "industry_code",
    "site_address",
    "registered_address",
    "ownership",
    "legal_representative",
    "contact_name",
    "contact_phone",
    "contact_email",
    "main_products",
    "group_name",
)


@audience(Role.ENTERPRISE)
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest) -> HttpResponseBase:
    """Show the registration; a returned one is mended and sent again."""
    actor = actor_of(request)
    enterprise = accounts.enterprise_file(actor=actor)
    refusal: DomainError | None = None
    if request.method == "POST":
        refusal = _resubmit(request, enterprise)
        if refusal is None:
            say(request, "已重新提交，请等待属地核实。")
            return redirect("enterprise:home")
    return _page(request, enterprise, refusal)


def _resubmit(request: HttpRequest, enterprise: EnterpriseFile) -> DomainError | None:
    """Send the mended registration again; returns what stands against it."""
    founded_on, wrong = enterprise.founded_on, Invalid({})
    try:
        founded_on = day(request, "founded_on", "成立日期")
    except Invalid as refusal:
        wrong = refusal
    with transaction.atomic():
        _, refused = attempt(
            account_services.resubmit_enterprise,
            actor=actor_of(request),
            clock=DatabaseClock(),
            public_id=enterprise.public_id,
            data=_registration(enterprise, request.POST, founded_on),
        )
        if wrong.errors:
            transaction.set_rollback(True)
    must_be_visible(refused)
    if wrong.errors and (refused is None or isinstance(refused, Invalid)):
        return Invalid({**(refused.errors if refused is not None else {}), **wrong.errors})
    return refused


def _page(request: HttpRequest, enterprise: EnterpriseFile, refusal: DomainError | None) -> HttpResponseBase:
    editable = enterprise.state == RETURNED
    typed = request.POST if refusal is not None and "name" in request.POST else None
    context = {
        "enterprise": enterprise,
        "editable": editable,
        "values": _values(enterprise, typed),
        "districts": [(row.code, row.name) for row in accounts.districts()] if editable else [],
        "industries": industries.class_choices() if editable else [],
        "ownership": [(one, one) for one in OWNERSHIP],
        "tabs": organisation_tabs("profile"),
        "now": shown_now().at,
    }
    return page(request, "enterprise/organisation.html", context, refusal=refusal)


@audience(Role.ENTERPRISE)
@require_POST
def licence(request: HttpRequest) -> HttpResponseBase:
    """Take in the enterprise's licence, before or after its confirmation."""
    upload = request.FILES.get("licence")
    refusal: DomainError | None = Invalid.of("licence", "请选择营业执照的扫描件或照片。")
    if upload is not None:
        _, refusal = attempt(
            evidence.keep_licence, actor=actor_of(request), clock=DatabaseClock(), upload=upload
        )
        must_be_visible(refusal)
    if refusal is not None:
        return _page(request, accounts.enterprise_file(actor=actor_of(request)), refusal)
    say(request, "营业执照已上传。")
    return redirect("enterprise:profile")


def organisation_tabs(current: str) -> list[dict[str, object]]:
    """Return the three pages about the enterprise itself for the switch on top."""
    pages = (("profile", "登记信息"), ("members", "成员与授权"), ("changes", "变更"))
    return [
        {"label": label, "url": reverse(f"enterprise:{name}"), "count": None, "current": name == current}
        for name, label in pages
    ]


def _values(enterprise: EnterpriseFile, typed: QueryDict | None) -> dict[str, Any]:
    stored = {name: getattr(enterprise, name) for name in _FIELDS}
    stored["founded_on"] = enterprise.founded_on.isoformat() if enterprise.founded_on else ""
    return stored if typed is None else {name: typed.get(name, value) for name, value in stored.items()}


def _registration(enterprise: EnterpriseFile, typed: QueryDict, founded_on: date | None) -> Registration:
    values = {name: typed.get(name, str(getattr(enterprise, name) or "")) for name in _FIELDS}
    return Registration(
        uscc=enterprise.uscc,
        username="",
        password="",
        person_name="",
        consent=True,
        founded_on=founded_on,
        **values,
    )
