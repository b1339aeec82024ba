"""Rounds and whether the enterprise may apply: every condition line by line, before anything is filled in."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from apps.applications import selectors as applications
from apps.applications import services as application_services
from apps.applications.selectors import Eligibility, RoundRow
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.policy.levels import Level
from apps.policy.standing import forms_still_owed
from apps.portals.base.http import attempt, page, say
from apps.portals.base.posted import whole
from apps.portals.base.visible import must_be_visible, seen
from apps.portals.enterprise.pages.common import shown_now
from apps.titles import selectors as titles


@audience(Role.ENTERPRISE)
@require_GET
def rounds(request: HttpRequest) -> HttpResponseBase:
    """List the announced rounds; the chosen one (else the first that is open) is judged line by line."""
    return _page(request, request.GET.get("round", ""), whole(request.GET.get("level")))


@audience(Role.ENTERPRISE)
@require_POST
def start(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Start a draft in a round, or say which condition stands against it."""
    level = whole(request.POST.get("level"))
    created, refusal = attempt(
        application_services.create_application,
        actor=actor_of(request),
        clock=DatabaseClock(),
        round_public_id=public_id,
        level=level,
        scheme_code=request.POST.get("scheme", ""),
    )
    must_be_visible(refusal)
    if created is None:
        return _page(request, public_id, level, refusal)
    say(request, "已建立申报草稿，请逐项填写。填写内容会自动保存。")
    return redirect("enterprise:application", created)


def _page(
    request: HttpRequest, public_id: str, level: int, refusal: DomainError | None = None
) -> HttpResponseBase:
    actor, now = actor_of(request), shown_now()
    found = applications.rounds(actor=actor, moment=now)
    chosen = next((row for row in found if row.public_id == public_id), None)
    if chosen is None:
        chosen = next((row for row in found if row.phase in {"taking", "coming"}), None)
    wanted = _level(chosen, level) if chosen else 0
    judged = (
        seen(
            applications.eligibility,
            actor=actor,
            round_public_id=chosen.public_id,
            level=wanted,
            moment=now,
        )
        if chosen
        else None
    )
    context = {
        "rounds": found,
        "chosen": chosen,
        "eligibility": judged,
        "levels": _tabs(chosen, wanted),
        "overview": _overview(seen(applications.eligibilities, actor=actor, moment=now)),
        "standing": standing_words(request, now.on),
        "today": now.on,
        "needs_exemption": bool(judged and any(line.state == "needs_exemption" for line in judged.lines)),
        # A draft may be begun, but whoever is barred learns beforehand that it cannot be handed in yet.
        "blocked": [line for line in judged.lines if line.state == "not_met"] if judged else [],
        "open_schemes": [option for option in judged.schemes if option.verdict.ok] if judged else [],
        "now": now.at,
    }
    return page(request, "enterprise/rounds.html", context, refusal=refusal)


def _level(chosen: RoundRow, asked: int) -> int:
    """Return the level to judge: the one asked for if the round takes it, else the highest it takes."""
    return asked if asked in chosen.levels else max(chosen.levels)


def _tabs(chosen: RoundRow | None, wanted: int) -> list[dict[str, object]]:
    if chosen is None:
        return []
    return [
        {
            "label": f"{Level(level).label} 级",
            "url": f"?round={chosen.public_id}&level={level}",
            "count": None,
            "current": level == wanted,
        }
        for level in sorted(chosen.levels)
    ]


def _overview(judged: list[Eligibility]) -> list[dict[str, object]]:
    """Return every level of every present round with one word on whether one may apply, and what stands against it."""
    rows: list[dict[str, object]] = []
    for one in judged:
        states = Counter(line.state for line in one.lines)
        against = [line for line in one.lines if line.state in {"not_met", "needs_exemption"}]
        rows.append(
            {
                "round": one.round,
                "level_label": one.level_label,
                "url": f"?round={one.round.public_id}&level={one.level}#round",
                "outcome": "not_met"
                if states["not_met"]
                else ("needs_exemption" if states["needs_exemption"] else "met"),
                "met": states["met"] + states["exempted"],
                "later": states["later"],
                "against": [(line.reason or line.label).rstrip("。") for line in against],
                "started": one.application_public_id is not None,
            }
        )
    return rows


def standing_words(request: HttpRequest, on: date) -> dict[str, object]:
    """Return what eligibility rests on: titles that stand, bans still running, overdue annual forms."""
    actor = actor_of(request)
    found = titles.standing_of(actor=actor, enterprise_id=actor.enterprise_id or 0)
    return {
        "titles": [title for title in found.titles if title.valid],
        "bans": [ban for ban in found.bans if ban.until > on],
        "overdue": [
            form for form in forms_still_owed(found) if form.submitted_on is None and form.due_on < on
        ],
    }
