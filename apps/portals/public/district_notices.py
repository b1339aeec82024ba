"""属地公示 for everybody: the list of all districts' notices, and one notice with its enterprises."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.audience import actor_of, open_to_all
from apps.core.errors import DomainError, Invalid, NotVisible
from apps.core.moment import DatabaseClock, Moment, shown_at
from apps.portals.base.http import attempt, page
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import seen
from apps.portals.public.objections import PARTIES, RECEIPT
from apps.portals.public.throttle import limited
from apps.review import selectors as review
from apps.review import services
from apps.review.selectors.district_notices import NoticedEnterprise

_FIELDS = ("party", "person", "contact", "matter")
#: A district's notice takes no anonymous objections: there is nobody to answer.
_PARTIES = tuple((code, label) for code, label in PARTIES if code != "anonymous")
_KEPT = RECEIPT


@open_to_all
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """List the notices, newest first."""
    found = review.public_notices(actor=actor_of(request), page=max(1, whole(request.GET.get("page"), 1)))
    today = Moment.of(shown_at()).on
    return page(
        request,
        "public/district_notices.html",
        {
            "found": found,
            "lines": [(row, row.starts_on <= today <= row.ends_on) for row in found.rows],
            "crumbs": [("首页", reverse("public:home")), ("属地公示", "")],
        },
    )


@open_to_all
@require_safe
def printed(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one notice ready to print."""
    found = seen(review.public_notice, actor=actor_of(request), public_id=public_id)
    return page(request, "public/district_notice_print.html", {"notice": found})


@open_to_all
@limited("objection", most=10, seconds=3600)
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take an objection to one enterprise of a running notice; the receipt is shown once."""
    typed = {name: text(request, name) for name in _FIELDS}
    refusal: DomainError | None = None
    if request.method == "POST":
        receipt, refusal = attempt(
            services.file_district_objection,
            actor=actor_of(request),
            clock=DatabaseClock(),
            notice=public_id,
            position=whole(text(request, "position")),
            **typed,
        )
        if receipt is not None:
            request.session[_KEPT] = {"receipt_no": receipt.receipt_no, "query_code": receipt.query_code}
            return redirect("public:objection_done")
        if isinstance(refusal, NotVisible):
            refusal = Invalid.of("position", "请选择公示名单中的企业。")
    found = seen(review.public_notice, actor=actor_of(request), public_id=public_id)
    today = Moment.of(shown_at()).on
    return page(
        request,
        "public/district_objection.html",
        {
            "notice": found,
            "running": found.line.starts_on <= today <= found.line.ends_on,
            "typed": typed if request.method == "POST" else {**typed, "party": "person"},
            "position": text(request, "position") or request.GET.get("position", "") or _only(found.entries),
            "entries": [(str(one.position), one.name) for one in found.entries],
            "parties": _PARTIES,
            "crumbs": [
                ("首页", reverse("public:home")),
                ("属地公示", reverse("public:district_notices")),
                (found.line.title, reverse("public:district_notice", args=[public_id])),
                ("提出异议", ""),
            ],
        },
        refusal=refusal,
    )


def _only(entries: Sequence[NoticedEnterprise]) -> str:
    """Return the position of the one enterprise on a list of one, else nothing: there is a choice to make."""
    return str(entries[0].position) if len(entries) == 1 else ""


@open_to_all
@require_safe
def notice(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one notice as it was published."""
    found = seen(review.public_notice, actor=actor_of(request), public_id=public_id)
    today = Moment.of(shown_at()).on
    return page(
        request,
        "public/district_notice.html",
        {
            "notice": found,
            "running": found.line.starts_on <= today <= found.line.ends_on,
            "crumbs": [
                ("首页", reverse("public:home")),
                ("属地公示", reverse("public:district_notices")),
                (found.line.title, ""),
            ],
        },
    )
