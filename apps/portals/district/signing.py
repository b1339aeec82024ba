"""The second person: differences and reasons of a scored case on one page; sign or send back (R-15)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock, shown_at
from apps.parameters.selectors import in_force
from apps.policy.levels import THRESHOLDS, Level, decide_level
from apps.policy.separation import may_sign
from apps.portals.base.desk import differing_rows
from apps.portals.base.http import attempt, page, say
from apps.portals.base.overtaken import saying_who_moved
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.common import dues, shown_now
from apps.review import selectors as review
from apps.review import services
from apps.scoring import selectors as sheets

_SUBMITTED = "submitted"
_PER_PAGE = 50


@audience(Role.DISTRICT)
@require_GET
def queue(request: HttpRequest) -> HttpResponseBase:
    """List scored cases that wait for a signature, the oldest first."""
    actor = actor_of(request)
    number = max(whole(request.GET.get("page"), 1), 1)
    total = review.preliminary_counts(actor=actor)[_SUBMITTED]
    rows = review.preliminary_queue(actor=actor, state=_SUBMITTED, page=number, per_page=_PER_PAGE)
    soonest = dues(actor=actor, cases=[row.case.public_id for row in rows], kinds=("application.prelim",))
    return page(
        request,
        "district/signing.html",
        {
            "rows": [
                (row, soonest.get(row.case.public_id), row.submitted_by_id == actor.user_id) for row in rows
            ],
            "number": number,
            "pages": max(1, -(-total // _PER_PAGE)),
            "total": total,
            "signs": actor.has(Duty.SIGNER),
            "now": shown_at(),
        },
    )


@audience(Role.DISTRICT)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show what is to be signed."""
    return _file(request, public_id)


@audience(Role.DISTRICT)
@require_POST
def sign(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Sign: the sheet is frozen."""
    signed, refusal = attempt(
        services.sign_preliminary, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    refusal = _after_all(request, public_id, refusal)
    if signed is None:
        return _file(request, public_id, refusal)
    say(request, f"已签批，初评总分 {signed.total:.2f} 分，评分表已锁定。")
    return redirect("district:decision", public_id)


@audience(Role.DISTRICT)
@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Send the sheet back to the scorer with the reason."""
    note = text(request, "note")
    _, refusal = attempt(
        services.return_preliminary,
        actor=actor_of(request),
        clock=DatabaseClock(),
        public_id=public_id,
        note=note,
    )
    must_be_visible(refusal)
    refusal = _after_all(request, public_id, refusal)
    if refusal:
        return _file(request, public_id, refusal, note=note)
    say(request, "已退回重评，初评人已收到通知。")
    return redirect("district:signing")


def _after_all(request: HttpRequest, public_id: str, refusal: DomainError | None) -> DomainError | None:
    """Return the refusal with who signed or sent back first."""
    actor = actor_of(request)
    return saying_who_moved(refusal, review.preliminary_step, actor=actor, public_id=public_id)


def _file(
    request: HttpRequest, public_id: str, refusal: DomainError | None = None, **typed: Any
) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(review.preliminary_of, actor=actor, public_id=public_id)
    view = sheets.compare_view(actor=actor, public_id=row.sheet_public_id)
    result = sheets.sheet_result(actor=actor, public_id=row.sheet_public_id)
    zero = list(result.mandatory_zero)
    decision = decide_level(result.total, zero_mandatory=zero, parameters=in_force(on=shown_now().on))
    separation = may_sign(
        prepared_by={*sheets.scorers_of(actor=actor, public_id=row.sheet_public_id), row.submitted_by_id},
        signer=actor.user_id,
    )
    return page(
        request,
        "district/signing_file.html",
        {
            "row": row,
            "case": row.case,
            "view": view,
            "differences": differing_rows(view),
            "decision": decision,
            "papers": [("score_sheet", "初评打分表")],
            "gate": THRESHOLDS[Level(row.case.level)],
            "zero": zero,
            "waiting": row.state == _SUBMITTED,
            "signs": actor.has(Duty.SIGNER) and row.state == _SUBMITTED,
            "separation": separation,
            "may_sign": separation.ok,
            "crumbs": [("初评签批", reverse("district:signing")), (row.case.enterprise_name, "")],
            **typed,
        },
        refusal=refusal,
    )
