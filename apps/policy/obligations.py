"""Yearly obligations: who owes the annual form, at which level, by when (方案六（二）)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from apps.policy.calendar import Term, WorkCalendar, add_workdays
from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.policy.rules import implements
from apps.policy.standing import HeldTitle
from apps.policy.verdict import Verdict, when


@implements("R-28")
def trial_in_force(*, on: date, parameters: Parameters) -> bool:
    """在本方案试行期内: true through the last day of the trial period, always while no end is set."""
    return parameters.trial_ends_on is None or on <= parameters.trial_ends_on


@implements("R-29", "R-33")
def under_dynamic_management(level: Level, *, on: date, parameters: Parameters) -> bool:
    """3A级（含）以上绿色工厂实行动态管理, in the trial period; 1A and 2A only when the bureau says so."""
    return (level >= Level.A3 or parameters.monitor_lower_levels) and trial_in_force(
        on=on, parameters=parameters
    )


@implements("R-29", "R-30")
def annual_form_level(titles: Sequence[HeldTitle], *, year: int, parameters: Parameters) -> Level | None:
    """The level at which the annual form of calendar year ``year`` is owed, None when none is owed.

    按最高获评级别: the highest valid title on the day the yearly tasks are made, counting only titles awarded
    in an earlier calendar year (the first duty falls in the year after recognition).
    """
    cut_off = parameters.annual_tasks_on.in_year(year)
    owed = [
        title.level
        for title in titles
        if title.valid
        and title.awarded_on.year < year
        and under_dynamic_management(title.level, on=cut_off, parameters=parameters)
    ]
    return max(owed, default=None)


@implements("R-30")
def annual_form_due_on(year: int, parameters: Parameters) -> date:
    """The due date of the annual form of calendar year ``year``; that day is still in time.

    A date set by notice, not a computed period: it is not moved off rest days.
    """
    return parameters.annual_form_due.in_year(year)


@implements("R-30")
def files_on_national_platform(level: Level) -> bool:
    """4A and 5A report on the national platform; here they confirm it and hand in the receipt."""
    return level >= Level.A4


@implements("R-31")
def is_late(*, due_on: date, submitted_on: date | None, on: date) -> bool:
    """True when the form came in after its due date, or has not come in and the due date has passed."""
    return (submitted_on or on) > due_on


@implements("R-31")
def may_file_annual_form(*, year: int, on: date, accepted: bool, parameters: Parameters) -> Verdict:
    """May the form of ``year`` be filed today?

    From the day tasks are made; late filing is allowed and recorded.
    """
    return Verdict.all_of(
        when(on < parameters.annual_tasks_on.in_year(year), "R-30", f"{year}年度动态管理表尚未开始填报。"),
        when(accepted, "R-31", f"{year}年度动态管理表已审核通过，无需再次报送。"),
    )


@implements("R-32")
def annual_review_term(submitted_on: date, parameters: Parameters, work: WorkCalendar) -> Term:
    """Until when the district reviews a filed annual form."""
    return add_workdays(submitted_on, parameters.annual_review_workdays, work)
