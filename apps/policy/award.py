"""From credit check to award: credit, public notice, objections, recognition (方案五（三）)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from apps.policy.calendar import Term, WorkCalendar, add_workdays, chinese, publicity_period
from apps.policy.levels import RECOMMENDATION_LINE, Level, level_for_score, printed
from apps.policy.parameters import Parameters
from apps.policy.rules import implements
from apps.policy.verdict import ALLOWED, Verdict, refuse, when


class CreditResult(StrEnum):
    """What a credit check found."""

    NORMAL = "normal"
    ADVERSE = "adverse"
    EXPLANATION = "explanation"
    EXPLAINED = "explained"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {
            CreditResult.NORMAL: "正常",
            CreditResult.ADVERSE: "异常",
            CreditResult.EXPLANATION: "需说明",
            CreditResult.EXPLAINED: "已说明并采信",
        }[self]


@dataclass(frozen=True, slots=True)
class CreditCheck:
    """A recorded credit check: the day it was made and what it found."""

    checked_on: date
    result: CreditResult


@implements("R-23")
def credit_asks_explanation(result: CreditResult) -> bool:
    """Is the enterprise to be heard on this result? No notice may start on it until a newer one says otherwise."""
    return result in {CreditResult.ADVERSE, CreditResult.EXPLANATION}


@implements("R-23")
def may_record_credit(result: CreditResult, *, asked: bool, explained: bool) -> Verdict:
    """May this result be recorded? 已说明并采信 only of what the enterprise has in fact explained.

    ``asked``: an earlier result was put to the enterprise; ``explained``: it has answered the newest such question.
    """
    return when(
        result is CreditResult.EXPLAINED and not explained,
        "R-23",
        "企业还没有提交说明，不能登记为「已说明并采信」。",
        "请待企业在平台提交说明后再登记。" if asked else "请先登记为「需说明」，平台会通知企业提交说明。",
    )


@implements("R-23")
def credit_valid_until(check: CreditCheck, parameters: Parameters) -> date:
    """The last day on which a notice may start on this result."""
    return check.checked_on + timedelta(days=parameters.credit_validity_days)


@implements("R-23")
def credit_allows(check: CreditCheck | None, *, notice_starts_on: date, parameters: Parameters) -> Verdict:
    """Does the credit check allow a notice that starts on this day?

    There is one, it is not newer than that day, not older than ``credit_validity_days`` calendar days, and
    its result is normal or explained to the bureau's satisfaction.
    """
    if check is None:
        return Verdict.refused(refuse("R-23", "尚未进行征信查询。", "请先查询并登记结果。"))
    remedy = "请重新查询。"
    return Verdict.all_of(
        when(check.checked_on > notice_starts_on, "R-23", "征信查询日期晚于公示开始日期。", remedy),
        when(
            notice_starts_on > credit_valid_until(check, parameters),
            "R-23",
            f"征信查询结果已超过{parameters.credit_validity_days}日（查询日期{chinese(check.checked_on)}）。",
            remedy,
        ),
        when(check.result is CreditResult.ADVERSE, "R-23", "征信查询结果异常，不予评定。"),
        when(
            check.result is CreditResult.EXPLANATION,
            "R-23",
            "征信查询结果需说明，暂缓评定。",
            "请企业提交说明。",
        ),
    )


@implements("R-23", "R-26")
def may_start_notice(
    *,
    credit: CreditCheck | None,
    starts_on: date,
    special_meeting_on: date | None,
    parameters: Parameters,
) -> Verdict:
    """May this enterprise stand on a notice that starts on ``starts_on``?

    The credit check allows it and, where 专题会审 is required, the meeting was held by that day (None: not
    held).
    """
    meeting_held = special_meeting_on is not None and special_meeting_on <= starts_on
    return Verdict.all_of(
        credit_allows(credit, notice_starts_on=starts_on, parameters=parameters),
        when(
            parameters.special_meeting_required and not meeting_held,
            "R-26",
            "公示前须经专题会审。",
            "请先登记会审结果。",
        ),
    )


@implements("R-24")
def notice_term(starts_on: date, parameters: Parameters, work: WorkCalendar) -> Term:
    """The period of a notice that starts on this day: 5 working days by default, the first day counted."""
    return publicity_period(starts_on, parameters.publicity_days, work, parameters.publicity_kind)


@implements("R-24")
def may_start_on(starts_on: date, *, on: date) -> Verdict:
    """A notice starts on the day it is published or later, never in the past."""
    return when(starts_on < on, "R-24", "公示开始日期不能早于发布当日。")


@implements("R-24")
def may_close_notice(term: Term, *, on: date) -> Verdict:
    """May the notice be closed on this day? Only when its last day has fully elapsed."""
    return when(
        not term.is_over(on), "R-24", f"公示期至{chinese(term.ends_on)}24时届满，尚未结束。", "请待公示期满。"
    )


@implements("R-24")
def corrected_terms(
    entries: Sequence[str],
    *,
    affected: Sequence[str],
    running: Term,
    corrected_on: date,
    parameters: Parameters,
    work: WorkCalendar,
) -> dict[str, Term]:
    """Entry → its period after a correction (更正公示).

    It restarts for the affected entries and runs on for the rest.

    ValueError when an affected entry is not on the notice.
    """
    unknown = set(affected) - set(entries)
    if unknown:
        raise ValueError(f"Not on the notice: {sorted(unknown)}")
    restarted = notice_term(corrected_on, parameters, work)
    return {entry: restarted if entry in affected else running for entry in entries}


class ObjectionState(StrEnum):
    """How far an objection has come, as far as the award depends on it."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    NOT_ACCEPTED = "not_accepted"
    CORRECTED = "corrected"


