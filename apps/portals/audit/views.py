"""The auditor's pages: every event with before and after, and whether the chain is whole. Read only."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.accounts import selectors as accounts
from apps.audit import selectors as audit
from apps.audit.selectors import EventFilter
from apps.core.actor import ROLE_LABELS, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import SHANGHAI
from apps.portals.base.http import page
from apps.portals.base.posted import whole

_FIELDS = ("who", "event", "subject", "district", "since", "until")
#: Breaks shown on the page; `manage.py verify` prints them all.
_SHOWN = 50


@audience(Role.AUDITOR)
@require_GET
def events(request: HttpRequest) -> HttpResponseBase:
    """Search the audit trail: person, event, object, district, days; newest first, paged by key."""
    asked = {name: request.GET.get(name, "").strip() for name in _FIELDS}
    wanted, refusal = _filter(asked)
    before = whole(request.GET.get("before")) or None
    districts = accounts.districts()
    names = {row.code: row.short_name for row in districts}
    found = audit.events_page(actor=actor_of(request), wanted=wanted, before=before)
    context: dict[str, Any] = {
        "asked": asked,
        "found": found,
        "rows": [
            {
                "event": row,
                "role": ROLE_LABELS.get(Role(row.role), row.role),
                "district": names.get(row.district or "", ""),
            }
            for row in found.rows
        ],
        "districts": [(row.code, row.short_name) for row in districts],
        "query": urlencode({name: value for name, value in asked.items() if value}),
    }
    return page(request, "audit/events.html", context, refusal=refusal)


@audience(Role.AUDITOR)
@require_GET
def chain(request: HttpRequest) -> HttpResponseBase:
    """Show the head of the chain; walk all of it when asked to."""
    checked = request.GET.get("check") == "1"
    problems = list(islice(audit.chain_problems(), _SHOWN)) if checked else []
    context = {"head": audit.chain_head(), "checked": checked, "problems": problems, "limit": _SHOWN}
    return page(request, "audit/chain.html", context)


def _filter(asked: dict[str, str]) -> tuple[EventFilter, DomainError | None]:
    """Return the filter; with a faulty day, the other fields narrow and the fault is shown."""
    try:
        since, until = _day(asked["since"], "since"), _day(asked["until"], "until")
        refusal: DomainError | None = None
    except Invalid as invalid:
        since = until = None
        refusal = invalid
    return (
        EventFilter(
            who=asked["who"],
            event=asked["event"],
            subject=asked["subject"],
            district=asked["district"],
            since=_midnight(since) if since else None,
            until=_midnight(until + timedelta(days=1)) if until else None,
        ),
        refusal,
    )


def _day(sent: str, name: str) -> date | None:
    if not sent:
        return None
    try:
        return date.fromisoformat(sent)
    except ValueError:
        raise Invalid.of(name, "日期无效，示例：2026-12-05。") from None


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(0), SHANGHAI)
