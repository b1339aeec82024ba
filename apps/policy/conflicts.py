"""Conflict of interest: why an expert may not review an enterprise (R-20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from apps.policy.calendar import add_months
from apps.policy.parameters import Parameters
from apps.policy.rules import implements
from apps.policy.verdict import Verdict, refuse


class LinkKind(StrEnum):
    """How an expert can be linked to an organisation."""

    EMPLOYER = "employer"
    SHAREHOLDING = "shareholding"
    CONSULTANT = "consultant"
    THIRD_PARTY_EVALUATOR = "third_party_evaluator"
    RELATIVE = "relative"

    @property
    def label(self) -> str:
        """The Chinese words used in a reason."""
        return {
            LinkKind.EMPLOYER: "任职",
            LinkKind.SHAREHOLDING: "持股",
            LinkKind.CONSULTANT: "提供咨询服务",
            LinkKind.THIRD_PARTY_EVALUATOR: "参与第三方评价",
            LinkKind.RELATIVE: "近亲属任职或持股",
        }[self]


@dataclass(frozen=True, slots=True)
class Link:
    """One link of an expert to the organisation with this 统一社会信用代码; ``until`` None while it lasts."""

    kind: LinkKind
    uscc: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """The applicant as far as conflicts go.

    ``related_usccs``: shareholders, subsidiaries and other organisations of the same group. ``helper_usccs``:
    the consultant and the third-party evaluator named in the application.
    """

    uscc: str
    related_usccs: frozenset[str] = frozenset()
    helper_usccs: frozenset[str] = frozenset()


def _normal(uscc: str) -> str:
    return uscc.strip().upper()


@implements("R-20")
def may_review(
    links: Sequence[Link],
    party: Party,
    *,
    on: date,
    parameters: Parameters,
    declared_conflict: bool = False,
) -> Verdict:
    """May the expert with these links review this applicant on day ``on``? One refusal for each reason.

    A link counts while it lasts and for ``conflict_years`` after it ended, to the day: ended on 2023-05-10,
    free from 2026-05-10 on. The same group and the applicant's consultant or third-party evaluator count as
    the applicant.
    """
    refusals = []
    own, related, helpers = (
        _normal(party.uscc),
        {_normal(code) for code in party.related_usccs},
        {_normal(code) for code in party.helper_usccs},
    )
    for link in links:
        if link.until is not None and add_months(link.until, 12 * parameters.conflict_years) <= on:
            continue
        where = _normal(link.uscc)
        when_text = "现" if link.until is None or link.until >= on else f"近{parameters.conflict_years}年内曾"
        if where == own:
            refusals.append(
                refuse("R-20", f"专家{when_text}在该企业{link.kind.label}，应当回避。", "请另选专家。")
            )
        elif where in related:
            refusals.append(
                refuse(
                    "R-20", f"专家{when_text}在该企业的关联单位{link.kind.label}，应当回避。", "请另选专家。"
                )
            )
        elif where in helpers:
            refusals.append(
                refuse(
                    "R-20",
                    f"专家{when_text}在为该企业提供咨询或第三方评价的机构{link.kind.label}，应当回避。",
                    "请另选专家。",
                )
            )
    if declared_conflict:
        refusals.append(refuse("R-20", "专家已声明与该企业存在利益关系，应当回避。", "请另选专家。"))
    return Verdict(tuple(refusals))


@implements("R-20")
def may_open_material(*, declaration_signed: bool) -> Verdict:
    """An expert sees an applicant's material only after signing the recusal declaration for it."""
    return (
        Verdict()
        if declaration_signed
        else Verdict.refused(refuse("R-20", "签署回避声明后方可查看申报材料。", "请先签署回避声明。"))
    )
