"""Standing: what an enterprise holds, is barred from and owes, as far as new applications depend on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from apps.policy.calendar import ban_end, chinese
from apps.policy.levels import Level
from apps.policy.parameters import LapsedTitle, Parameters
from apps.policy.rules import implements
from apps.policy.verdict import ALLOWED, Verdict, when

BAN_MONTHS = 36


@dataclass(frozen=True, slots=True)
class HeldTitle:
    """One title of an enterprise.

    ``valid`` is false once it was cancelled, removed, suspended or given up; a title under recheck or
    rectification is still valid.
    """

    level: Level
    awarded_on: date
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Ban:
    """A ban on applications after a title was cancelled; ``until`` is the first day one may apply again."""

    cancelled_level: Level
    until: date


@dataclass(frozen=True, slots=True)
class AnnualForm:
    """The annual form owed in calendar year ``year``: due date, first filing, the district's acceptance."""

    year: int
    due_on: date
    submitted_on: date | None = None
    accepted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything about an enterprise (by its 统一社会信用代码) that eligibility depends on."""

    titles: tuple[HeldTitle, ...] = ()
    bans: tuple[Ban, ...] = ()
    annual_forms: tuple[AnnualForm, ...] = ()

    def holds(self, level: Level) -> bool:
        """True when a valid title of exactly this level is held."""
        return any(title.valid and title.level is level for title in self.titles)

    def holds_at_least(self, level: Level) -> bool:
        """True when a valid title of this level or a higher one is held."""
        return any(title.valid and title.level >= level for title in self.titles)


@implements("R-01", "R-05")
def current_level(titles: Sequence[HeldTitle], parameters: Parameters) -> Level | None:
    """The highest valid level. Several titles may be held at once; lower ones are never overwritten.

    When a higher title has lapsed the level falls back to the next valid one, or there is none until a new
    evaluation, as the parameter ``lapsed_higher_title`` says.
    """
    best = max((title.level for title in titles if title.valid), default=None)
    if best is not None and parameters.lapsed_higher_title is LapsedTitle.NO_LEVEL:
        lapsed = max((title.level for title in titles if not title.valid), default=best)
        return None if lapsed > best else best
    return best


@implements("R-41")
def ban_until(decided_on: date) -> date:
    """The first day on which one may apply again after a title was cancelled on ``decided_on`` (three years).

    Standing, not a period for an act: the corresponding day, not moved off rest days.
    """
    return ban_end(decided_on, BAN_MONTHS)


@implements("R-11", "R-41")
def not_banned(standing: Standing, *, level: Level, on: date, parameters: Parameters) -> Verdict:
    """No ban is running on ``on`` (方案六（二）: 三年内不得重新申报). Never waivable.

    A ban bars the cancelled level and above; lower levels too while ``ban_bars_lower_levels``. It bars
    applications before its end date; on the end date one may apply again.
    """
    running = [
        ban.until
        for ban in standing.bans
        if on < ban.until and (parameters.ban_bars_lower_levels or level >= ban.cancelled_level)
    ]
    if not running:
        return ALLOWED
    end = chinese(max(running))
    return when(True, "R-11", f"称号被取消后三年内不得重新申报，{end}前不能提交。", f"{end}起可以申报。")


@implements("R-31")
def annual_form_blocks(form: AnnualForm, *, on: date, parameters: Parameters) -> bool:
    """Does this annual form, being late, stand against a higher level on day ``on``?

    Late means not filed by the end of its due date. It stands until the district has accepted the late form
    and, while ``overdue_through_year``, at least through the end of that calendar year.
    """
    filed_in_time = form.submitted_on is not None and form.submitted_on <= form.due_on
    if filed_in_time or on <= form.due_on:
        return False
    accepted = form.accepted_on is not None and form.accepted_on <= on
    return not accepted or (parameters.overdue_through_year and on <= date(form.year, 12, 31))


def forms_still_owed(standing: Standing) -> tuple[AnnualForm, ...]:
    """The annual forms that belong to titles which stand on.

    A form is owed for a title. One that was due before the oldest standing title was awarded belongs to a title that
    has ended: it can no longer be filed, and what cannot be made good must not bar the enterprise for ever.
    """
    since = min((title.awarded_on for title in standing.titles if title.valid), default=None)
    return tuple(form for form in standing.annual_forms if since is not None and form.due_on >= since)


@implements("R-31")
def no_overdue_form(standing: Standing, *, level: Level, on: date, parameters: Parameters) -> Verdict:
    """未按时上报动态管理表的，原则上不推荐申报更高级别: only against a level above the one held."""
    held = max((title.level for title in standing.titles if title.valid), default=None)
    if held is None or level <= held:
        return ALLOWED
    years = sorted(
        form.year
        for form in forms_still_owed(standing)
        if annual_form_blocks(form, on=on, parameters=parameters)
    )
    return when(
        bool(years),
        "R-31",
        f"{'、'.join(map(str, years))}年度动态管理表未按时报送，原则上不推荐申报更高级别。",
        "请补报并待属地审核通过；特殊情况可由属地申请豁免，经第二人批准。",
    )
