"""What another value of a parameter would change: dates that move, cases still ahead of it, titles it brings in.

Deadlines already counted stay as they are; a value holds for what begins on or after its day. What is computed anew
each time it is shown (the recheck plan, who owes the yearly form) moves with the value, and is named here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from apps.applications import selectors as applications
from apps.applications import states as case
from apps.core.actor import Actor
from apps.deadlines.counting import Counting
from apps.deadlines.selectors import work_calendar
from apps.monitoring.planning import recheck_plan
from apps.parameters.selectors import in_force
from apps.policy.levels import Level
from apps.policy.obligations import annual_form_due_on, under_dynamic_management
from apps.policy.parameter_spec import ParameterErrors, ParameterSpec
from apps.policy.parameters import Parameters
from apps.titles import selectors as titles

#: How many rows of a list the preview names; the count says how many there are.
MOST = 20
_DRAFTING = (case.DRAFT, case.SUPPLEMENTING)
_INTAKE = (case.SUBMITTED, case.FORM_CHECK, case.PRELIM)
_PANEL = (case.RECOMMENDED, case.CITY_ACCEPTED, case.EXPERT_REVIEW)
_BEFORE_NOTICE = (case.PANEL_CONCLUDED, case.CREDIT_CHECK)
#: Parameter → states of an application in which the value is still ahead of it.
_AHEAD: Mapping[str, tuple[str, ...]] = {
    "rounding": (*_DRAFTING, case.PRELIM),
    "mandatory_zero": (*_DRAFTING, case.PRELIM),
    "not_applicable_city_over": _DRAFTING,
    "default_scheme": (case.DRAFT,),
    "sector_standard": (case.DRAFT,),
    "ban_bars_lower_levels": (case.DRAFT,),
    "commitment_scan_required": (case.DRAFT,),
    "form_check_workdays": (case.DRAFT, case.SUBMITTED),
    "supplement_workdays": _INTAKE,
    "conversion_workdays": (case.PRELIM, case.PRELIM_SIGNED),
    "reasoned_difference_over": (case.FORM_CHECK, case.PRELIM),
    "filing_workdays": (case.PRELIM, case.PRELIM_SIGNED, case.DISTRICT_DECISION),
    "district_publicity": (case.PRELIM_SIGNED, case.DISTRICT_DECISION),
    **dict.fromkeys(
        (
            "panel_size_min", "panel_size_odd", "panel_averaging", "panel_trim_from", "panel_spread_over",
            "panel_draw_required", "expert_cases_max", "expert_sees_district_score", "site_visit_gap",
            "site_visit_margin", "conflict_years",
        ),
        _PANEL,
    ),
    **dict.fromkeys(
        ("credit_validity_days", "special_meeting_required", "publicity_days", "publicity_kind"),
        _BEFORE_NOTICE,
    ),
    "objection_workdays": (*_BEFORE_NOTICE, case.ON_NOTICE),
    "anonymous_objections": (*_BEFORE_NOTICE, case.ON_NOTICE),
}  # fmt: skip
_OF_TITLES = frozenset({"trial_starts_on", "trial_ends_on", "monitor_lower_levels"})
_YEARLY = frozenset({"annual_form_due", "annual_tasks_on"})


@dataclass(frozen=True, slots=True)
class Moved:
    """Something with a day of its own: its day under the present value and under the other one."""

    label: str
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """An open case that the value will meet when it comes to that step."""

    public_id: str
    number: str
    enterprise_name: str
    state_label: str


@dataclass(frozen=True, slots=True)
class Levels:
    """Titles of one level: how many, and whether they are under dynamic management before and after."""

    label: str
    count: int
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Effects:
    """The answer: the two values in words, what moves, what is ahead, which titles come in or go out."""

    before: str
    after: str
    starts_on: date
    moved: Sequence[Moved]
    moved_count: int
    ahead: Sequence[Ahead]
    ahead_count: int
    levels: Sequence[Levels]

    @property
    def nothing(self) -> bool:
        """No open case, date or title is concerned: the value will be asked for in acts to come."""
        return not (self.moved or self.ahead or any(row.before != row.after for row in self.levels))


def effects_of(*, actor: Actor, spec: ParameterSpec, value: Any, starts_on: date, today: date) -> Effects:
    """Return what *value* (typed) of the parameter *spec* would change from *starts_on* on.

    Raises:
        ParameterErrors: the value contradicts the others of that day.
    """
    now = in_force(on=starts_on)
    then = replace(now, **{spec.key: value})
    if contradictions := then.contradictions():
        raise ParameterErrors(contradictions)
    moved = [*_example(spec, now, then, starts_on), *_yearly(spec, now, then, starts_on)]
    plan = _plan(actor, spec, now, then, today)
    ahead, ahead_count = _ahead(actor, spec.key)
    return Effects(
        before=spec.display(getattr(now, spec.key)),
        after=spec.display(value),
        starts_on=starts_on,
        moved=[*moved, *plan[:MOST]],
        moved_count=len(moved) + len(plan),
        ahead=ahead,
        ahead_count=ahead_count,
        levels=_levels(actor, now, then, starts_on) if spec.key in _OF_TITLES else (),
    )


def _example(spec: ParameterSpec, now: Parameters, then: Parameters, start: date) -> list[Moved]:
    """Return the deadline of something that begins on the first day of the value."""
    work = work_calendar()

    def ends(parameters: Parameters) -> date | None:
        amount = getattr(parameters, spec.key)
        if spec.key in {"publicity_days", "publicity_kind"}:
            counting = Counting.publicity(start, parameters.publicity_days, parameters.publicity_kind)
        elif spec.unit == "个工作日" and isinstance(amount, int) and not spec.key.startswith("short_"):
            counting = Counting.workdays(start, amount)
        else:
            return None
        return counting.term(work).ends_on

    before, after = ends(now), ends(then)
    return [Moved("生效当日起算的期限", before, after)] if before is not None else []


def _yearly(spec: ParameterSpec, now: Parameters, then: Parameters, start: date) -> list[Moved]:
    if spec.key not in _YEARLY:
        return []
    years = (start.year, start.year + 1)
    day = annual_form_due_on if spec.key == "annual_form_due" else _tasks_on
    return [
        Moved(f"{spec.title}（{year} 年度）", day(year, now), day(year, then))
        for year in years
        if day(year, then) >= start
    ]


def _tasks_on(year: int, parameters: Parameters) -> date:
    return parameters.annual_tasks_on.in_year(year)


def _plan(actor: Actor, spec: ParameterSpec, now: Parameters, then: Parameters, today: date) -> list[Moved]:
    """Return the rechecks whose day moves: the plan is computed whenever it is shown."""
    if spec.key != "recheck_cycle_months":
        return []
    before = {row.title_public_id: row for row in recheck_plan(actor=actor, on=today, parameters=now)}
    after = recheck_plan(actor=actor, on=today, parameters=then)
    rows = [
        Moved(f"{row.enterprise_name}（{row.level_label}）现场复核", old.due_on, row.due_on)
        for row in after
        if (old := before.get(row.title_public_id)) is not None and old.due_on != row.due_on
    ]
    return sorted(rows, key=lambda row: (row.after or date.max, row.label))


def _ahead(actor: Actor, key: str) -> tuple[list[Ahead], int]:
    states = _AHEAD.get(key, ())
    if not states:
        return [], 0
    counts = applications.counts_by_state(actor=actor)
    rows = applications.cases_in_state(actor=actor, states=states, limit=MOST)
    found = [Ahead(row.public_id, row.number or "", row.enterprise_name, row.state_label) for row in rows]
    return found, sum(counts[state] for state in states)


def _levels(actor: Actor, now: Parameters, then: Parameters, on: date) -> list[Levels]:
    held = titles.live_title_ids(actor=actor, levels=[level.value for level in Level])
    # A period that ends later is judged on the day after its end, where the difference shows.
    day = max(on, *(one for one in (_after_end(now), _after_end(then)) if one is not None), on)
    return [
        Levels(
            level.label,
            sum(row.level == level.value for row in held),
            under_dynamic_management(level, on=day, parameters=now),
            under_dynamic_management(level, on=day, parameters=then),
        )
        for level in Level
    ]


def _after_end(parameters: Parameters) -> date | None:
    end = parameters.trial_ends_on
    return date.fromordinal(end.toordinal() + 1) if end is not None else None
