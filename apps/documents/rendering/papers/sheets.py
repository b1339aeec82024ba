"""Papers that show scores: the district's preliminary sheet (F-05) and the panel's opinion (F-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from apps.documents.rendering.papers.common import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredItem:
    """One item of a score sheet. `evidence_checked`: None where nothing was asked for or marked.

    `not_applicable` items have no scores: both are None.
    """

    code: str
    requirement: str
    mandatory: bool
    full: Decimal
    self_score: Decimal | None
    score: Decimal | None
    reason: str = ""
    not_applicable: bool = False
    evidence_checked: bool | None = None

    @property
    def difference(self) -> Decimal | None:
        """District's score minus the enterprise's; None where one of them is missing."""
        if self.self_score is None or self.score is None:
            return None
        return self.score - self.self_score


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredDimension:
    """One dimension with its items; the figures are the printed ones, re-based where items do not apply."""

    name: str
    full: Decimal
    self_score: Decimal
    score: Decimal
    items: tuple[ScoredItem, ...]
    rebased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSheet(Paper):
    """F-05 初评打分表. `reconstructed`: the scheme is the reconstructed edition, said beside every score.

    `conclusion`: such as 推荐 or 转为本级评定; `scorer` and `signer` are two persons, dates None until done.
    """

    template: ClassVar[str] = "score_sheet.html"
    form: ClassVar[str] = "F-05"

    application_number: str
    enterprise: str
    uscc: str
    district: str
    applied_level: str
    scheme: str
    dimensions: tuple[ScoredDimension, ...]
    self_total: Decimal
    total: Decimal
    level: str
    conclusion: str
    scorer: str
    signer: str
    scored_on: date | None = None
    signed_on: date | None = None
    opinion: str = ""
    reconstructed: bool = True

    @property
    def heading(self) -> str:
        """The title on paper."""
        return f"苏州市{self.applied_level}级绿色工厂初评打分表"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertTotal:
    """What one expert gave in all; `counted` is False for a trimmed highest or lowest total.

    `outlying`: far from the other members; `dissent`: what the member thinks otherwise, signed with the opinion.
    """

    expert: str
    employer: str
    total: Decimal
    role: str = "成员"
    counted: bool = True
    outlying: bool = False
    dissent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelOpinion(Paper):
    """F-09 专家组评估意见.

    `conclusion`: 建议评定, 不建议评定 or 需补充. `method`: how the panel score was formed. `composed`: drawn or
    appointed. `spread` and `deviation` in points; `disputed`: codes of the items on which the members are far
    apart; `reconsidered`: why the panel looked again, "" when it did not.
    """

    template: ClassVar[str] = "panel_opinion.html"
    form: ClassVar[str] = "F-09"

    application_number: str
    enterprise: str
    uscc: str
    district: str
    batch: str
    applied_level: str
    scheme: str
    preliminary_total: Decimal
    experts: tuple[ExpertTotal, ...]
    method: str
    panel_score: Decimal
    level: str
    conclusion: str
    opinion: tuple[str, ...]
    site_visited: bool
    site_reason: str
    composed: str
    spread: Decimal
    deviation: Decimal | None = None
    disputed: tuple[str, ...] = ()
    reconsidered: str = ""
    reconstructed: bool = True

    @property
    def heading(self) -> str:
        """The title on paper."""
        return f"苏州市{self.applied_level}级绿色工厂专家组评估意见"

    @property
    def dissents(self) -> tuple[ExpertTotal, ...]:
        """The members who signed with another opinion."""
        return tuple(expert for expert in self.experts if expert.dissent)
