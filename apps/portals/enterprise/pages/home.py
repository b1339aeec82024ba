"""The enterprise's first page: what to do by when, how far each case has come, titles and the next level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.accounts import selectors as accounts
from apps.accounts.states import RETURNED
from apps.applications import selectors as applications
from apps.applications.selectors import CaseRow
from apps.applications.services import HOLDING_EXPIRY
from apps.applications.states import CONVERSION_OFFERED, DRAFT, FINAL, OBJECTION
from apps.core.actor import Actor, Role
from apps.core.audience import actor_of, audience
from apps.core.moment import end_of_day
from apps.deadlines import selectors as deadlines
from apps.deadlines.selectors import ObligationRow
from apps.deadlines.states import Party
from apps.evidence.services import FILE_EXPIRY
from apps.monitoring.workload import unread_notices
from apps.policy.levels import THRESHOLDS, Level
from apps.portals.base.http import page
from apps.portals.enterprise.pages.common import shown_now
from apps.portals.enterprise.progress_words import plain_progress
from apps.publicity import selectors as publicity
from apps.publicity.states import ACCEPTED
from apps.titles import selectors as titles
from apps.titles.selectors import BanRow, TitleRow
from apps.titles.services import BAN

_HIGHEST_SCORED = Level.A3
#: A file is shown as ending soon this long before its last day (DESIGN 7.1: 材料到期).
EXPIRY_DAYS = 60
_MOST_EXPIRING = 6
_EXPIRIES = frozenset({HOLDING_EXPIRY, FILE_EXPIRY})
#: Dates that merely come: nothing is to be done until then.
_WAITED_FOR = _EXPIRIES | {BAN}


@dataclass(frozen=True, slots=True)
class NextLevel:
    """The level after the one held, and how far the last score is from it (None: no score yet)."""

    label: str
    threshold: Decimal
    score: Decimal | None
    gap: Decimal | None


@audience(Role.ENTERPRISE)
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Show the enterprise's own work; before confirmation, where its registration stands."""
    actor = actor_of(request)
    enterprise = accounts.enterprise_file(actor=actor)
    request.organisation = enterprise.name  # type: ignore[attr-defined]  # the shell need not ask for it again
    now = shown_now()
    if not enterprise.is_confirmed:
        context = {
            "enterprise": enterprise,
            "steps": _registration_steps(returned=enterprise.state == RETURNED),
            "now": now.at,
        }
        return page(request, "enterprise/home_registration.html", context)
    cases = applications.my_applications(actor=actor)
    held, annual_form = titles.titles_and_annual_form(actor=actor)
    standing = [title for title in held if title.standing]
    due = deadlines.most_urgent(actor=actor)
    until = now.on + timedelta(days=EXPIRY_DAYS)
    ban = next((row for row in due if row.kind == BAN), None)
    duties = [
        _duty(row, cases) for row in due if row.party == Party.ENTERPRISE and row.kind not in _WAITED_FOR
    ]
    asked = [case for case in cases if case.state == CONVERSION_OFFERED]
    statements = _statements_asked(actor, cases)
    context = {
        "enterprise": enterprise,
        "now": now.at,
        "duties": duties,
        # A notice of rectification concerns a title: who never held one is not asked for.
        "notices": unread_notices(actor=actor) if held else [],
        "ban": ban,
        "once_held": bool(held),
        "free_again": None if ban or standing or not held else _over(actor, now.on),
        "asked": asked,
        "statements": statements,
        "to_do": len(asked) + len(statements) + len(duties),
        "open_cases": [_line(case, due, enterprise.authority) for case in cases if case.state not in FINAL],
        "closed_count": sum(case.state in FINAL for case in cases),
        "titles": standing,
        "next_level": None if ban else next_level(standing, cases),
        "expiring": [row for row in due if row.kind in _EXPIRIES and row.due_on <= until][:_MOST_EXPIRING],
        # With its title the duty has ended: nothing is asked for that is no longer owed.
        "annual_form": annual_form if standing or (annual_form and annual_form.submitted_on) else None,
        "today": now.on,
        "first_visit": not held and all(case.submitted_at is None for case in cases),
        "steps": _first_steps(cases),
    }
    return page(request, "enterprise/home.html", context)


def _statements_asked(actor: Actor, cases: Sequence[CaseRow]) -> list[dict[str, object]]:
    """Return the accepted objections that wait for the enterprise's words, which have no term of their own.

    Asked for only where a case stands at that stage: the page costs no more for everybody else. (An explanation of a
    credit result has a term, and stands among the duties with it.)
    """
    return [
        {
            "case": case,
            "label": "公示期收到异议，请说明情况",
            "matter": row.matter,
            "url": reverse("enterprise:objection", args=[row.public_id]),
        }
        for case in cases
        if case.state == OBJECTION
        for row in publicity.objections(actor=actor, state=ACCEPTED, application_id=case.id)
        if not row.statement
    ]


def _line(case: CaseRow, due: Sequence[ObligationRow], authority: str) -> dict[str, object]:
    """Return a running case with its sentence and what is due about it next, by whomever."""
    following = next((row for row in due if row.subject_public_id == case.public_id), None)
    due_on = following.due_on if following is not None else None
    return {
        "case": case,
        "sentence": plain_progress(case.state, authority, case.decided_level),
        "due_on": due_on,
        "mine": following is not None and following.party == Party.ENTERPRISE,
    }


def _over(actor: Actor, on: date) -> BanRow | None:
    """Return the ban that ended last; None while one runs, and for who never had one."""
    last = next(iter(titles.bans_of(actor=actor, enterprise_id=actor.enterprise_id or 0)), None)
    return last if last is not None and last.until_on <= on else None


def _duty(row: ObligationRow, cases: list[CaseRow]) -> dict[str, object]:
    """Return what is owed with the name of its case; a term that ends with a day shows the day, not midnight."""
    case = next((one for one in cases if one.public_id == row.subject_public_id), None)
    whole_day = row.due_at == end_of_day(row.due_on)
    return {
        "row": row,
        "name": f"{case.round_code} · {case.level_label} 级" if case else "",
        "due": row.due_on if whole_day else row.due_at,
    }


def next_level(held: list[TitleRow], cases: list[CaseRow]) -> NextLevel | None:
    """Return the level to aim at next, None when the highest scored one is held."""
    top = max((title.level for title in held), default=0)
    if top >= _HIGHEST_SCORED:
        return None
    goal = Level(top + 1)
    scores = (case.panel_total or case.prelim_total or case.self_total for case in cases)
    score = next((one for one in scores if one is not None), None)
    gap = None if score is None else max(THRESHOLDS[goal] - score, Decimal(0))
    return NextLevel(goal.label, THRESHOLDS[goal], score, gap)


def _registration_steps(*, returned: bool) -> list[dict[str, str]]:
    """The stations of a registration that is not confirmed yet."""
    mending = [{"label": "修改登记信息", "state": "current"}] if returned else []
    checking = {"label": "属地核实", "state": "todo" if returned else "current"}
    return [
        {"label": "提交登记", "state": "done"},
        *mending,
        checking,
        {"label": "可以申报", "state": "todo"},
    ]


def _first_steps(cases: list[CaseRow]) -> list[dict[str, str]]:
    """The three guided steps of a first visit."""
    drafted = any(case.state == DRAFT for case in cases)
    return [
        {"label": "企业登记经属地核实", "state": "done"},
        {"label": "选择批次，核对申报条件", "state": "done" if drafted else "current"},
        {"label": "填写自评表并提交", "state": "current" if drafted else "todo"},
    ]
