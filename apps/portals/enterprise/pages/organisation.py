"""The enterprise's registration: shown, and mended when the district returned it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.accounts import industries
from apps.accounts import selectors as accounts
from apps.accounts import services as account_services
from apps.accounts.selectors import EnterpriseFile
from apps.accounts.services import Registration
from apps.accounts.states import RETURNED
from apps.applications.profile_fields import OWNERSHIP
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.portals.base.http import attempt, page, say
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
        _, refusal = attempt(
            account_services.resubmit_enterprise,
            actor=actor,
            clock=DatabaseClock(),
            public_id=enterprise.public_id,
            data=_registration(enterprise, request.POST),
        )
        must_be_visible(refusal)
        if refusal is None:
            say(request, "已重新提交，请等待属地核实。")
            return redirect("enterprise:home")
    editable = enterprise.state == RETURNED
    context = {
        "enterprise": enterprise,
        "editable": editable,
        "values": _values(enterprise, request.POST if refusal is not None else None),
        "districts": [(row.code, row.name) for row in accounts.districts()] if editable else [],
        "industries": industries.class_choices() if editable else [],
        "ownership": [(one, one) for one in OWNERSHIP],
        "now": shown_now().at,
    }
    return page(request, "enterprise/organisation.html", context, refusal=refusal)


def _values(enterprise: EnterpriseFile, typed: QueryDict | None) -> dict[str, Any]:
    stored = {name: getattr(enterprise, name) for name in _FIELDS}
    stored["founded_on"] = enterprise.founded_on.isoformat() if enterprise.founded_on else ""
    return stored if typed is None else {name: typed.get(name, value) for name, value in stored.items()}


def _registration(enterprise: EnterpriseFile, typed: QueryDict) -> Registration:
    values = {name: typed.get(name, str(getattr(enterprise, name) or "")) for name in _FIELDS}
    return Registration(
        uscc=enterprise.uscc,
        username="",
        password="",
        person_name="",
        consent=True,
        founded_on=_day(typed.get("founded_on", "")) or enterprise.founded_on,
        **values,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
