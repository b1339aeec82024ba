"""Titles and certificates of the enterprise; the paper itself is made and handed out by the documents' pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.documents.plaque import Plaque, plaque_pdf, plaque_png, plaque_svg, qr_png, qr_svg
from apps.policy.levels import Level
from apps.portals.base.http import page
from apps.portals.enterprise.pages.common import shown_now
from apps.portals.enterprise.pages.home import next_level
from apps.titles import selectors as titles
from apps.titles.selectors import TitleRow
from apps.titles.states import SUSPENDED


@audience(Role.ENTERPRISE)
@require_GET
def my_titles(request: HttpRequest) -> HttpResponseBase:
    """List the titles held and held before, with their certificates, bans, and the way to the next level."""
    actor = actor_of(request)
    rows = titles.titles_of(actor=actor)
    held = [row for row in rows if row.standing]
    cases = applications.my_applications(actor=actor)
    now = shown_now()
    context = {
        "held": held,
        "past": [row for row in rows if not row.standing],
        "suspended": any(row.state == SUSPENDED for row in rows),
        "bans": [
            ban
            for ban in titles.bans_of(actor=actor, enterprise_id=actor.enterprise_id or 0)
            if ban.until_on > now.on
        ],
        "next_level": next_level(held, cases),
        "now": now.at,
    }
    return page(request, "enterprise/titles.html", context)


@audience(Role.ENTERPRISE)
@require_GET
def title_paper(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """Hand out the QR code or the plaque of a title that stands: qr.svg, qr.png, plaque.svg, plaque.png, plaque.pdf."""
    row = next((one for one in titles.titles_of(actor=actor_of(request)) if one.public_id == public_id), None)
    if row is None or not row.standing or name not in _MAKERS:
        raise Http404
    content_type, make = _MAKERS[name]
    made = make(_plaque(row))
    response = HttpResponse(made, content_type=content_type)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=f"{row.level_label}级绿色工厂-{name}")
        or "attachment"
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _plaque(row: TitleRow) -> Plaque:
    return Plaque(
        title="苏州市绿色工厂" if row.level <= Level.A3 else "绿色工厂",
        level=f"{row.level_label} 级",
        enterprise=row.enterprise_name,
        number=row.certificate_no or row.document_no,
        issuer=_issuer(row),
        dated=f"{row.awarded_on.year}年{row.awarded_on.month}月",
        url=f"{settings.PUBLIC_URL}{reverse('public:verify', args=[row.verify_token])}",
    )


def _issuer(row: TitleRow) -> str:
    if row.level == Level.A3:
        return "苏州市工业和信息化局"
    if row.level > Level.A3:
        return row.origin_label
    return next(one.authority for one in accounts.districts() if one.code == row.district)


_MAKERS: dict[str, tuple[str, Callable[[Plaque], bytes]]] = {
    "qr.svg": ("image/svg+xml", lambda paper: qr_svg(paper.url)),
    "qr.png": ("image/png", lambda paper: qr_png(paper.url)),
    "plaque.svg": ("image/svg+xml", plaque_svg),
    "plaque.png": ("image/png", plaque_png),
    "plaque.pdf": ("application/pdf", plaque_pdf),
}
