"""Records of what was done: expert's sheet (F-08), visit (F-10), credit (F-11), objection (F-13), list (F-19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import ClassVar

from apps.documents.rendering.papers.common import Origin, Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertItem:
    """One item as an expert scored it; `reason` says why points were taken off."""

    code: str
    requirement: str
    full: Decimal
    score: Decimal | None
    reason: str = ""
    not_applicable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertDimension:
    """One dimension with its items."""

    name: str
    full: Decimal
    score: Decimal
    items: tuple[ExpertItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertSheet(Paper):
    """F-08 专家评估表 of one expert, named by number only. `declared_on`: day of the declaration of no conflict."""

    template: ClassVar[str] = "expert_sheet.html"
    form: ClassVar[str] = "F-08"

    application_number: str
    enterprise: str
    district: str
    batch: str
    applied_level: str
    scheme: str
    expert_number: str
    declared_on: date | None
    dimensions: tuple[ExpertDimension, ...]
    total: Decimal
    level: str
    strengths: str
    problems: str
    advice: str
    wants_site_visit: bool
    submitted_on: date | None
    reconstructed: bool = True

    @property
    def heading(self) -> str:
        """The title on paper."""
        return f"苏州市{self.applied_level}级绿色工厂专家评估表"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFinding:
    """One item looked at on site: what the material says, what was found, whether the two agree (None: not said)."""

    item: str
    stated: str
    found: str
    consistent: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSignature:
    """Who signed on site, for which side; `how`: drawn, scanned, or why the enterprise refused."""

    side: str
    name: str
    position: str
    how: str
    signed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord(Paper):
    """F-10 现场核实/复核记录. `kind`: 评估核实, 定期复核 and the like; `score`: of a recheck, else None.

    `signatures` were taken on the platform, `photos` are names of files kept with the case.
    """

    template: ClassVar[str] = "visit_record.html"
    form: ClassVar[str] = "F-10"
    origin: ClassVar[Origin] = Origin.PARTLY_OWN

    kind: str
    enterprise: str
    uscc: str
    district: str
    level: str
    visited_on: date
    place: str
    people: tuple[str, ...]
    accompanied_by: str
    opening_at: time | None = None
    closing_at: time | None = None
    findings: tuple[VisitFinding, ...]
    problems: tuple[str, ...]
    conclusion: tuple[str, ...]
    score: Decimal | None
    signatures: tuple[VisitSignature, ...] = ()
    photos: tuple[str, ...] = ()
    reconstructed: bool = True

    @property
    def heading(self) -> str:
        """The title on paper."""
        return "绿色工厂现场核查记录"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """One query of a credit platform; `attachments` are names of files kept with it."""

    platform: str
    checked_on: date
    report_number: str
    result: str
    matters: str
    valid_until: date
    recorded_by: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRecord(Paper):
    """F-11 征信查询记录: every query about one application, the newest first."""

    template: ClassVar[str] = "credit_record.html"
    form: ClassVar[str] = "F-11"

    application_number: str
    enterprise: str
    uscc: str
    district: str
    batch: str
    applied_level: str
    checks: tuple[CreditLine, ...]

    @property
    def heading(self) -> str:
        """The title on paper."""
        return "绿色工厂征信查询记录"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionRecord(Paper):
    """F-13 异议登记与处理. Dates are None until the step was taken."""

    template: ClassVar[str] = "objection_record.html"
    form: ClassVar[str] = "F-13"
    origin: ClassVar[Origin] = Origin.PARTLY_OWN

    number: str
    enterprise: str
    notice_title: str
    party: str
    unit: str
    person: str
    contact: str
    matter: tuple[str, ...]
    filed_on: date
    state: str
    handled_by: str
    handling_note: str
    statement: str
    stated_on: date | None
    conclusion: str
    concluded_on: date | None

    @property
    def heading(self) -> str:
        """The title on paper."""
        return "公示异议登记与处理表"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedChange:
    """One line of a list of the province or the nation and what it did here."""

    position: int
    name: str
    uscc: str
    action: str
    match: str
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalListRecord(Paper):
    """F-19 省/国家级名单导入记录."""

    template: ClassVar[str] = "external_list.html"
    form: ClassVar[str] = "F-19"

    kind: str
    list_title: str
    document_number: str
    published_on: date
    imported_on: date
    rows: tuple[ListedChange, ...]

    @property
    def heading(self) -> str:
        """The title on paper."""
        return f"{self.kind}导入记录"
