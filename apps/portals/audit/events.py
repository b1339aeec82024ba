"""The search of the audit trail: every event with before, after and clause. Read only."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.accounts import selectors as accounts
from apps.audit import selectors as audit
from apps.audit.selectors import OUTCOMES, EventFilter
from apps.core.actor import ROLE_LABELS, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import SHANGHAI
from apps.portals.audit.fields import account_ids, changes_in_words
from apps.portals.audit.words import codes_of, event_label, kind_label
from apps.portals.base.http import page
from apps.portals.base.posted import whole

_FIELDS = ("who", "event", "subject", "district", "rule", "outcome", "since", "until")


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
    ids = {one for row in found.rows for one in account_ids(row.subject_type, row.changes)}
    people = accounts.names_of(user_ids=sorted(ids)) if ids else {}
    context: dict[str, Any] = {
        "asked": asked,
        "found": found,
        "rows": [
            {
                "event": row,
                "role": ROLE_LABELS.get(Role(row.role), row.role),
                "district": names.get(row.district or "", ""),
                "label": event_label(row.event),
                "kind": kind_label(row.subject_type),
                "changes": changes_in_words(row.subject_type, row.changes, people),
            }
            for row in found.rows
        ],
        "districts": [(row.code, row.short_name) for row in districts],
        "outcomes": list(OUTCOMES.items()),
        "query": urlencode({name: value for name, value in asked.items() if value}),
    }
    return page(request, "audit/events.html", context, refusal=refusal)


def _filter(asked: dict[str, str]) -> tuple[EventFilter, DomainError | None]:
    """Return the filter; with a faulty day, the other fields narrow and the fault is shown."""
    try:
        since, until = read_when(asked["since"], "since"), read_when(asked["until"], "until")
        refusal: DomainError | None = None
    except Invalid as invalid:
        since = until = None
        refusal = invalid
    # Codes are written in ASCII: anything else is how the act is called.
    by_code = asked["event"].isascii()
    return (
        EventFilter(
            who=asked["who"],
            event=asked["event"] if by_code else "",
            codes=None if by_code else tuple(codes_of(asked["event"])),
            subject=asked["subject"],
            district=asked["district"],
            rule=asked["rule"],
            outcome=asked["outcome"],
            since=midnight(since) if since else None,
            until=midnight(until + timedelta(days=1)) if until else None,
        ),
        refusal,
    )


def read_when(sent: str, name: str) -> date | None:
    """Return a day of a query string, None when empty.

    Raises:
        Invalid: not a day; keyed by *name*.
    """
    if not sent:
        return None
    try:
        return date.fromisoformat(sent)
    except ValueError:
        raise Invalid.of(name, "日期无效，示例：2026-12-05。") from None


def midnight(on: date) -> datetime:
    """Return the beginning of a Shanghai day."""
    return datetime.combine(on, time(0), SHANGHAI)
