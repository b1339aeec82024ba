"""Standing in for an absent colleague: how long, for whom, and what it never gives (三员分立, 回避)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from apps.policy.rules import implements
from apps.policy.verdict import Verdict, when

#: The longest absence one arrangement covers, in days; afterwards it is arranged again, by somebody who looks.
LONGEST_DAYS = 92


@implements("R-44")
def may_delegate(
    *,
    held: Collection[str],
    same_bureau: bool,
    same_person: bool,
    delegate_enabled: bool,
    from_on: date,
    until_on: date,
    today: date,
) -> Verdict:
    """May a person's duties be lent to a colleague from ``from_on`` to ``until_on``, both days included?

    ``held`` are the absent person's own duties (what others lent to that person cannot be lent on, so nobody gives
    more than their own). The delegate stays a person of their own: :func:`apps.policy.separation.may_sign` compares
    persons and not duties, so nobody can take both steps of a two-person act by standing in.
    """
    days = (until_on - from_on).days + 1
    return Verdict.all_of(
        when(not held, "R-44", "该人员没有可以委托的职责。", "受他人委托的职责不能再委托。"),
        when(not same_bureau, "R-44", "只能委托给同一单位、同一角色的人员。"),
        when(same_person, "R-44", "不能委托给本人。"),
        when(not delegate_enabled, "R-44", "受托人的账户已停用。"),
        when(until_on < from_on, "R-44", "结束日期不能早于开始日期。"),
        when(until_on < today, "R-44", "结束日期已过。"),
        when(
            days > LONGEST_DAYS,
            "R-44",
            f"一次委托最长{LONGEST_DAYS}天（当前{days}天）。",
            "更长的离岗，请到期后重新办理，或变更职责。",
        ),
    )
