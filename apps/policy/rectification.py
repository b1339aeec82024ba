"""Rectification: three months, the stopped clock, cancellation and its scope (方案六（二）)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.policy.calendar import Term, WorkCalendar, add_workdays, chinese, days_deadline, months_deadline
from apps.policy.levels import Level, Tier, deciding_tier, printed
from apps.policy.parameters import Parameters
from apps.policy.recheck import recheck_threshold
from apps.policy.rules import implements
from apps.policy.standing import HeldTitle
from apps.policy.verdict import Verdict, refuse, when

RECTIFICATION_MONTHS = 3


@implements("R-37")
def rectification_term(served_on: date, work: WorkCalendar) -> Term:
    """三个月内完成整改, from the day the notice was served (read receipt, recorded delivery)."""
    return months_deadline(served_on, RECTIFICATION_MONTHS, work)


@implements("R-37")
def may_extend_rectification(
    *, tier: Tier, reason: str, already_extended_days: int, extra_days: int, parameters: Parameters
) -> Verdict:
    """May the term be extended?

    The plan knows no extension: only where the bureau has allowed it, by the city, with a reason, up to
    ``rectification_extension_days`` in all.
    """
    if not parameters.rectification_extension:
        return Verdict.refused(refuse("R-37", "方案规定三个月内完成整改，未设延期。"))
    limit = parameters.rectification_extension_days
    return Verdict.all_of(
        when(tier is not Tier.MUNICIPAL, "R-37", "延长整改期限由市工业和信息化局决定。"),
        when(not reason.strip(), "R-37", "延长整改期限须写明理由。"),
        when(extra_days < 1, "R-37", "请填写延长天数，至少1日。"),
        when(already_extended_days + extra_days > limit, "R-37", f"累计最多延长{limit}日。"),
    )


@implements("R-37")
def extended_term(term: Term, extra_days: int, work: WorkCalendar) -> Term:
    """The term after an extension by ``extra_days`` natural days, counted from its nominal last day."""
    return days_deadline(term.nominal, extra_days, work)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One submission of rectification evidence and the district's verification (None: not decided yet)."""

    submitted_on: date
    verified_on: date | None = None
    passed: bool | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """The unused days of a report handed in on a day and not accepted on another; they count from the day after."""

    submitted_on: date
    verified_on: date
    days: int

    @property
    def why(self) -> str:
        """One Chinese sentence; how the days are counted is said by their term."""
        return (
            f"整改报告{chinese(self.submitted_on)}提交时剩余{self.days}日，"
            f"{chinese(self.verified_on)}验收未通过，剩余日数继续计算。"
        )

    def term(self, work: WorkCalendar) -> Term:
        """Return the period."""
        return days_deadline(self.verified_on, self.days, work)


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the rectification stands.

    ``deadline``: the last day now in force; ``running``: false while a submission is being verified or all is
    done; ``unused_days``: natural days left when the clock last stopped; ``done``: verification passed;
    ``overdue``: the time has run out; ``explanation``: one Chinese sentence, good for this day. ``resumed``: how the
    deadline came about after a failed verification; it stays true on every day.
    """

    deadline: date
    running: bool
    unused_days: int
    done: bool
    overdue: bool
    explanation: str
    resumed: Resumed | None = None


@implements("R-38")
def rectification_clock(
    deadline: date, attempts: Sequence[Attempt], *, on: date, work: WorkCalendar
) -> Clock:
    """The state of the clock on day ``on`` after these attempts, in order.

    Submitting stops it, on the last day as well. When verification fails the unused days run again from the
    day after; none left means overdue at once. ValueError for attempts out of order or after the deadline.
    """
    unused = (deadline - on).days
    resumed: Resumed | None = None
    for number, attempt in enumerate(attempts):
        if attempt.submitted_on > deadline:
            raise ValueError("An attempt after the deadline cannot have been accepted")
        unused = (deadline - attempt.submitted_on).days
        if attempt.passed is None or attempt.verified_on is None:
            if number != len(attempts) - 1:
                raise ValueError("An attempt follows one that is not yet verified")
            text = f"已于{chinese(attempt.submitted_on)}提交，验收期间不计时，剩余{unused}日。"
            return Clock(deadline, False, unused, False, False, text, resumed)
        if attempt.verified_on < attempt.submitted_on:
            raise ValueError("Verified before it was submitted")
        if attempt.passed:
            return Clock(
                deadline, False, unused, True, False, f"整改已于{chinese(attempt.verified_on)}验收通过。"
            )
        if unused == 0:
            text = f"{chinese(attempt.verified_on)}验收未通过，整改期限已用完。"
            return Clock(attempt.verified_on, False, 0, False, True, text)
        resumed = Resumed(attempt.submitted_on, attempt.verified_on, unused)
        deadline = resumed.term(work).ends_on
        unused = (deadline - on).days
    overdue = on > deadline
    text = f"整改期限至{chinese(deadline)}24时，{'已逾期' if overdue else f'剩余{unused}日'}。"
    return Clock(deadline, not overdue, max(unused, 0), False, overdue, text, resumed)


@implements("R-38")
def may_submit_rectification(clock: Clock, *, unanswered: Sequence[str]) -> Verdict:
    """May the enterprise hand in its rectification?

    In time, nothing under verification, every item answered.
    """
    return Verdict.all_of(
        when(clock.overdue, "R-37", "整改期限已过，不能提交。", "可在陈述申辩中说明情况。"),
        when(not clock.overdue and not clock.running, "R-38", "整改报告正在验收或已验收通过。"),
        when(bool(unanswered), "R-38", f"以下问题尚未填写整改措施或证明材料：{'、'.join(unanswered)}。"),
    )


@implements("R-38")
def verification_term(submitted_on: date, parameters: Parameters, work: WorkCalendar) -> Term:
    """Until when the district verifies a submitted rectification."""
    return add_workdays(submitted_on, parameters.verification_workdays, work)


@implements("R-40")
def may_propose_cancellation(clock: Clock) -> Verdict:
    """May cancellation be proposed? Only once the rectification is overdue (逾期未完成)."""
    return when(not clock.overdue, "R-40", f"整改未逾期，不能提请取消称号。{clock.explanation}")


@implements("R-40")
def statement_term(served_on: date, parameters: Parameters, work: WorkCalendar) -> Term:
    """Until when the enterprise may state its defence after being told of the intended cancellation."""
    return add_workdays(served_on, parameters.statement_workdays, work)


@implements("R-40")
def cancellation_term(statement_ended_on: date, parameters: Parameters, work: WorkCalendar) -> Term:
    """Until when the decision on cancellation is to be made."""
    return add_workdays(statement_ended_on, parameters.cancellation_workdays, work)


@implements("R-06", "R-40")
def cancellation_decider(level: Level) -> Tier:
    """Who decides whether a title ends: whoever decides on its award; of 4A and 5A the city, which only suspends."""
    return Tier.DISTRICT if deciding_tier(level) is Tier.DISTRICT else Tier.MUNICIPAL


@implements("R-06", "R-40")
def may_decide_cancellation(
    *, level: Level, tier: Tier, statement: Term, statement_received: bool, on: date
) -> Verdict:
    """May the title be cancelled on day ``on``? By the competent tier, after the time for defence.

    The time is over when it has elapsed or the enterprise has already made its statement. 4A and 5A are not
    the city's to cancel.
    """
    if level >= Level.A4:
        return Verdict.refused(
            refuse("R-40", f"{level.label}级称号不能由本市取消，应标记暂停并报告上级主管部门。")
        )
    competent = deciding_tier(level)
    return Verdict.all_of(
        when(tier is not competent, "R-06", f"{level.label}级称号由{competent.label}决定取消。"),
        defence_heard(statement=statement, statement_received=statement_received, on=on),
    )


@implements("R-40")
def defence_heard(*, statement: Term, statement_received: bool, on: date) -> Verdict:
    """Has the enterprise been heard, so that its title may be cancelled, or suspended, on day ``on``?"""
    return when(
        not statement_received and not statement.is_over(on),
        "R-40",
        f"企业陈述申辩期至{chinese(statement.ends_on)}届满，尚未结束。",
    )


@dataclass(frozen=True, slots=True)
class CancellationScope:
    """Which valid titles end, which are suspended and reported upward, and which stand."""

    cancelled: tuple[Level, ...]
    suspended: tuple[Level, ...]
    standing: tuple[Level, ...]


@implements("R-40")
def cancellation_scope(
    titles: Sequence[HeldTitle],
    *,
    failed_level: Level,
    recheck_score: Decimal,
    vetoes: Sequence[str] = (),
    parameters: Parameters,
) -> CancellationScope:
    """取消相应级别: the level that failed, and any lower title whose own threshold was missed as well.

    A veto found at the recheck fails every level. 4A and 5A are suspended, not cancelled; a failed 4A or
    5A leaves a 3A title only if the score still reaches 80. Levels above the failed one stand.
    """
    figure = printed(recheck_score, parameters.rounding)
    held = sorted({title.level for title in titles if title.valid}, reverse=True)
    failed = [
        level
        for level in held
        if level == failed_level
        or (level < failed_level and (bool(vetoes) or figure < recheck_threshold(level)))
    ]
    return CancellationScope(
        cancelled=tuple(level for level in failed if level.is_scored),
        suspended=tuple(level for level in failed if not level.is_scored),
        standing=tuple(level for level in held if level not in failed),
    )
