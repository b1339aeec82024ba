"""备案: the table of 1A/2A decisions to the city, drafted by round, sent by the signer (R-16)."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.applications import selectors as applications
from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import DatabaseClock, shown_at
from apps.deadlines import selectors as deadlines
from apps.policy.levels import Level
from apps.portals.base.http import attempt, page, say
from apps.portals.base.overtaken import saying_who_moved
from apps.portals.base.posted import FormFaults, text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.common import dues, shown_now
from apps.review import selectors as review
from apps.review import services

_KIND = "application.filing"

_SENDABLE = frozenset({"draft", "returned"})


@audience(Role.DISTRICT)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List filings, and decisions that are in none yet."""
    return _listing(request)


@audience(Role.DISTRICT)
@require_POST
def prepare(request: HttpRequest) -> HttpResponseBase:
    """Collect what has been decided in a round into its draft."""
    try:
        with FormFaults() as faults:
            faults.wanted(request, "round", "批次", verb="选择")
    except Invalid as invalid:
        return _listing(request, invalid)
    made, refusal = attempt(
        services.prepare_filing,
        actor=actor_of(request),
        clock=DatabaseClock(),
        round_public_id=text(request, "round"),
        contact=text(request, "contact"),
    )
    must_be_visible(refusal)
    if made is None:
        return _listing(request, refusal)
    say(request, "备案表已编制，请核对后由签批人报送。")
    return redirect("district:filing", made)


@audience(Role.DISTRICT)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one filing."""
    return _file(request, public_id)


@audience(Role.DISTRICT)
@require_POST
def send(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Report the filing to the city."""
    count, refusal = attempt(
        services.send_filing,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        contact=text(request, "contact"),
    )
    must_be_visible(refusal)
    actor = actor_of(request)
    refusal = saying_who_moved(refusal, review.filing_step, actor=actor, public_id=public_id)
    if count is None:
        return _file(request, public_id, refusal)
    say(request, f"已将 {count} 家企业的评定结果报送市工业和信息化局备案。")
    return redirect("district:filing", public_id)


def _listing(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    unfiled = review.rulings(actor=actor, unfiled=True)
    soonest = dues(actor=actor, cases=[row.case.public_id for row in unfiled], kinds=(_KIND,))
    rounds = applications.rounds(actor=actor, moment=shown_now())
    waiting = {row.case.round_public_id for row in unfiled}
    return page(
        request,
        "district/filings.html",
        {
            "filings": review.filings(actor=actor),
            "unfiled": [
                (row, soonest.get(row.case.public_id), Level(row.level or 1).label) for row in unfiled
            ],
            "rounds": [(row.public_id, row.name) for row in rounds if row.public_id in waiting],
            "may_prepare": actor.has(Duty.HANDLER, Duty.SIGNER),
            "contact": text(request, "contact") or actor.name,
            "now": shown_at(),
        },
        refusal=refusal,
    )


def _file(request: HttpRequest, public_id: str, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    filing, rulings = seen(review.filing_file, actor=actor, public_id=public_id)
    soonest = dues(actor=actor, cases=[row.case.public_id for row in rulings], kinds=(_KIND,))
    return page(
        request,
        "district/filing.html",
        {
            "filing": filing,
            "late": max(
                deadlines.late_workdays(
                    actor=actor, kind=_KIND, subjects=[row.case.public_id for row in rulings]
                ).values(),
                default=0,
            ),
            "papers": [("filing", "备案表（PDF）")],
            "rulings": [
                (row, soonest.get(row.case.public_id), Level(row.level or 1).label) for row in rulings
            ],
            "contact": text(request, "contact") or filing.contact,
            "may_send": actor.has(Duty.SIGNER) and filing.state in _SENDABLE,
            "may_prepare": actor.has(Duty.HANDLER, Duty.SIGNER) and filing.state == "draft",
            "now": shown_at(),
            "crumbs": [("结果备案", reverse("district:filings")), (filing.round_name, "")],
        },
        refusal=refusal,
    )
