"""The decision board: one stage of a round, its candidates with three scores, and the batch acts of that stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.applications.selectors import RoundRow
from apps.core.actor import Actor, Duty, Role
from apps.core.audience import actor_of, audience
from apps.core.moment import SHANGHAI, Moment
from apps.policy.provisional import Provisional
from apps.portals.base.http import page
from apps.portals.municipal.common import district_options, page_number, shown_now
from apps.portals.municipal.deciding import CHOICES
from apps.portals.municipal.pipeline import pipeline
from apps.publicity import selectors as publicity
from apps.publicity.selectors import Candidate, Obstacles
from apps.review import selectors as review
from apps.review.selectors import PanelFigures

_PER_PAGE = 50
_GATE = Decimal(80)
#: From this spread on the experts' disagreement is called to mind (prototype c_decision; the rule itself is R-19).
_WIDE = Decimal(5)
_SORTS = {
    "panel_total": "专家均分",
    "prelim_total": "初评得分",
    "self_total": "自评得分",
    "waiting": "停留最久",
    "number": "申报编号",
}
#: Stage → the batch act offered there: URL name, label, icon, noun under it.
_BATCHES = {
    "recommended": ("municipal:accept_cases", "受理所选", "circle-check", Duty.HANDLER),
    "credit": ("municipal:draft_notice", "纳入公示稿", "speakerphone", Duty.HANDLER),
    "confirm": ("municipal:propose_recognition", "提请评定", "certificate", Duty.HANDLER),
}
_TONES = {Provisional.PROPOSE: "ok", Provisional.DEFER: "warn", Provisional.REFUSE: "bad"}
#: Stages in which a case has been seen by experts.
_WITH_EXPERTS = frozenset({"experts", "credit", "notice", "confirm", "awarded"})


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One candidate, formatted: the template only places it."""

    candidate: Candidate
    figures: PanelFigures | None
    expert: Decimal | None
    spread: Decimal | None
    wide: bool
    alert: str
    proposal: str
    tone: str
    days: int
    district: str
    notice_ends: str


_UNDECIDED = "none"
_NOTED = [*CHOICES, (_UNDECIDED, "尚未拟定")]


@audience(Role.MUNICIPAL)
@require_GET
def board(request: HttpRequest) -> HttpResponseBase:
    """Show the chosen stage (else the furthest one with something to decide) of a round."""
    actor, now = actor_of(request), shown_now()
    request.shows_stages = True  # type: ignore[attr-defined]  # read by the shell
    rounds = [row for row in applications.rounds(actor=actor, moment=now) if 3 in row.levels]  # noqa: PLR2004
    chosen = _chosen(rounds, request.GET.get("round", ""))
    stage = _stage(request.GET.get("stage", ""))
    sort = request.GET.get("sort", "")
    sort = sort if sort in _SORTS else ("panel_total" if stage in _WITH_EXPERTS else "waiting")
    noted = request.GET.get("decision", "") if stage == "credit" else ""
    noted = noted if noted in {code for code, _ in _NOTED} else ""
    only, but = _narrowed(actor, noted)
    found = applications.applications_page(
        actor=actor,
        only=only,
        but=but,
        q=request.GET.get("q", ""),
        district=request.GET.get("district", ""),
        states=publicity.states_of(stage),
        level=3,
        round_code=chosen.code if chosen else "",
        sort=sort,
        page=page_number(request),
        per_page=_PER_PAGE,
        with_cases=True,
    )
    ids = [row.id for row in found.rows]
    figures = review.panel_figures(actor=actor, application_ids=ids)
    districts = district_options()
    short = dict(districts)
    lines = [
        board_line(
            candidate, figures.get(candidate.case.id), now, district=short.get(candidate.case.district, "")
        )
        for candidate in publicity.candidates(actor=actor, application_ids=ids, on=now.on, cases=found.cases)
    ]
    obstacles = publicity.obstacles(actor=actor, round_code=chosen.code if chosen else "", on=now.on)
    # The stages tell of the whole round, whatever the list is narrowed to: their notes count all of it too.
    searched = bool(request.GET.get("q", "").strip() or request.GET.get("district", ""))
    stages = pipeline(
        actor=actor,
        counts=applications.counts_by_state(actor=actor, level=3, round_code=chosen.code if chosen else "")
        if searched
        else found.by_state,
        obstacles=obstacles,
        round_code=chosen.code if chosen else "",
        current=stage,
    )
    batch = _BATCHES.get(stage)
    context = {
        "now": now.at,
        "today": now.on,
        "round": chosen,
        "rounds": [(row.code, row.name) for row in rounds],
        "districts": districts,
        "sorts": list(_SORTS.items()),
        "sort": sort,
        "noted": noted,
        "noted_choices": _NOTED if stage == "credit" else [],
        "stages": stages,
        "stage": next(one for one in stages if one["code"] == stage),
        "tags": [] if searched or noted else _tags(stage, found.total, obstacles),
        "lines": lines,
        "found": found,
        "batch": batch if batch and actor.has(batch[3]) else None,
        "choices": CHOICES if stage == "credit" and actor.has(Duty.HANDLER) else [],
        "views": _views(actor),
        "decisions": [line for line in lines if line.alert],
        "obstacles": obstacles,
        "asked": request.GET,
    }
    return page(request, "municipal/board.html", context)


