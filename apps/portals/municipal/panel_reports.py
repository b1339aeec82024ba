"""Panels side by side: dispersion sorted by disagreement, calibration of experts, arrangements of a round."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from apps.applications import selectors as applications
from apps.core.actor import Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError, Invalid
from apps.parameters.selectors import in_force
from apps.policy.calibration import ENOUGH_CASES, NOTICEABLE_POINTS
from apps.policy.levels import RECOMMENDATION_LINE
from apps.portals.base.http import page
from apps.portals.base.posted import text, whole
from apps.portals.base.visible import seen
from apps.portals.municipal.common import act, page_number, shown_now
from apps.review import selectors as review
from apps.review import services
from apps.review.selectors.overview import PER_PAGE, SORTS
from apps.review.states import PANEL_LIFE


@audience(Role.MUNICIPAL)
@require_GET
def overview(request: HttpRequest) -> HttpResponseBase:
    """List the cases that wait for a panel, and the panels, those with the greatest disagreement first."""
    actor, now = actor_of(request), shown_now()
    state, round_code = request.GET.get("state", ""), request.GET.get("round", "")
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "disagreement"
    found = review.panel_overview(
        actor=actor,
        on=now.on,
        state=state,
        round_code=round_code,
        sort=sort,
        page=page_number(request),
        per_page=whole(request.GET.get("size"), PER_PAGE),
    )
    rounds = applications.rounds(actor=actor, moment=now)
    keep = {"round": round_code, "sort": sort}
    return page(
        request,
        "municipal/panels.html",
        {
            "waiting": applications.cases_in_state(actor=actor, states=["city_accepted"], limit=100),
            "found": found,
            "tabs": [
                {
                    "label": label,
                    "url": f"?{urlencode({**keep, 'state': code})}",
                    "count": found.counts.get(code, 0) if code else sum(found.counts.values()),
                    "current": code == state,
                }
                for code, label in [("", "全部"), *PANEL_LIFE.states.items()]
                if code != "assembling"
            ],
            "state": state,
            "sort": sort,
            "sorts": list(SORTS.items()),
            "round_code": round_code,
            "rounds": [(row.code, row.name) for row in rounds],
            "round": next((row for row in rounds if row.code == round_code), None),
            "may_form": actor.has(Duty.HANDLER),
            "spread_over": found.spread_over,
            "margin": found.margin,
            "line": RECOMMENDATION_LINE,
            "now": now.at,
        },
    )


@audience(Role.MUNICIPAL)
@require_GET
def calibration(request: HttpRequest) -> HttpResponseBase:
    """Show harsh and lenient experts, and the ranks with and without their shift. Nothing is changed by it."""
    actor, now = actor_of(request), shown_now()
    round_code = request.GET.get("round", "")
    report = review.calibration(actor=actor, round_code=round_code)
    return page(
        request,
        "municipal/calibration.html",
        {
            "report": report,
            "near": NOTICEABLE_POINTS.normalize(),
            "enough": ENOUGH_CASES,
            "shifts": [(row, report.experts[row.expert]) for row in report.calibration.shifts],
            "placings": [
                (row, report.enterprises[row.case], row.rank - row.calibrated_rank)
                for row in report.calibration.placings
            ],
            "rounds": [(row.code, row.name) for row in applications.rounds(actor=actor, moment=now)],
            "round_code": round_code,
        },
    )


@audience(Role.MUNICIPAL)
@require_http_methods(["GET", "POST"])
def arrange(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Decide for one round whether experts see the earlier scores, and how many cases one of them takes."""
    if request.method != "POST":
        return _arrange(request, public_id)
    return act(
        request,
        lambda actor, clock: services.arrange_round(
            actor=actor,
            clock=clock,
            public_id=public_id,
            shows_scores={"yes": True, "no": False}.get(text(request, "shows_scores")),
            cases_max=_limit(request),
        ),
        done="已设定；已经打开的评分表不受影响。",
        to=reverse("municipal:panels"),
        again=lambda refusal: _arrange(request, public_id, refusal=refusal),
    )


def _limit(request: HttpRequest) -> int | None:
    typed = text(request, "cases_max").strip()
    if not typed:
        return None
    if not whole(typed):
        raise Invalid.of("cases_max", "件数上限请填写整数，不填按系统参数。")
    return whole(typed)


def _arrange(request: HttpRequest, public_id: str, *, refusal: DomainError | None = None) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    file = seen(applications.round_file, actor=actor, public_id=public_id)
    row = seen(review.arrangement, actor=actor, public_id=public_id)
    parameters = in_force(on=now.on)
    shows = {True: "yes", False: "no", None: ""}[row.shows_scores]
    return page(
        request,
        "municipal/arrangement.html",
        {
            "file": file,
            "shows_scores": request.POST.get("shows_scores", shows),
            "cases_max": request.POST.get("cases_max", row.cases_max or ""),
            "choices": [
                ("", f"按系统参数（{'可见' if parameters.expert_sees_district_score else '不可见'}）"),
                ("yes", "可见"),
                ("no", "不可见"),
            ],
            "default_max": parameters.expert_cases_max,
            "may": actor.has(Duty.HANDLER, Duty.SIGNER),
        },
        refusal=refusal,
    )
