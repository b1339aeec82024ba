"""The city's provisional decision about a candidate: 拟评定, 暂缓 or 不予评定 (方案五（三）)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.policy.award import CreditCheck, credit_allows
from apps.policy.levels import RECOMMENDATION_LINE, printed
from apps.policy.parameters import Parameters
from apps.policy.rules import implements
from apps.policy.verdict import ALLOWED, Verdict, when


class Provisional(StrEnum):
    """What the bureau intends with a candidate before the notice."""

    PROPOSE = "propose"
    DEFER = "defer"
    REFUSE = "refuse"

    @property
    def label(self) -> str:
        """The Chinese name."""
        return {
            Provisional.PROPOSE: "拟评定",
            Provisional.DEFER: "暂缓",
            Provisional.REFUSE: "不予评定",
        }[self]


@implements("R-22", "R-23")
def may_intend(
    decision: Provisional,
    *,
    panel_total: Decimal | None,
    credit: CreditCheck | None,
    on: date,
    parameters: Parameters,
) -> Verdict:
    """May the bureau note this decision on the day ``on``?

    拟评定 needs what a notice starting that day needs: a panel score of at least 80 and a credit check that allows
    it. 暂缓 and 不予评定 are the bureau's to give, with reasons; whether reasons were given is for the caller.
    """
    if decision is not Provisional.PROPOSE:
        return ALLOWED
    figure = None if panel_total is None else printed(panel_total, parameters.rounding)
    return Verdict.all_of(
        when(figure is None, "R-22", "尚无专家组得分。", "请待专家组形成评估意见。"),
        when(
            figure is not None and figure < RECOMMENDATION_LINE,
            "R-22",
            f"专家组得分{figure}分，未达到80分。",
        ),
        credit_allows(credit, notice_starts_on=on, parameters=parameters),
    )


@implements("R-24")
def may_be_listed(decision: Provisional | None) -> Verdict:
    """May a case with this newest provisional decision (None: none yet) go on a notice?"""
    if decision is None or decision is Provisional.PROPOSE:
        return ALLOWED
    return when(True, "R-24", f"暂定意见为“{decision.label}”，不列入公示。", "确需列入的，请先改为“拟评定”。")
