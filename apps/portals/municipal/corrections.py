"""评分更正: the 经办 names items and points and sees what they do; a second person approves or returns (R-25)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.core.moment import Clock, DatabaseClock
from apps.portals.base.errors import error_page
from apps.portals.base.http import attempt, page
from apps.portals.base.posted import text
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.municipal.common import act
from apps.publicity import selectors as publicity
from apps.publicity import services as publicity_services
from apps.publicity.selectors import CorrectionPreview
from apps.publicity.states import CORRECTION_LIFE

_PREFIX = "points-"
_LONGEST_POINTS = 10


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Fill in corrected points of named items, look at their effect, then hand them to the second person."""
    if request.method != "POST":
        return _form(request, public_id)
    if text(request, "act") != "propose":
        return _previewed(request, public_id)
    return act(
        request,
        lambda actor, clock: _propose(request, public_id, actor, clock),
        done="已提出评分更正，由另一位有签批职责的人员批准后生效。",
        to=lambda made: reverse("municipal:mark_correction", args=[made]),
        again=lambda refusal: _form(request, public_id, refusal=refusal),
    )


def _propose(request: HttpRequest, public_id: str, actor: Actor, clock: Clock) -> str:
    return publicity_services.propose_correction(
        actor=actor,
        clock=clock,
        objection_public_id=public_id,
        points=_points(request, public_id, actor, clock),
        reason=text(request, "reason"),
    )


def _previewed(request: HttpRequest, public_id: str) -> HttpResponseBase:
    def look(*, actor: Actor, clock: Clock) -> CorrectionPreview:
        points = _points(request, public_id, actor, clock)
        if not points:
            raise Invalid.of("points", "请至少填写一个条目更正后的分值。")
        return publicity_services.preview_of(
            actor=actor, clock=clock, objection_public_id=public_id, points=points
        )

    found, refusal = attempt(look, actor=actor_of(request), clock=DatabaseClock())
    must_be_visible(refusal)
    return _form(request, public_id, refusal=refusal, preview=found)


def _points(request: HttpRequest, public_id: str, actor: Actor, clock: Clock) -> dict[str, Decimal]:
    """Return the items that were filled in.

    Raises:
        Invalid: something that is no number, keyed by item code, and with it what is wrong with the other items.
        NotVisible, Forbidden, WrongStep: as for a look at the effect.
    """
    points: dict[str, Decimal] = {}
    errors: dict[str, list[str]] = {}
    for name, sent in request.POST.items():
        typed = sent.strip() if isinstance(sent, str) else ""
        if not name.startswith(_PREFIX) or not typed:
            continue
        try:
            value = Decimal(typed) if len(typed) <= _LONGEST_POINTS else Decimal("NaN")
        except InvalidOperation:
            value = Decimal("NaN")
        if value.is_finite():
            points[name.removeprefix(_PREFIX)] = value
        else:
            errors[name.removeprefix(_PREFIX)] = ["请填写分值，如 1.5。"]
    if not errors:
        return points
    if points:
        try:
            publicity_services.preview_of(
                actor=actor, clock=clock, objection_public_id=public_id, points=points
            )
        except Invalid as others:
            errors = {**others.errors, **errors}
    raise Invalid(errors)


def _form(
    request: HttpRequest,
    public_id: str,
    *,
    refusal: DomainError | None = None,
    preview: CorrectionPreview | None = None,
) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(publicity.objection_file, actor=actor, public_id=public_id)
    found, late = attempt(publicity.correctable_items, actor=actor, objection_public_id=public_id)
    must_be_visible(late)
    if found is None:
        return error_page(request, 409, "409.html", late.message if late else "")
    experts, items = found
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    context: dict[str, Any] = {
        "row": row,
        "experts": experts,
        "items": [
            {
                "item": item,
                "typed": request.POST.get(f"{_PREFIX}{item.code}", ""),
                "errors": errors.get(item.code, []),
            }
            for item in items
        ],
        "typed": request.POST,
        "preview": preview,
    }
    return page(request, "municipal/mark_correction_form.html", context, refusal=refusal)


@audience(Role.MUNICIPAL)
@require_GET
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Show one correction: items, reason, effect, and the sheets that replaced the old ones."""
    return _file(request, public_id)


@audience(Role.MUNICIPAL)
@require_POST
def approve(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Approve a correction as the second person."""
    return act(
        request,
        lambda actor, clock: publicity_services.approve_correction(
            actor=actor, clock=clock, public_id=public_id, conclusion=text(request, "conclusion")
        ),
        done=lambda stays: (
            "评分已更正，企业继续办理。"
            if stays
            else "评分已更正，企业未达到80分，不予评定；更正公示已拟稿，请按程序送审、签批、发布。"
        ),
        to=reverse("municipal:mark_correction", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


@audience(Role.MUNICIPAL)
@require_POST
def send_back(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Return a correction to the objection's inquiry, with the reason."""
    return act(
        request,
        lambda actor, clock: publicity_services.return_correction(
            actor=actor, clock=clock, public_id=public_id, reason=text(request, "reason")
        ),
        done="已退回，评分没有变化。",
        to=reverse("municipal:mark_correction", args=[public_id]),
        again=lambda refusal: _file(request, public_id, refusal=refusal),
    )


def _file(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    row = seen(publicity.correction, actor=actor, public_id=public_id)
    context = {
        "row": row,
        "events": [step.event for step in CORRECTION_LIFE.events_for(row.state, actor)],
        "own": row.proposed_by_id == actor.user_id,
        "typed": request.POST,
    }
    return page(request, "municipal/mark_correction.html", context, refusal=refusal)
