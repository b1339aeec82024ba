"""Titles and certificates of the enterprise; the paper itself is made and handed out by the documents' pages."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.portals.base.http import page
from apps.portals.enterprise.pages.common import shown_now
from apps.portals.enterprise.pages.home import next_level
from apps.titles import selectors as titles


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
        "bans": [
            ban
            for ban in titles.bans_of(actor=actor, enterprise_id=actor.enterprise_id or 0)
            if ban.until_on > now.on
        ],
        "next_level": next_level(held, cases),
        "now": now.at,
    }
    return page(request, "enterprise/titles.html", context)
