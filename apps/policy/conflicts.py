"""Conflict of interest: why an expert may not review an enterprise (R-20)."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from apps.policy.calendar import add_months
from apps.policy.parameters import Parameters
from apps.policy.rules import implements
from apps.policy.verdict import Verdict, refuse, when


class LinkKind(StrEnum):
    """How an expert can be linked to an organisation."""

    EMPLOYER = "employer"
    SHAREHOLDING = "shareholding"
    CONSULTANT = "consultant"
    THIRD_PARTY_EVALUATOR = "third_party_evaluator"
    RELATIVE = "relative"
    GROUP = "group"

    @property
    def label(self) -> str:
        """The Chinese words used in a reason."""
        return {
            LinkKind.EMPLOYER: "任职",
            LinkKind.SHAREHOLDING: "持股",
            LinkKind.CONSULTANT: "提供咨询服务",
            LinkKind.THIRD_PARTY_EVALUATOR: "参与第三方评价",
            LinkKind.RELATIVE: "近亲属任职或持股",
            LinkKind.GROUP: "属同一集团",
        }[self]


@dataclass(frozen=True, slots=True)
class Link:
    """One link of an expert to an organisation; ``until`` None while it lasts.

    The organisation is known by its 统一社会信用代码; where that is not on record, by its ``name``.
    """

    kind: LinkKind
    uscc: str
    until: date | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """The applicant as far as conflicts go.

    ``related_usccs``: shareholders, subsidiaries and other organisations of the same group. ``helper_usccs``:
    the consultant and the third-party evaluator named in the application. The names stand beside the codes for
    links of which only the name is known; ``group_name`` is the applicant's group.
    """

    uscc: str
    related_usccs: frozenset[str] = frozenset()
    helper_usccs: frozenset[str] = frozenset()
    name: str = ""
    group_name: str = ""
    helper_names: frozenset[str] = frozenset()


def _normal(uscc: str) -> str:
    return uscc.strip().upper()


def _plain(name: str) -> str:
    """A name without spaces, brackets and differences of width."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).upper() if letter.isalnum())


def _names(link: Link, codes: Collection[str], names: Collection[str]) -> bool:
    """Is the link's organisation one of these? Codes decide; a name only where the link has no code."""
    if link.uscc:
        return _normal(link.uscc) in codes
    plain = _plain(link.name)
    return bool(plain) and plain in names


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
        {_normal(party.uscc)},
        {_normal(code) for code in party.related_usccs},
        {_normal(code) for code in party.helper_usccs},
    )
    name, group = {_plain(party.name)}, {_plain(party.group_name)} - {""}
    helper_names = {_plain(helper) for helper in party.helper_names} - {""}
    for link in links:
        if link.until is not None and add_months(link.until, 12 * parameters.conflict_years) <= on:
            continue
        when_text = "现" if link.until is None or link.until >= on else f"近{parameters.conflict_years}年内曾"
        if _names(link, own, name):
            refusals.append(
                refuse("R-20", f"专家{when_text}在该企业{link.kind.label}，应当回避。", "请另选专家。")
            )
        elif _names(link, related, group) or _plain(link.name) in group:
            refusals.append(
                refuse(
                    "R-20", f"专家{when_text}在该企业的关联单位{link.kind.label}，应当回避。", "请另选专家。"
                )
            )
        elif _names(link, helpers, helper_names):
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


@implements("R-20")
def may_override(*, reason: str, requested_by: Hashable, approved_by: Hashable | None = None) -> Verdict:
    """May a conflict be set aside? With a reason, and only when a second person approves (None: not yet asked)."""
    return Verdict.all_of(
        when(not reason.strip(), "R-20", "豁免回避须写明理由。"),
        when(
            requested_by == approved_by,
            "R-20",
            "豁免回避须由另一名负责人批准，申请人不能自行批准。",
            "请由处室负责人或局领导批准。",
        ),
    )


@implements("R-20")
def conflict_refusals(grounds: Sequence[str]) -> Verdict:
    """The verdict on an expert whose conflicts are already known as sentences; none: allowed."""
    return Verdict(tuple(refuse("R-20", ground, "请另选专家。") for ground in grounds))
