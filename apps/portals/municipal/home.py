"""The first page: the pipeline with what blocks it, what is due, and what the districts owe."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.deadlines import selectors as deadlines
from apps.portals.base.http import page
from apps.portals.municipal.common import shown_now
from apps.portals.municipal.pipeline import pipeline
from apps.publicity import selectors as publicity
from apps.review import selectors as review
from apps.titles.states import UPWARD_DRAFT

_SHOWN = 8
#: What a district owes the city under R-16.
_FILING = "application.filing"


@audience(Role.MUNICIPAL)
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Show where the rounds stand and what to do next, the most urgent first."""
    actor, now = actor_of(request), shown_now()
    request.shows_stages = True  # type: ignore[attr-defined]  # read by the shell
    counts = applications.counts_by_state(actor=actor, level=3)
    own = deadlines.obligations_for(actor=actor, mine=True, per_page=_SHOWN)
    filings = deadlines.obligations_for(actor=actor, kinds=[_FILING], states=["overdue"], per_page=_SHOWN)
    obstacles = publicity.obstacles(actor=actor, round_code="", on=now.on)
    context = {
        "now": now.at,
        "today": now.on,
        "stages": pipeline(actor=actor, counts=counts, obstacles=obstacles, round_code=""),
        "own": own,
        "filings": filings,
        "tasks": _tasks(actor, counts, obstacles.credit_clear),
    }
    return page(request, "municipal/home.html", context)


def _tasks(actor: Actor, counts: dict[str, int], clear: int) -> list[dict[str, object]]:
    """Return the queues that hold something, in the order of the work; *clear*: credit in order, a notice is next."""
    city, publicly = review.workload(actor=actor), publicity.workload(actor=actor)
    queues = (
        ("推荐名单待受理", city.recommendations.get("sent", 0), "municipal:recommendations", "inbox", "份"),
        ("待组建专家组", counts.get("city_accepted", 0), "municipal:panels", "users", "家"),
        ("专家评分已齐，待形成意见", city.panels.get("assessed", 0), "municipal:panels", "scale", "家"),
        ("评估意见待处理", counts.get("panel_concluded", 0), "municipal:panels", "gavel", "家"),
        (
            "征信待查询或待处理",
            counts.get("credit_check", 0) - clear,
            "municipal:credit",
            "shield-check",
            "家",
        ),
        ("征信已通过，待公示", clear, "municipal:board?stage=credit", "speakerphone", "家"),
        ("公示稿待审核", publicly.notices.get("in_review", 0), "municipal:notices", "signature", "份"),
        ("公示稿待局领导签批", publicly.notices.get("reviewed", 0), "municipal:notices", "signature", "份"),
        ("公示待发布", publicly.notices.get("approved", 0), "municipal:notices", "speakerphone", "份"),
        ("异议待受理", publicly.objections.get("filed", 0), "municipal:objections", "message-report", "件"),
        (
            "异议待核查结论",
            publicly.objections.get("accepted", 0),
            "municipal:objections",
            "message-report",
            "件",
        ),
        ("可提请评定", counts.get("confirmable", 0), "municipal:recognitions", "certificate", "家"),
        (
            "评定名单待签发",
            publicly.recognitions.get("proposed", 0),
            "municipal:recognitions",
            "rubber-stamp",
            "份",
        ),
        (
            "上报推荐名单待局领导签发",
            publicly.upward.get(UPWARD_DRAFT, 0),
            "municipal:upwards",
            "signature",
            "份",
        ),
        ("1A/2A 备案待办理", city.filings.get("sent", 0), "municipal:filings", "archive", "份"),
    )
    return [
        {"label": label, "count": count, "unit": unit, "url": _place(name), "icon": icon}
        for label, count, name, icon, unit in queues
        if count
    ]


def _place(name: str) -> str:
    """Return the address of a page named with the query that narrows it, if any."""
    page_name, mark, query = name.partition("?")
    return f"{reverse(page_name)}{mark}{query}"
