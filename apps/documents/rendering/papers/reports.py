"""Papers of the enterprise: the self-evaluation report (F-02) and the receipt of its submission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from apps.documents.rendering.papers.common import Contact, Origin, Paper, Section

#: The wording used for such reports (RULES.md §3): the enterprise answers for what it submits.
COMMITMENT = (
    "本单位郑重承诺：此次申报苏州市绿色工厂所提交的相关数据和信息均准确、真实、有效，"
    "本单位愿接受并积极配合主管部门的监督抽查和核验。如有违反，由本单位承担相应责任。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileEntry:
    """One field of the 企业基本信息表; `wide` fields take a whole row."""

    label: str
    value: str
    wide: bool = False


def rows_of_two(entries: Sequence[ProfileEntry]) -> tuple[tuple[ProfileEntry, ...], ...]:
    """Return fields two to a row; wide ones, and one left over, fill a row."""
    rows: list[tuple[ProfileEntry, ...]] = []
    waiting: ProfileEntry | None = None
    for entry in entries:
        if entry.wide:
            rows.extend(((waiting,), (entry,)) if waiting else ((entry,),))
            waiting = None
        elif waiting is None:
            waiting = entry
        else:
            rows.append((waiting, entry))
            waiting = None
    return (*rows, (waiting,)) if waiting else tuple(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementAnswer:
    """附表1: one basic requirement, whether it is met, the explanation and where its proof is."""

    code: str
    rule: str
    met: bool
    explanation: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorAnswer:
    """附表2: one item; `value`: the figure or step claimed; `evidence`: numbers in the list of proofs."""

    code: str
    group: str
    requirement: str
    mandatory: bool
    full: Decimal
    self_score: Decimal | None
    value: str = ""
    evidence: str = ""
    not_applicable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionAnswers:
    """One dimension of 附表2 with its printed score."""

    name: str
    full: Decimal
    self_score: Decimal
    items: tuple[IndicatorAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """One file of the list of proofs; `sha256` in hex, its first 12 characters are printed."""

    number: int
    name: str
    kind: str
    pages: int | None
    sha256: str
    used_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfEvaluationReport(Paper):
    """F-02 评价报告 (附件2). `issuer` is the enterprise. `conditions`: section 二, a part per dimension."""

    template: ClassVar[str] = "report.html"
    form: ClassVar[str] = "F-02"
    origin: ClassVar[Origin] = Origin.SEEN

    application_number: str
    enterprise: str
    uscc: str
    district: str
    applied_level: str
    scheme: str
    prepared_by: str
    profile: tuple[ProfileEntry, ...]
    overview: tuple[str, ...]
    conditions: tuple[Section, ...]
    conclusion: tuple[str, ...]
    next_steps: tuple[str, ...]
    requirements: tuple[RequirementAnswer, ...]
    dimensions: tuple[DimensionAnswers, ...]
    total: Decimal
    level: str
    evidence: tuple[EvidenceFile, ...]
    commitment: str = COMMITMENT
    reconstructed: bool = True

    @property
    def heading(self) -> str:
        """The title on paper."""
        return "苏州市绿色工厂评价报告"

    @property
    def profile_rows(self) -> tuple[tuple[ProfileEntry, ...], ...]:
        """The fields of the 企业基本信息表 two to a row; wide ones, and one left over, fill a row."""
        return rows_of_two(self.profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionReceipt(Paper):
    """The receipt of a submission.

    `submitted_at`: aware, printed in Shanghai time. `content_sha256`: hex digest of what was submitted, so
    that both sides can prove it later.
    """

    template: ClassVar[str] = "receipt.html"
    form: ClassVar[str] = "回执"

    application_number: str
    receipt_number: str
    enterprise: str
    uscc: str
    district: str
    batch: str
    applied_level: str
    scheme: str
    submitted_at: datetime
    submitted_by: str
    self_total: Decimal
    item_count: int
    evidence_count: int
    content_sha256: str
    next_step: str
    expected: str
    contact: Contact
    reconstructed: bool = True

    @property
    def heading(self) -> str:
        """The title on paper."""
        return "绿色工厂申报提交回执"
