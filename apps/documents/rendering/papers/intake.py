"""Papers of the first steps: application form (F-01), third party's report (F-03), form check (F-04), waiver (F-20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from apps.documents.rendering.papers.common import Origin, Paper
from apps.documents.rendering.papers.reports import COMMITMENT, ProfileEntry, RequirementAnswer, rows_of_two


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationForm(Paper):
    """F-01 申报书（企业基本信息表）. `issuer` is the enterprise; the seal and signatures are added on paper."""

    template: ClassVar[str] = "application_form.html"
    form: ClassVar[str] = "F-01"
    origin: ClassVar[Origin] = Origin.SEEN

    application_number: str
    enterprise: str
    batch: str
    applied_level: str
    scheme: str
    profile: tuple[ProfileEntry, ...]
    commitment: str = COMMITMENT

    @property
    def heading(self) -> str:
        """The title on paper."""
        return "苏州市绿色工厂申报书"

    @property
    def profile_rows(self) -> tuple[tuple[ProfileEntry, ...], ...]:
        """The fields two to a row; wide ones fill a row."""
        return rows_of_two(self.profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionTotal:
    """One dimension with its full and its reached score."""

    name: str
    full: Decimal
    score: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyReport(Paper):
    """F-03 第三方评价报告. What nobody filled in is left as a place to write in; texts are paragraphs."""

    template: ClassVar[str] = "third_party_report.html"
    form: ClassVar[str] = "F-03"
    origin: ClassVar[Origin] = Origin.SEEN

    application_number: str
    enterprise: str
    uscc: str
    district: str
    applied_level: str
    scheme: str
    institution: str
    institution_uscc: str
    overview: tuple[str, ...]
    requirements: tuple[RequirementAnswer, ...]
    dimensions: tuple[DimensionTotal, ...]
    total: Decimal
    level: str
    conclusion: tuple[str, ...]
    address: str = ""
    legal: str = ""
    contact: str = ""
    phone: str = ""
    author: str = ""
    reviewer: str = ""
    organisation: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    site: tuple[str, ...] = ()
    writing: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    highlights: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    qualification: tuple[str, ...] = ()
    reconstructed: bool = True

    @property
    def heading(self) -> str:
        """The title on paper."""
        return "绿色工厂第三方评价报告"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedMaterial:
    """One line of the form check: the material, whether it is complete, what is wrong and what is asked for."""

    item: str
    complete: bool
    problem: str = ""
    demand: str = ""
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCheckSheet(Paper):
    """F-04 形式审查表. `turn`: which check of the application it is; `complete`: what it came to."""

    template: ClassVar[str] = "form_check.html"
    form: ClassVar[str] = "F-04"

    application_number: str
    enterprise: str
    uscc: str
    district: str
    batch: str
    applied_level: str
    turn: int
    rows: tuple[CheckedMaterial, ...]
    complete: bool
    checked_by: str
    checked_on: date

    @property
    def heading(self) -> str:
        """The title on paper."""
        return f"苏州市{self.applied_level}级绿色工厂申报材料形式审查表"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverSheet(Paper):
    """F-20 豁免审批单: from a rule that the plan states 原则上. Dates are None until the step was taken."""

    template: ClassVar[str] = "waiver.html"
    form: ClassVar[str] = "F-20"

    rule: str
    rule_title: str
    clause: str
    enterprise: str
    batch: str
    applied_level: str
    reason: str
    basis: str
    requested_by: str
    requested_on: date
    opinion: str
    endorsed_by: str
    endorsed_on: date | None
    decision: str
    decision_note: str
    decided_by: str
    decided_on: date | None
    scope: str

    @property
    def heading(self) -> str:
        """The title on paper."""
        return "绿色工厂申报条件豁免审批单"
