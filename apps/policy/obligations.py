"""Yearly obligations: who owes the annual form, at which level, by when (方案六（二）)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from apps.policy.calendar import Term, WorkCalendar, add_workdays
from apps.policy.levels import Level
from apps.policy.parameters import Parameters
from apps.policy.rules import implements
from apps.policy.standing import HeldTitle
from apps.policy.verdict import Verdict, when

#: How long before its end the pages concerned say that the trial period ends.
_TOLD_BEFORE_DAYS = 180


@dataclass(frozen=True, slots=True)
class TrialPeriod:
    """The edition's 试行期 as seen from a day: its first and last day, what follows it, and whether it runs."""

    starts_on: date | None
    ends_on: date | None
    successor: str
    on: date

    @property
    def begun(self) -> bool:
        """No start set means it has begun."""
        return self.starts_on is None or self.starts_on <= self.on

    @property
    def over(self) -> bool:
        """The last day has passed."""
        return self.ends_on is not None and self.ends_on < self.on

    @property
    def runs(self) -> bool:
        """True from the first through the last day."""
        return self.begun and not self.over

    @property
    def days_left(self) -> int | None:
        """Days until the last one, None while no end is set or once it is over."""
        return (self.ends_on - self.on).days if self.ends_on is not None and not self.over else None

    @property
    def ends_soon(self) -> bool:
        """The end is so near that everybody concerned is told."""
        return self.days_left is not None and self.days_left <= _TOLD_BEFORE_DAYS


@implements("R-28")
def trial_period(*, on: date, parameters: Parameters) -> TrialPeriod:
    """在本方案试行期内: the trial period of the edition as it stands on a day."""
    return TrialPeriod(
        parameters.trial_starts_on, parameters.trial_ends_on, parameters.successor_edition or "", on
    )


@implements("R-29", "R-33")
def under_dynamic_management(level: Level, *, on: date, parameters: Parameters) -> bool:
    """3A级（含）以上绿色工厂实行动态管理, in the trial period; 1A and 2A only when the bureau says so."""
    concerned = level >= Level.A3 or parameters.monitor_lower_levels
    return concerned and trial_period(on=on, parameters=parameters).runs


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
