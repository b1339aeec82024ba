"""Tags of the page viewer: the viewer of a file at its place, and the link that opens it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django import template

from apps.core.moment import Moment
from apps.evidence.selectors import UseRow
from apps.evidence.states import EXPIRING_DAYS
from apps.portals.base import viewer

register = template.Library()


@register.simple_tag
def viewer_of_use(use: UseRow, files: str, back: str = "") -> viewer.Shown:
    """Return the viewer of a file of an item, opened at the first page that counts.

    `files` is the portal's address of evidence (`/d/evidence/`); `back` a local address to return to.
    """
    return viewer.shown(
        name=use.file.name,
        base=f"{files}{use.file.public_id}/",
        pages=use.file.leaves if not use.file.withheld else 0,
        cited=(use.page_from, use.page_to),
        back=back,
        message=use.file.withheld,
    )


@register.simple_tag
def view_url(use: UseRow, files: str, back: str = "") -> str:
    """Return the address of the viewer's page for a file at its place."""
    parts: dict[str, str] = {}
    if use.page_from is not None:
        parts = {"from": str(use.page_from), "to": str(use.page_to or use.page_from)}
    if back:
        parts["back"] = back
    return f"{files}{use.file.public_id}/view/" + (f"?{urlencode(parts)}" if parts else "")


@register.filter
def validity(until: date | None, today: date | datetime) -> str:
    """Return "expired", "expiring" (within 60 days) or ""; a time counts as its day in Shanghai."""
    if isinstance(today, datetime):
        today = Moment.of(today).on
    if until is None or until > today + timedelta(days=EXPIRING_DAYS):
        return ""
    return "expired" if until < today else "expiring"
