"""The list of a year's annual forms with how far they have come: the same page for a district and for the city."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.monitoring import annual_forms
from apps.portals.base.posted import whole

#: In the address: the forms of every year.
_ALL = "all"
_FILTERS = (
    ("", "全部"),
    ("unfiled", "未报送"),
    ("filed", "待审核"),
    ("approved", "已通过"),
    ("late", "逾期"),
)


def annual_list(request: HttpRequest, *, actor: Actor, now: Moment, district: str = "") -> dict[str, Any]:
    """Return the context of the list: years, counts, one page of forms; five queries."""
    years = annual_forms.years_known(actor=actor)
    if request.GET.get("year") == _ALL:
        year = annual_forms.ALL_YEARS
    else:
        year = whole(request.GET.get("year"))
        year = year if year in years else (years[0] if years else now.on.year)
    state = request.GET.get("state", "")
    state = state if state in dict(_FILTERS) else ""
    standing = annual_forms.annual_standing(actor=actor, on=now.on, year=year)
    counted = [line for line in standing if not district or line.code == district]
    totals = {
        name: sum(getattr(line, name) for line in counted)
        for name in ("owed", "filed", "late", "approved", "unfiled", "overdue")
    }
    numbers = {
        "": totals["owed"],
        "unfiled": totals["unfiled"],
        "filed": totals["filed"] - totals["approved"],
        "approved": totals["approved"],
        "late": totals["late"] + totals["overdue"],
    }
    words = request.GET.get("q", "")
    code = str(year or _ALL)
    base = f"year={code}" + (f"&district={district}" if district else "")
    return {
        "year": code,
        "year_label": f"{year} 年度" if year else "全部年度",
        "years": [(_ALL, "全部年度"), *((str(one), f"{one} 年度") for one in years)],
        "state": state,
        "q": words,
        "standing": standing,
        "totals": totals,
        "rate": totals["filed"] * 100 // totals["owed"] if totals["owed"] else 0,
        "tabs": [
            {
                "label": label,
                "url": f"?{base}&state={one}",
                "count": numbers[one],
                "current": one == state,
            }
            for one, label in _FILTERS
        ],
        "found": annual_forms.annual_page(
            actor=actor,
            on=now.on,
            year=year,
            state=state,
            district=district,
            q=words,
            page=whole(request.GET.get("page"), 1),
        ),
    }
