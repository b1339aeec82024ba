"""The bureau's register of numbers: what was given and for what, what was voided, where a series begins."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.numbering import selectors, services
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import must_be_visible, seen

_BUREAUS = (Role.DISTRICT, Role.MUNICIPAL)


def number_hint(request: HttpRequest, example: str) -> str:
    """Return what a field for a document number says: the next numbers of the bureau's registers, or *example*."""
    rows = selectors.upcoming(actor=actor_of(request), on=DatabaseClock().now().on)
    if not rows:
        return f"如：{example}。"
    following = "、".join(row.following for row in rows)
    return f"下一个号：{following}。不填序号（如 {rows[0].unnumbered}）由系统编号。"


@audience(*_BUREAUS, Role.AUDITOR)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the registers of a year."""
    return _listing(request)


@audience(*_BUREAUS)
@require_POST
def open_series(request: HttpRequest) -> HttpResponseBase:
    """Begin a register, from 1 or in the middle of a year."""
    this_year = DatabaseClock().now().on.year
    made, refusal = attempt(
        services.open_series,
        actor=actor_of(request),
        clock=DatabaseClock(),
        word=text(request, "word").strip(),
        year=this_year,
        start=whole(text(request, "start")),
    )
    if made is None:
        return _listing(request, refusal)
    say(request, "编号登记已启用，此后该机关代字的文号须连续。")
    return redirect("number_series", made)


@audience(*_BUREAUS, Role.AUDITOR)
@require_GET
def series(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """List the numbers of one register, the newest first."""
    return _series(request, public_id)


@audience(*_BUREAUS)
@require_http_methods(["POST"])
def void(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Void a number; it stays in the register with its reason."""
    back = text(request, "series")
    _, refusal = attempt(
        services.void_number,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        reason=text(request, "reason"),
    )
    must_be_visible(refusal)
    if refusal is not None:
        return _series(request, back, refusal, voiding=public_id)
    say(request, "文号已作废，原因已登记。")
    return redirect("number_series", back)


def _listing(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    this_year = DatabaseClock().now().on.year
    years = sorted({this_year, *selectors.years(actor=actor)}, reverse=True)
    asked = whole(request.GET.get("year"), this_year)
    year = asked if asked in years else this_year
    found = selectors.series_page(actor=actor, year=year, page=whole(request.GET.get("page"), 1))
    context = {
        "found": found,
        "rows": found.rows,
        "years": years,
        "year": year,
        "this_year": this_year,
        "may_open": actor.role in _BUREAUS,
        "word": text(request, "word"),
        "start": text(request, "start") or "1",
    }
    return page(request, "numbers/index.html", context, refusal=refusal)


def _series(
    request: HttpRequest, public_id: str, refusal: DomainError | None = None, *, voiding: str = ""
) -> HttpResponseBase:
    actor = actor_of(request)
    found = seen(
        selectors.number_page, actor=actor, public_id=public_id, page=whole(request.GET.get("page"), 1)
    )
    context = {
        "found": found,
        "series": found.series,
        "may_void": actor.role in _BUREAUS and found.series.is_documents,
        "full": actor.role is not Role.DISTRICT,
        "voiding": voiding,
        "reason": text(request, "reason"),
    }
    return page(request, "numbers/series.html", context, refusal=refusal)
