"""The district's first page: what is due, how much waits at each step, what is overdue."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.applications import selectors as applications
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.moment import Moment, shown_at
from apps.deadlines import selectors as deadlines
from apps.deadlines.selectors import ObligationRow
from apps.monitoring.workload import watched
from apps.portals.base.http import page
from apps.review import selectors as review
from apps.titles import selectors as titles

#: Steps of the district's work, left to right: label, states, URL name, what is said under the number.
_STAGES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("待受理", ("submitted",), "intake", "受理或转办"),
    ("形式审查", ("form_check", "supplementing"), "intake", "含补正中"),
    ("初评", ("prelim",), "scoring", "打分与签批"),
    ("初评完成", ("prelim_signed", "conversion_offered"), "decisions", "评定或推荐"),
    ("属地评审", ("district_decision",), "decisions", "提出建议与签发"),
    ("待备案", ("to_file", "filed"), "filings", "报市局"),
    ("已推荐", ("recommended",), "recommendations", "待市局受理"),
)
_TODOS = 12


@audience(Role.DISTRICT)
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Show to-dos by deadline, the pipe of open cases, overdue work and the titles of the district."""
    actor = actor_of(request)
    listing = applications.applications_page(actor=actor, per_page=1)
    now = Moment.of(shown_at())
    owed = deadlines.things_to_do(actor=actor, on=now.on, per_page=_TODOS)
    # By the day, not by the sweeper's mark: what is late is late before the sweeper has come round.
    late = deadlines.obligations_for(
        actor=actor, mine=True, due_until=now.on - timedelta(days=1), per_page=1
    ).total
    counts = review.preliminary_counts(actor=actor)
    register = titles.titles_page(actor=actor, state="standing", per_page=1)
    return page(
        request,
        "district/home.html",
        {
            "now": now.at,
            "stages": stages_of(listing.by_state),
            "todos": [_todo(row, now.on) for row in owed.rows],
            "owed": owed,
            "signing": counts["submitted"],
            "to_decide": review.proposed_rulings(actor=actor),
            "scoring": counts["scoring"],
            "next": review.next_in_queue(actor=actor),
            "watched": _watched(actor, now.on),
            "levels": [
                {"level": level, "count": count} for level, count in sorted(register.by_level.items())
            ],
            "overdue": late,
            "greeting": _greeting(actor, late),
        },
    )


def stages_of(by_state: dict[str, int], *, listed: bool = False) -> list[dict[str, Any]]:
    """Return the steps of the district's work with how many cases stand at each.

    Each leads to the page where that step is done; with *listed* to exactly the cases it counts.
    """
    return [
        {
            "label": label,
            "count": sum(by_state.get(state, 0) for state in states),
            "note": note,
            "url": f"{reverse('district:board_stage')}?at={at}" if listed else reverse(f"district:{name}"),
        }
        for at, (label, states, name, note) in enumerate(_STAGES, start=1)
    ]


def stage(at: int) -> tuple[str, tuple[str, ...]] | None:
    """Return label and states of the step with the number *at* (from 1), None when there is none."""
    return _STAGES[at - 1][:2] if 1 <= at <= len(_STAGES) else None


def _watched(actor: Actor, on: date) -> list[dict[str, Any]]:
    """Return what of the monitoring of titles waits, each with its number and its list."""
    found = watched(actor=actor, on=on)
    annual, rechecks, orders = (
        reverse(f"district:{name}") for name in ("annual_list", "inspections", "rectifications")
    )
    return [
        {
            "label": "年度表逾期未报",
            "count": found.forms_late,
            "unit": "份",
            "late": True,
            "url": f"{annual}?year=all&state=unfiled",
        },
        {
            "label": "年度表待审核",
            "count": found.forms_to_review,
            "unit": "份",
            "url": f"{annual}?year=all&state=filed",
        },
        {
            "label": "现场复核超期",
            "count": found.rechecks_late,
            "unit": "家",
            "late": True,
            "url": rechecks,
        },
        {"label": "整改通知待送达", "count": found.to_serve, "unit": "份", "url": orders},
        {"label": "整改待验收", "count": found.to_verify, "unit": "份", "url": orders},
    ]


def _todo(row: ObligationRow, on: date) -> dict[str, Any]:
    return {
        "title": f"{row.enterprise_name}：{row.label}" if row.enterprise_name else row.label,
        "url": f"/d/{row.path}" if row.path else "",
        "number": row.number,
        "due_on": row.due_on,
        "overdue": row.due_on < on,
        "provisional": row.provisional,
    }


def _greeting(actor: Actor, overdue: int) -> str:
    return f"{overdue} 件已超期，请先办理。" if overdue else f"{actor.name}，没有超期的办件。"
