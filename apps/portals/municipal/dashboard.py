"""全市看板: funnel, districts, industries, differences, time in stages; the numbers lead to their cases."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.applications.states import APPLICATION_LIFE
from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.cultivation import selectors as cultivation
from apps.documents.services.workbooks import ALL
from apps.policy.levels import Level
from apps.portals.base.http import page
from apps.portals.municipal.common import district_options, page_number, shown_now
from apps.publicity import selectors as publicity

_PER_PAGE = 50


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
            {"label": label, "count": count, "full": max(first, 1)}
            for (_, label, _), count in zip(applications.STEPS, found.whole.steps, strict=True)
        ],
        "heads": [label for _, label, _ in applications.STEPS],
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
        "districts": [
            {
                "row": row,
                "overdue": found.overdue.get(row.code, 0),
                "url": _cases(district=row.code, round=code),
            }
            for row in found.districts
        ],
        "states": [{"row": row, "url": _cases(state=row.state, round=code)} for row in found.states],
        "cultivation": cultivation.figures(actor=actor, year=now.on.year),
        "levels": [(level.value, level.label) for level in Level],
        "years": [
            {
                "year": year,
                "counts": [(level.label, levels.get(level.value, 0)) for level in Level],
                "total": sum(levels.values()),
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
        name: request.GET.get(name, "").replace("\x00", "") for name in ("state", "district", "round", "q")
    }
    state = asked["state"] if asked["state"] in APPLICATION_LIFE.states else ""
    found = applications.applications_page(
        actor=actor_of(request),
        q=asked["q"],
        district=asked["district"],
        state=state,
        states=[one for one in APPLICATION_LIFE.states if one != "draft"],
        round_code=asked["round"],
        sort="waiting",
        page=page_number(request),
        per_page=_PER_PAGE,
    )
    context = {
        "found": found,
        "asked": asked | {"state": state},
        "districts": district_options(),
        "states": [(code, label) for code, label in APPLICATION_LIFE.states.items() if code != "draft"],
    }
    return page(request, "municipal/dashboard_cases.html", context)


def _cases(**filters: str) -> str:
    asked = urlencode({name: value for name, value in filters.items() if value})
    return f"{reverse('municipal:dashboard_cases')}?{asked}"