def _narrowed(actor: Actor, noted: str) -> tuple[list[int] | None, list[int] | None]:
    """Return the only cases to list, or those to leave out, for one provisional decision or for none yet."""
    if not noted:
        return None, None
    if noted == _UNDECIDED:
        return None, publicity.noted_as(actor=actor, decision=None)
    return publicity.noted_as(actor=actor, decision=Provisional(noted)), None


def _views(actor: Actor) -> list[dict[str, str]]:
    """Return the person's saved views with their addresses."""
    here = reverse("municipal:board")
    return [
        {"name": row.name, "url": f"{here}?{urlencode(row.filters)}", "public_id": row.public_id}
        for row in publicity.saved_views(actor=actor)
    ]


def board_line(
    candidate: Candidate, figures: PanelFigures | None, now: Moment, *, district: str = ""
) -> BoardLine:
    """Return a candidate ready for the page; *district* is the short name of its 属地."""
    case = candidate.case
    totals = figures.totals if figures else ()
    spread = totals[-1] - totals[0] if len(totals) > 1 else None
    expert = case.panel_total if case.panel_total is not None else (figures.total if figures else None)
    label, tone = proposal(candidate, expert)
    ends_on = candidate.notice_ends_on
    changed_on = case.changed_at.astimezone(SHANGHAI).date()
    return BoardLine(
        candidate=candidate,
        figures=figures,
        expert=expert,
        spread=spread,
        wide=spread is not None and spread > _WIDE,
        alert=_alert(candidate, spread),
        proposal=label,
        tone=tone,
        days=(now.on - changed_on).days,
        district=district or case.district_name,
        notice_ends=f"{ends_on.month}月{ends_on.day}日" if ends_on else "",
    )


def proposal(candidate: Candidate, expert: Decimal | None) -> tuple[str, str]:
    """Return the decision noted, else what the facts point to, in the plan's words, with the tone of its tag."""
    if candidate.case.state == "awarded":
        return "已评定", "done"
    noted = candidate.decision if candidate.case.state == "credit_check" else None
    return (noted.label, _TONES[noted.decision]) if noted else _derived(candidate, expert)


def _derived(candidate: Candidate, expert: Decimal | None) -> tuple[str, str]:
    """Return what the facts point to while nobody has noted a decision."""
    if candidate.open_objections:
        return "暂缓", "warn"
    if expert is None:
        return "待定", "outline"
    if expert < _GATE:
        return "不予评定", "bad"
    credit = candidate.credit
    if credit is None or candidate.credit_is_stale:
        return "待定", "outline"
    return ("拟评定", "ok") if credit.result in {"normal", "explained"} else ("暂缓", "warn")


def _alert(candidate: Candidate, spread: Decimal | None) -> str:
    """Return what somebody has to decide about the case, "" when nothing stands out."""
    credit = candidate.credit
    if candidate.open_objections:
        return f"有 {candidate.open_objections} 件异议未办结"
    if credit is not None and credit.result in {"adverse", "explanation"}:
        return f"征信{credit.result_label}：{credit.matters}"
    if candidate.credit_is_stale and candidate.case.state == "credit_check":
        return "征信结果已过有效期，须重新查询"
    if spread is not None and spread > _WIDE and candidate.case.state in {"expert_review", "panel_concluded"}:
        return f"专家分差 {spread:.2f} 分"
    return ""


def _chosen(rounds: Sequence[RoundRow], code: str) -> RoundRow | None:
    """Return the round asked for, else the newest one that has been announced."""
    wanted = next((row for row in rounds if row.code == code), None)
    announced = [row for row in rounds if row.state != "draft"]
    return wanted or max(announced, key=lambda row: row.opens_at, default=None)


def _stage(asked: str) -> str:
    """Return the stage asked for, the credit stage (where the board decides) for any other word."""
    return asked if asked in {code for code, _, _ in publicity.STAGES} else "credit"


def _tags(stage: str, total: int, obstacles: Obstacles) -> list[dict[str, Any]]:
    """Return the counted results beside the list's heading (credit stage only)."""
    if stage != "credit":
        return []
    missing = total - obstacles.credit_clear - obstacles.credit_stale - obstacles.credit_adverse
    counted = (
        ("ok", "check", obstacles.credit_clear, "正常"),
        ("warn", "hourglass", max(missing, 0), "待查"),
        ("warn", "clock", obstacles.credit_stale, "过期"),
        ("bad", "alert-triangle", obstacles.credit_adverse, "异常"),
    )
    return [
        {"tone": tone, "icon": icon, "text": f"{count} {label}"}
        for tone, icon, count, label in counted
        if count
    ]
