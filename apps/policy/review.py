"""District review: form check, supplement, scoring, sign-off, filing (方案五（三）)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from apps.policy.calendar import Term, WorkCalendar, add_workdays
from apps.policy.levels import Level, checked_score
from apps.policy.parameters import Parameters
from apps.policy.rules import implements
from apps.policy.verdict import Verdict, refuse, when


@implements("R-13")
def may_accept_intake(*, own_district: str, production_district: str) -> Verdict:
    """May this district accept the application? Only for a production site in its area (报属地).

    ``production_district`` is the district frozen on the application at submission, not the registration
    code.
    """
    return when(
        own_district != production_district,
        "R-13",
        "企业生产地址不在本属地，不能受理。",
        "请转办至企业生产地址所在属地。",
    )


@implements("R-14")
def sub_area_allows(*, required: bool, recommends: bool | None) -> Verdict:
    """Does the 板块 step let the district accept?

    Where the district asks for it, an opinion must be there (``recommends`` None: there is none). What it says does
    not bind the district, which decides on the completeness itself: an opinion against is shown, not obeyed.
    """
    return when(
        required and recommends is None,
        "R-14",
        "本属地受理前须有板块意见，尚未登记。",
        "请先登记板块意见。",
    )


@implements("R-13")
def may_transfer(*, from_district: str, to_district: str, reason: str) -> Verdict:
    """May the application be handed to another district? With a reason, and to another one."""
    return Verdict.all_of(
        when(from_district == to_district, "R-13", "转办的目标属地与当前属地相同。"),
        when(not reason.strip(), "R-13", "转办须写明理由。"),
    )


@implements("R-14")
def form_check_term(accepted_on: date, parameters: Parameters, work: WorkCalendar) -> Term:
    """Until when the form check is to be finished."""
    return add_workdays(accepted_on, parameters.form_check_workdays, work)


@implements("R-14")
def may_return_for_supplement(items: Sequence[tuple[str, str]]) -> Verdict:
    """May the application be returned (退回补正)? Items are named one by one, each (what, requirement)."""
    if not items:
        return Verdict.refused(refuse("R-14", "退回补正须逐项列明需要补正的内容。"))
    return Verdict(
        tuple(
            refuse("R-14", f"“{what or '未命名项'}”须写明补正要求。")
            for what, requirement in items
            if not what.strip() or not requirement.strip()
        )
    )


@implements("R-14")
def may_pass_form_check(incomplete: Sequence[str]) -> Verdict:
    """May the form check be passed? Not while anything checked is found incomplete (``incomplete``, its names)."""
    return when(
        bool(incomplete),
        "R-14",
        f"以下内容不齐全，不能通过形式审查：{'、'.join(incomplete)}。",
        "请逐项退回补正。",
    )


@implements("R-14")
def supplement_term(returned_on: date, parameters: Parameters, work: WorkCalendar) -> Term:
    """Until when a returned application can be handed in again."""
    return add_workdays(returned_on, parameters.supplement_workdays, work)


@implements("R-14")
def deemed_withdrawn(*, due_on: date, on: date) -> bool:
    """未按期补正视为撤回: true from the day after the last day of the supplement term."""
    return on > due_on


@implements("R-14")
def may_resubmit(*, due_on: date, on: date, changed: Collection[str], returned: Collection[str]) -> Verdict:
    """May the enterprise hand in its supplement?

    In time, and having changed nothing but what was returned.
    """
    return Verdict.all_of(
        when(
            deemed_withdrawn(due_on=due_on, on=on),
            "R-14",
            "补正期限已过，申报视为撤回。",
            "可在下一批次重新申报。",
        ),
        when(
            bool(set(changed) - set(returned)),
            "R-14",
            f"只能修改退回的内容，以下未退回：{'、'.join(sorted(set(changed) - set(returned)))}。",
        ),
    )


@implements("R-15")
def difference_needs_reason(*, self_score: Decimal, district_score: Decimal, parameters: Parameters) -> bool:
    """Must the district give a reason (a standard phrase will do) for scoring an item differently?"""
    difference = abs(checked_score(self_score) - checked_score(district_score))
    return difference > parameters.reasoned_difference_over


@implements("R-15")
def may_submit_district_scores(
    *, unscored: Sequence[str], unreasoned: Sequence[str], unconfirmed_not_applicable: Sequence[str] = ()
) -> Verdict:
    """May the district's score sheet go to its signer? Every item scored, every difference reasoned.

    The arguments are the codes of items that still lack a score, a reason, or a confirmation of 不适用.
    """
    return Verdict.all_of(
        when(bool(unscored), "R-15", f"还有{len(unscored)}项未评分：{_listing(unscored)}。"),
        when(
            bool(unreasoned),
            "R-15",
            f"有{len(unreasoned)}项与自评分不同但未写明理由：{_listing(unreasoned)}。",
        ),
        when(
            bool(unconfirmed_not_applicable),
            "R-15",
            f"有{len(unconfirmed_not_applicable)}项“不适用”尚未确认：{_listing(unconfirmed_not_applicable)}。",
        ),
    )


def _listing(codes: Sequence[str], shown: int = 10) -> str:
    more = f"等{len(codes)}项" if len(codes) > shown else ""
    return "、".join(codes[:shown]) + more


@implements("R-16")
def needs_filing(level: Level) -> bool:
    """1A and 2A results are filed with the city (备案)."""
    return level in (Level.A1, Level.A2)


@implements("R-16")
def filing_term(decided_on: date, parameters: Parameters, work: WorkCalendar) -> Term:
    """Until when the district reports a 1A/2A decision to the city."""
    return add_workdays(decided_on, parameters.filing_workdays, work)
