"""全市看板: funnel, districts, industries, differences, time in stages; every number leads to what it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.applications.selectors import Reach
from apps.applications.states import APPLICATION_LIFE
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.deadlines import selectors as deadlines
from apps.documents.services.workbooks import ALL
from apps.policy.levels import Level
from apps.portals.base.http import page
from apps.portals.base.posted import whole
from apps.portals.municipal.common import district_options, page_number, shown_now
from apps.publicity import selectors as publicity
from apps.titles import selectors as titles

_PER_PAGE = 50
#: What the list shows when no figure is named: every application handed in.
_ALL_CASES = "submitted"


@audience(Role.MUNICIPAL)
@require_GET
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the dashboard of one round, or of all."""
    actor, now = actor_of(request), shown_now()
    rounds = [row for row in applications.rounds(actor=actor, moment=now) if row.state != "draft"]
    chosen = next((row for row in rounds if row.code == request.GET.get("round", "")), None)
    code = chosen.code if chosen else ""
    found = publicity.overview(actor=actor, moment=now, round_code=code)
    by_code = {row.code: row for row in found.districts}
    first = found.whole.steps[0]
    context: dict[str, Any] = {
        "found": found,
        "rounds": [(row.code, row.name) for row in rounds],
        "chosen": chosen,
        "export": chosen.public_id if chosen else ALL,
        "funnel": [
            {"label": label, "count": count, "full": max(first, 1), "url": _cases(figure=key, round=code)}
            for key, label, count in found.whole.figures
        ],
        "heads": list(applications.FIGURES.values()),
        "tiles": [
            {
                "code": district,
                "name": name,
                "count": by_code[district].steps[0] if district in by_code else 0,
                "total": None,
                "url": _cases(district=district, round=code),
            }
            for district, name in district_options()
        ],
        "whole": _line(found.whole, found.overdue_of_all, _late(), round=code),
        "districts": [
            _line(
                row, found.overdue.get(row.code, 0), _late(district=row.code), district=row.code, round=code
            )
            for row in found.districts
        ],
        "industries": [_line(row, 0, "", industry=row.code, round=code) for row in found.industries],
        "states": [{"row": row, "url": _cases(state=row.state, round=code)} for row in found.states],
        "cultivation": found.cultivation,
        "levels": [(level.value, level.label) for level in Level],
        "years": [
            {
                "year": year,
                "counts": [
                    (level.label, levels.get(level.value, 0), _awards(year=year, level=level.value))
                    for level in Level
                ],
                "total": sum(levels.values()),
                "url": _awards(year=year),
            }
            for year, levels in found.awards.items()
        ],
        "most": max((sum(levels.values()) for levels in found.awards.values()), default=1),
    }
    return page(request, "municipal/dashboard.html", context)


@audience(Role.MUNICIPAL)
@require_GET
def cases(request: HttpRequest) -> HttpResponseBase:
    """List the applications behind one number of the dashboard."""
    asked = {
        name: request.GET.get(name, "").replace("\x00", "")
        for name in ("state", "district", "round", "q", "figure", "industry")
    }
    asked["state"] = asked["state"] if asked["state"] in APPLICATION_LIFE.states else ""
    asked["figure"] = asked["figure"] if asked["figure"] in applications.FIGURES else _ALL_CASES
    found = applications.applications_page(
        actor=actor_of(request),
        q=asked["q"],
        district=asked["district"],
        state=asked["state"],
        round_code=asked["round"],
        figure=asked["figure"],
        industry=asked["industry"],
        sort="waiting",
        page=page_number(request),
        per_page=_PER_PAGE,
    )
    context = {
        "found": found,
        "asked": asked,
        "figures": list(applications.FIGURES.items()),
        "differs": asked["figure"] in applications.GAPS,
        "industry_name": found.rows[0].industry_name if asked["industry"] and found.rows else "",
        "districts": district_options(),
        "states": [(code, label) for code, label in APPLICATION_LIFE.states.items() if code != "draft"],
    }
    return page(request, "municipal/dashboard_cases.html", context)


@audience(Role.MUNICIPAL)
@require_GET
def overdue(request: HttpRequest) -> HttpResponseBase:
    """List what is overdue in one district, or in the whole city."""
    district = request.GET.get("district", "")
    district = district if district in dict(district_options()) else ""
    found = deadlines.obligations_for(
        actor=actor_of(request),
        states=["overdue"],
        district=district or None,
        page=page_number(request),
        per_page=_PER_PAGE,
    )
    context = {
        "found": found,
        "district": district,
        "districts": district_options(),
        "now": shown_now().at,
    }
    return page(request, "municipal/dashboard_overdue.html", context)


@audience(Role.MUNICIPAL)
@require_GET
def awards(request: HttpRequest) -> HttpResponseBase:
    """List the titles awarded in one year, of one level or of all."""
    year = whole(request.GET.get("year"))
    level = whole(request.GET.get("level"))
    levels = [(str(one.value), one.label) for one in Level]
    asked_year = year if MINYEAR <= year <= MAXYEAR else None
    asked_level = level if str(level) in dict(levels) else None
    found = titles.titles_page(
        actor=actor_of(request),
        q=request.GET.get("q", "").replace("\x00", ""),
        year=asked_year,
        level=asked_level,
        page=page_number(request),
        per_page=_PER_PAGE,
    )
    context = {
        "found": found,
        "year": asked_year,
        "level": asked_level,
        "levels": levels,
        "q": request.GET.get("q", ""),
    }
    return page(request, "municipal/dashboard_awards.html", context)


def _line(row: Reach, late: int, late_url: str, **filters: str) -> dict[str, Any]:
    """Return one line of a table: its figures with the addresses of what they count.

    A line without code (an enterprise whose industry is not recorded) has nothing to filter by.
    """
    linked = all(filters[name] for name in filters if name != "round")
    gaps: list[tuple[str, Decimal | None]] = [
        ("district_gap", row.district_gap),
        ("expert_gap", row.expert_gap),
    ]
    return {
        "name": row.name,
        "url": _cases(**filters) if linked else "",
        "counts": [
            (label, count, _cases(figure=key, **filters) if linked else "")
            for key, label, count in row.figures
        ],
        "gaps": [
            (applications.FIGURES[key], gap, _cases(figure=key, **filters) if linked else "")
            for key, gap in gaps
        ],
        "overdue": late,
        "overdue_url": late_url,
    }


def _cases(**filters: str) -> str:
    return _address("dashboard_cases", filters)


def _late(**filters: str) -> str:
    return _address("dashboard_overdue", filters)


def _awards(**filters: int) -> str:
    return _address("dashboard_awards", filters)


def _address(name: str, filters: Mapping[str, str | int]) -> str:
    asked = urlencode({key: value for key, value in filters.items() if value})
    return f"{reverse(f'municipal:{name}')}?{asked}"
