"""The scoring queue: who is on what, taking and giving back, the next case, handing a finished sheet to the signer."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock, shown_at
from apps.policy.basic_requirements import requirements_for
from apps.policy.levels import THRESHOLDS, Level
from apps.portals.base.desk import differing_rows
from apps.portals.base.http import attempt, page, say
from apps.portals.base.overtaken import saying_who_moved
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.district.common import dues, tabs
from apps.review import selectors as review
from apps.review import services
from apps.scoring import selectors as sheets

_KINDS = ("application.prelim",)
_SCORING, _SUBMITTED, _SIGNED, _MINE = "scoring", "submitted", "signed", "mine"
_PER_PAGE = 50


@audience(Role.DISTRICT)
@require_GET
def queue(request: HttpRequest) -> HttpResponseBase:
    """List cases on the desk with progress, deadline and who is on them."""
    return _queue(request)


def _queue(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponseBase:
    actor = actor_of(request)
    show = request.GET.get("show", _SCORING)
    show = show if show in {_SCORING, _SUBMITTED, _SIGNED, _MINE} else _SCORING
    number = max(whole(request.GET.get("page"), 1), 1)
    counts = review.preliminary_counts(actor=actor)
    rows = review.preliminary_queue(
        actor=actor,
        state=_SCORING if show == _MINE else show,
        mine=show == _MINE,
        page=number,
        per_page=_PER_PAGE,
    )
    soonest = dues(actor=actor, cases=[row.case.public_id for row in rows], kinds=_KINDS)
    options: dict[str, tuple[str, int | None]] = {
        _SCORING: ("打分中", counts[_SCORING]),
        _MINE: ("我认领的", None),
        _SUBMITTED: ("待签批", counts[_SUBMITTED]),
        _SIGNED: ("已签批", counts[_SIGNED]),
    }
    total = len(rows) if show == _MINE else counts[show]
    return page(
        request,
        "district/scoring.html",
        {
            "rows": [(row, soonest.get(row.case.public_id)) for row in rows],
            "tabs": tabs(options, show, param="show"),
            "show": show,
            "number": number,
            "pages": max(1, -(-total // _PER_PAGE)),
            "total": total,
            "waiting": counts[_SCORING] > 0,
            "now": shown_at(),
        },
        refusal=refusal,
    )


@audience(Role.DISTRICT)
@require_GET
def next_case(request: HttpRequest) -> HttpResponseBase:
    """Go to the next case to score: one's own oldest, else the oldest nobody has; the queue when all is done."""
    found = review.next_in_queue(actor=actor_of(request), after_public_id=request.GET.get("after", ""))
    if found is None:
        say(request, "没有其他待初评的申报。")
        return redirect("district:scoring")
    return redirect("district:desk", found)


@audience(Role.DISTRICT)
@require_POST
def claim(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take a case and open its desk."""
    _, refusal = attempt(
        services.claim_preliminary, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    if refusal:
        return _queue(request, refusal)
    return redirect("district:desk", public_id)


@audience(Role.DISTRICT)
@require_POST
def release(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Give a case back to the queue; what was scored stays."""
    _, refusal = attempt(
        services.release_preliminary, actor=actor_of(request), clock=DatabaseClock(), public_id=public_id
    )
    must_be_visible(refusal)
    if refusal:
        return _queue(request, refusal)
    say(request, "已释放，其他经办人可以认领；已评的分数保留。")
    return redirect("district:scoring")


@audience(Role.DISTRICT)
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Sum up before handing in: what is still open, every difference with its reason, opinion and vetoes."""
    actor = actor_of(request)
    row = seen(review.preliminary_of, actor=actor, public_id=public_id)
    opinion, vetoes = text(request, "opinion"), request.POST.getlist("vetoes")
    refusal: DomainError | None = None
    if request.method == "POST":
        _, refusal = attempt(
            services.submit_preliminary,
            actor=actor,
            clock=DatabaseClock(),
            public_id=public_id,
            opinion=opinion,
            vetoes=vetoes,
        )
        must_be_visible(refusal)
        refusal = saying_who_moved(refusal, review.preliminary_step, actor=actor, public_id=public_id)
        if refusal is None:
            say(request, f"{row.case.enterprise_name}的初评已提交，等待签批。")
            return redirect("district:scoring")
    view = sheets.compare_view(actor=actor, public_id=row.sheet_public_id)
    level = Level(row.case.level)
    return page(
        request,
        "district/submit.html",
        {
            "row": row,
            "case": row.case,
            "view": view,
            "differences": differing_rows(view),
            "gate": THRESHOLDS[level],
            "requirements": requirements_for(level),
            "opinion": opinion or row.opinion,
            "typed": opinion,
            "vetoes": vetoes or list(row.vetoes),
            "ready": row.state == _SCORING and row.scorer_id == actor.user_id,
            "crumbs": [
                ("初评打分", reverse("district:scoring")),
                (row.case.enterprise_name, reverse("district:desk", args=[public_id])),
                ("提交初评", ""),
            ],
        },
        refusal=refusal,
    )
