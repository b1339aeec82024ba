"""Titles of 3A and above in the district with their state."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from apps.core.actor import Role
from apps.core.audience import actor_of, audience
from apps.policy.levels import Level
from apps.portals.base.http import page
from apps.portals.base.posted import whole
from apps.portals.district.common import tabs
from apps.titles import selectors as titles
from apps.titles.states import TITLE_LIFE

_LEVELS = (Level.A3, Level.A4, Level.A5)
_LOWEST = Level.A3.value


@audience(Role.DISTRICT)
@require_GET
def listing(request: HttpRequest) -> HttpResponseBase:
    """List the district's titles of one level (3A at first) by state."""
    level = whole(request.GET.get("level"), _LOWEST)
    level = level if level in {one.value for one in _LEVELS} else _LOWEST
    state = request.GET.get("state", "")
    state = state if state in TITLE_LIFE.states else ""
    found = titles.titles_page(
        actor=actor_of(request),
        q=request.GET.get("q", ""),
        level=level,
        state=state,
        page=whole(request.GET.get("page"), 1),
    )
    levels: dict[str, tuple[str, int | None]] = {
        str(one.value): (one.label, found.by_level[one.value]) for one in _LEVELS
    }
    states = [(key, f"{TITLE_LIFE.label(key)}（{count}）") for key, count in found.by_state.items() if count]
    return page(
        request,
        "district/monitoring.html",
        {
            "found": found,
            "level": level,
            "state": state,
            "states": states,
            "q": request.GET.get("q", ""),
            "tabs": tabs(levels, str(level), param="level"),
        },
    )
