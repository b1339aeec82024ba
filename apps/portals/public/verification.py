"""Verification: what the register says about a certificate, and whether a submission receipt is intact."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.audience import actor_of, open_to_all
from apps.core.errors import NotVisible
from apps.core.moment import DatabaseClock, FixedClock, Moment
from apps.core.scoping import acting_as
from apps.documents import services as papers
from apps.monitoring.upkeep import upkeep_of
from apps.policy.levels import Level
from apps.portals.base.http import attempt, page
from apps.portals.public.throttle import limited
from apps.publicity import selectors as publicity
from apps.titles import selectors as titles
from apps.titles import services as title_services
from apps.titles.selectors import DirectoryRow, Verification

#: Status of the register → banner, icon. Cancelling and rectifying titles are still valid.
_BANNERS: dict[str, tuple[str, str]] = {
    "valid": ("", "shield-check"),
    "superseded": ("", "shield-check"),
    "rectifying": ("verify-warn", "alert-triangle"),
    "cancelling": ("verify-warn", "alert-triangle"),
    "suspended": ("verify-warn", "alert-triangle"),
    "cancelled": ("verify-gone", "ban"),
    "ended": ("verify-gone", "ban"),
    "none": ("verify-none", "circle-x"),
}
_STANDING = frozenset({"valid", "superseded", "rectifying", "cancelling", "suspended"})
_LONGEST = 64


def _answer(request: HttpRequest, found: Verification, asked: str) -> HttpResponseBase:
    actor, now = actor_of(request), DatabaseClock().now()
    banner, icon = _BANNERS[found.status]
    context: dict[str, Any] = {
        "found": found,
        "row": found.row,
        "asked": asked,
        "banner": banner,
        "icon": icon,
        "checked_at": now.at,
    }
    if found.row is not None:
        # The rooms below read what the public has no sight of, each as the system: entered once for all of them.
        with acting_as(Actor.system(), then=actor):
            context |= _known(request, found, found.row, now)
    response = page(request, "public/verify.html", context, status=404 if found.row is None else 200)
    # An answer is true at the time that stands on it, and each is counted: no cache keeps one.
    response["Cache-Control"] = "no-store"
    return response


def _known(request: HttpRequest, found: Verification, row: DirectoryRow, now: Moment) -> dict[str, Any]:
    """Count the verification and return what the other rooms know about the title."""
    actor = actor_of(request)
    scans = (
        title_services.count_verification(actor=actor, clock=FixedClock(now), title_public_id=row.public_id)
        if request.method == "GET"
        else None
    )
    lines = publicity.public_record(actor=actor, history=found.history)
    return {
        "scans": scans,
        "paper": papers.certificate_of(actor=actor, title_public_id=row.public_id),
        "upkeep": _upkeep(request, found, now),
        "events": [{"title": line.text, "at": line.on, "who": line.detail} for line in lines],
    }


def _upkeep(request: HttpRequest, found: Verification, now: Moment) -> dict[str, object] | None:
    """Return the line 动态管理 of a standing title: its years, or the first year a form will be owed; None: no line."""
    row = found.row
    if row is None or found.status not in _STANDING:
        return None
    years = [
        year
        for year in upkeep_of(actor=actor_of(request), title_public_id=row.public_id, on=now.on)
        if year.year >= row.awarded_on.year
    ]
    first = row.awarded_on.year + 1
    waits = row.level >= Level.A3 and now.on.year < first
    return {"years": years, "first": first if waits else None} if years or waits else None


@open_to_all
@require_safe
def form(request: HttpRequest) -> HttpResponseBase:
    """Ask for a certificate number; with one, answer it."""
    asked = request.GET.get("no", "").replace("\x00", "").strip()[:_LONGEST]
    if not asked:
        return page(request, "public/verify_form.html", {"crumbs": [("首页", "/"), ("证书查验", "")]})
    return _answer(request, titles.verify(certificate_no=asked), asked)


@open_to_all
@limited("verify_file", most=30, seconds=600)
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest) -> HttpResponseBase:
    """Say whether a file is a paper of ours, unchanged, and what its electronic signature is worth."""
    crumbs = [("首页", "/"), ("证书查验", "/verify/"), ("文书文件核对", "")]
    if request.method != "POST":
        return page(request, "public/verify_file.html", {"crumbs": crumbs})
    sent = request.FILES.get("file")
    found, refusal = attempt(
        papers.recognise,
        actor=actor_of(request),
        chunks=sent.chunks() if sent is not None else (),
        size=sent.size or 0 if sent is not None else 0,
    )
    context = {
        "crumbs": crumbs,
        "answered": refusal is None,
        "found": found,
        "name": sent.name if sent is not None else "",
        "checked_at": DatabaseClock().now().at,
    }
    return page(request, "public/verify_file.html", context, refusal=refusal)


@open_to_all
@require_safe
def certificate(request: HttpRequest, token: str) -> HttpResponseBase:
    """Answer the QR code of a certificate."""
    return _answer(request, titles.verify(token=token[:_LONGEST]), "")


@open_to_all
@require_safe
def receipt_form(request: HttpRequest) -> HttpResponseBase:
    """Ask for the number of a submission receipt."""
    asked = request.GET.get("no", "").replace("\x00", "").replace("/", "").strip()[:_LONGEST]
    if asked:
        return redirect("public:receipt", receipt_no=asked)
    return page(
        request,
        "public/receipt_form.html",
        {"crumbs": [("首页", "/"), ("证书查验", "/verify/"), ("申报回执查验", "")]},
    )


@open_to_all
@require_safe
def receipt(request: HttpRequest, receipt_no: str) -> HttpResponseBase:
    """Recompute the digest of a handed-in application and compare it with the receipt (SECURITY R79)."""
    try:
        found = applications.verify_receipt(actor=actor_of(request), receipt_no=receipt_no[:_LONGEST])
    except NotVisible:
        found = None
    return page(
        request,
        "public/receipt.html",
        {"found": found, "asked": receipt_no[:_LONGEST], "checked_at": DatabaseClock().now().at},
        status=200 if found else 404,
    )