@implements("R-25")
def may_accept_objection(
    *, anonymous: bool, written_facts: bool, term: Term, on: date, parameters: Parameters
) -> Verdict:
    """May an objection be accepted? In time, with facts, and not anonymous unless that is allowed.

    A refused objection is still logged by the caller.
    """
    return Verdict.all_of(
        when(on < term.starts_on or term.is_over(on), "R-25", "不在公示期内，不能作为公示异议受理。"),
        when(
            anonymous and not parameters.anonymous_objections,
            "R-25",
            "匿名异议原则上不予受理。",
            "请提供真实姓名（单位名称）和联系方式。",
        ),
        when(not written_facts, "R-25", "异议须说明事实和理由。"),
    )


@implements("R-25")
def objection_term(accepted_on: date, parameters: Parameters, work: WorkCalendar) -> Term:
    """Until when an accepted objection is to be examined and answered."""
    return add_workdays(accepted_on, parameters.objection_workdays, work)


@dataclass(frozen=True, slots=True)
class CorrectedMark:
    """What a panel's total means after marks were corrected: the printed figure, its level, and whether it suffices."""

    total: Decimal
    level: Level | None
    stays: bool


@implements("R-22", "R-25")
def after_correction(total: Decimal, parameters: Parameters) -> CorrectedMark:
    """What becomes of a 3A candidate whose marks were corrected: from 80 it goes on, below it leaves the list."""
    figure = printed(total, parameters.rounding)
    return CorrectedMark(figure, level_for_score(total, parameters.rounding), figure >= RECOMMENDATION_LINE)


@implements("R-22", "R-23", "R-25")
def may_award(
    *,
    term: Term,
    on: date,
    objections: Sequence[ObjectionState],
    credit: CreditCheck | None,
    panel_total: Decimal,
    parameters: Parameters,
) -> Verdict:
    """May the enterprise be awarded 3A on day ``on`` (无异议的企业评为3A级绿色工厂)?

    Its notice has fully elapsed, no objection is open or upheld, the credit check allowed the notice, and the
    panel score is at least 80. Each enterprise is judged by itself.
    """
    figure = printed(panel_total, parameters.rounding)
    return Verdict.all_of(
        may_close_notice(term, on=on),
        when(ObjectionState.OPEN in objections, "R-25", "尚有异议未办结，暂缓评定。", "请先办结异议。"),
        when(ObjectionState.UPHELD in objections, "R-25", "异议成立，不予评定。"),
        credit_allows(credit, notice_starts_on=term.starts_on, parameters=parameters),
        when(figure < RECOMMENDATION_LINE, "R-22", f"专家组得分{figure}分，未达到80分。")
        if figure < RECOMMENDATION_LINE
        else ALLOWED,
    )


@implements("R-24", "R-25")
def may_decide_after_district_notice(
    *, required: bool, term: Term | None, on: date, objections: Sequence[ObjectionState]
) -> Verdict:
    """May the district sign a 1A or 2A decision on day ``on``?

    Where the bureau requires a notice (属地公示): its proposal stood on one (``term`` None: on none), the period has
    fully elapsed and no objection is open or upheld. A notice that was made counts even when it is no longer required.
    """
    if term is None:
        return when(required, "R-24", "1A、2A级评定前须经属地公示，尚未公示。", "请先发布公示。")
    return Verdict.all_of(
        may_close_notice(term, on=on),
        when(ObjectionState.OPEN in objections, "R-25", "尚有异议未办结，暂缓评定。", "请先办结异议。"),
        when(ObjectionState.UPHELD in objections, "R-25", "异议成立，不予评定。"),
    )


#: What may stand against an award after the notice is over: a basic requirement that fails, a ban, the panel's opinion,
#: the credit result, an objection or whistle-blowing found true. The leader names one of them.
AWARD_REFUSAL_GROUNDS = ("R-10", "R-11", "R-22", "R-23", "R-25")


@implements("R-25")
def award_due_on(term: Term, work: WorkCalendar) -> date:
    """When the award falls due: the first working day after the notice has ended."""
    return work.next_workday(term.ends_on + timedelta(days=1))
