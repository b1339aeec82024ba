"""企业注册: the form of an enterprise and its first person; it keeps what was typed, except passwords and files."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts import selectors as accounts
from apps.accounts.industries import class_choices
from apps.accounts.services import Registration
from apps.applications.profile_fields import OWNERSHIP
from apps.core.audience import actor_of, open_to_all
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock
from apps.evidence import services as evidence
from apps.portals.base.http import attempt, page
from apps.portals.base.posted import day, text
from apps.portals.public.throttle import limited

_KEPT = "registered"
_TEXTS = (
    "uscc",
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
    "username",
    "person_name",
    "main_products",
    "group_name",
)


def _form_page(
    request: HttpRequest, typed: dict[str, Any], refusal: DomainError | None = None
) -> HttpResponseBase:
    return page(
        request,
        "public/register.html",
        {
            "typed": typed,
            "districts": [(row.code, row.name) for row in accounts.districts()],
            "industries": class_choices(),
            "sub_areas": accounts.sub_area_choices(),
            "ownership": [(name, name) for name in OWNERSHIP],
            "crumbs": [("首页", "/"), ("企业注册", "")],
        },
        refusal=refusal,
    )


@open_to_all
@limited("register", most=20, seconds=3600)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponseBase:
    """Register an enterprise; its district confirms it before it can apply."""
    if request.method != "POST":
        return _form_page(request, {})
    typed: dict[str, Any] = {name: text(request, name) for name in _TEXTS}
    consent = text(request, "consent") == "on"
    shown = {**typed, "consent": consent, "founded_on": text(request, "founded_on")}
    password = text(request, "password")
    founded_on, wrong = _read(request, password)
    with transaction.atomic():
        registered, refusal = attempt(
            evidence.register_with_licence,
            actor=actor_of(request),
            clock=DatabaseClock(),
            licence=request.FILES.get("licence"),
            data=Registration(**typed, password=password, consent=consent, founded_on=founded_on),
        )
        if wrong:  # what only the page can see: nothing is kept, and one answer names every fault
            transaction.set_rollback(True)
            found = refusal.errors if isinstance(refusal, Invalid) else {}
            registered, refusal = None, Invalid({**found, **wrong})
    if registered is None:
        return _form_page(request, shown, refusal)
    request.session[_KEPT] = {
        "enterprise": typed["name"],
        "username": typed["username"],
        "authority": registered.authority,
        "hint": registered.hint,
        "licence": "licence" in request.FILES,
    }
    return redirect("public:register_done")


def _read(request: HttpRequest, password: str) -> tuple[date | None, dict[str, list[str]]]:
    """Return the date of foundation and what only the page can find wrong: the date, the repeated password."""
    wrong: dict[str, list[str]] = {}
    founded_on = None
    try:
        founded_on = day(request, "founded_on", "成立日期")
    except Invalid as refusal:
        wrong.update(refusal.errors)
    if password != text(request, "password2"):
        wrong["password2"] = ["两次输入的密码不一致。"]
    return founded_on, wrong


@open_to_all
@require_safe
def done(request: HttpRequest) -> HttpResponseBase:
    """Say what happens next: who confirms, and what to do meanwhile."""
    kept = request.session.get(_KEPT)
    if kept is None:
        return redirect("public:register")
    return page(
        request,
        "public/register_done.html",
        {**kept, "crumbs": [("首页", "/"), ("企业注册", "/register/"), ("注册已提交", "")]},
    )
