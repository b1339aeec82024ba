"""Papers of the years after a title: the yearly table (F-15) and the report of a rectification (F-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from apps.documents.rendering.papers.common import Origin, Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyFigure:
    """One key figure of three years, the oldest first; empty strings are places to write in.

    `reason`: why a figure that stands out is right, as the enterprise explained it.
    """

    label: str
    unit: str
    values: tuple[str, str, str]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyAnswer:
    """One question of parts B and C: the answer (是, 否, 有, 无 or empty) and the explanation."""

    label: str
    answer: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenProject:
    """One project of part E."""

    name: str
    investment_wan: str
    finished: str
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyTable(Paper):
    """F-15 年度绿色工厂动态管理表 handed in during `year` by one enterprise, which is the `issuer`.

    `years` are those of the key figures, the oldest first. `state`: how far the table has come, empty for one that is
    filled in by hand. `receipt`: number of the national platform's receipt (4A and 5A).
    """

    template: ClassVar[str] = "yearly_table.html"
    form: ClassVar[str] = "F-15"
    origin: ClassVar[Origin] = Origin.PARTLY_OWN

    year: int
    years: tuple[int, int, int]
    enterprise: str
    renamed: str
    uscc: str
    district: str
    level: str
    batch: str
    contact: str
    phone: str
    changes: tuple[YearlyAnswer, ...]
    compliance: tuple[YearlyAnswer, ...]
    figures: tuple[YearlyFigure, ...]
    projects: tuple[GreenProject, ...]
    summary: tuple[str, ...]
    plan: tuple[str, ...]
    receipt: str = ""
    state: str = ""
    filed_on: date | None = None
    review: str = ""
    reviewed_on: date | None = None

    @property
    def heading(self) -> str:
        """The title on paper."""
        return f"{self.year}年度苏州市绿色工厂动态管理表"


@dataclass(frozen=True, slots=True, kw_only=True)
class PutRight:
    """One point of a rectification: the problem, what was asked, what was done and proved."""

    item: str
    problem: str
    demand: str
    measure: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One inspection of a rectification by the bureau."""

    submitted_on: date
    verified_on: date | None
    result: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationReport(Paper):
    """F-17 整改报告与验收. `issuer` is the bureau that inspects; `number` that of the notice."""

    template: ClassVar[str] = "rectification_report.html"
    form: ClassVar[str] = "F-17"

    number: str
    enterprise: str
    uscc: str
    district: str
    level: str
    served_on: date | None
    due_on: date | None
    items: tuple[PutRight, ...]
    inspections: tuple[Inspection, ...]
    conclusion: str

    @property
    def heading(self) -> str:
        """The title on paper."""
        return "绿色工厂整改报告与验收表"
