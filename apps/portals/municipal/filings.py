"""1A/2A 备案: what the districts report, acknowledged under a number or returned for correction (R-16)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.deadlines import selectors as deadlines
from apps.portals.base.http import page
from apps.portals.base.posted import text
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, tabs
from apps.review import selectors as review
from apps.review import services as review_services
from apps.review.states import FILING_LIFE

_KIND = "application.filing"
_SHOWN = ("sent", "returned", "acknowledged")


@audience(Role.MUNICIPAL)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the filings, the newest first."""
    actor, state = actor_of(request), request.GET.get("state", "")
    counts = review.workload(actor=actor).filings
    choices: list[tuple[str, str, int | None]] = [
        (code, FILING_LIFE.label(code), counts.get(code, 0)) for code in _SHOWN
    ]
    total = sum(counts.get(code, 0) for code in _SHOWN)
    context = {
        "rows": review.filings(actor=actor, state=state),
        "tabs": tabs("municipal:filings", state, [("", "全部", total), *choices]),
    }
    return page(request, "municipal/filings.html", context)


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one filing with its decisions."""
    return _file(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def acknowledge(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take a filing on record."""
    return act(
        request,
        lambda actor, clock: review_services.acknowledge_filing(
            actor=actor, clock=clock, public_id=public_id, concern=text(request, "concern")
        ),
        done=lambda number: f"已备案，备案号 {number}。",
        to=reverse("municipal:filing", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return a filing for correction."""
    return act(
        request,
        lambda actor, clock: review_services.return_filing(
            actor=actor, clock=clock, public_id=public_id, reason=text(request, "reason")
        ),
        done="已退回属地补正，评定结果不受影响。",
        to=reverse("municipal:filing", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    row, rulings = seen(review.filing_file, actor=actor, public_id=public_id)
    context = {
        "row": row,
        "rulings": rulings,
        "late": max(
            deadlines.late_workdays(
                actor=actor, kind=_KIND, subjects=[row.case.public_id for row in rulings]
            ).values(),
            default=0,
        ),
        "events": [step.event for step in FILING_LIFE.events_for(row.state, actor)],
        "typed": request.POST,
    }
    return page(request, "municipal/filing.html", context, refusal=refusal)
