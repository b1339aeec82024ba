"""Titles and certificates of the enterprise."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from apps.applications import selectors as applications
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.jobs import services as jobs
from apps.portals.base.http import attempt, page
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.enterprise.pages.common import shown_now
from apps.portals.enterprise.pages.home import next_level
from apps.titles import selectors as titles

CERTIFICATE_JOB = "documents.certificate"


@audience(Role.ENTERPRISE)
@require_GET
def my_titles(request: HttpRequest) -> HttpResponseBase:
    """List the titles held and held before, with their certificates, bans, and the way to the next level."""
    return _page(request)


@audience(Role.ENTERPRISE)
@require_POST
def certificate(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Have the certificate of a standing title made; the job's page hands it out."""
    actor = actor_of(request)
    found = seen(titles.title_file, actor=actor, public_id=public_id)
    started, refusal = attempt(
        jobs.start_job,
        actor=actor,
        clock=DatabaseClock(),
        kind=CERTIFICATE_JOB,
        params={"title": found.row.public_id},
        key=f"certificate:{found.row.public_id}:{found.row.version}:{actor.user_id}",
    )
    must_be_visible(refusal)
    if started is None:
        return _page(request, refusal)
    return redirect("job", started)


def _page(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    rows = titles.titles_of(actor=actor)
    held = [row for row in rows if row.standing]
    cases = applications.my_applications(actor=actor)
    context = {
        "held": held,
        "past": [row for row in rows if not row.standing],
        "bans": titles.bans_of(actor=actor, enterprise_id=actor.enterprise_id or 0),
        "next_level": next_level(held, cases),
        "now": shown_now().at,
    }
    return page(request, "enterprise/titles.html", context, refusal=refusal)
