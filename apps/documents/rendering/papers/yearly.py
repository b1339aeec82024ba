"""Papers of the years after a title: the yearly table (F-15) and the report of a rectification (F-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from apps.documents.rendering.papers.common import Origin, Paper

#: B 重大变更 and C 合规情况 of F-15, as the table asks for them.
CHANGES = ("经营状态", "经营范围", "生产地址", "组织边界", "企业名称")
COMPLIANCE = (
    "安全生产事故",
    "产品质量事故",
    "环境污染事故",
    "网络与数据安全事件",
    "偷税漏税",
    "被督查通报",
    "节能监察发现问题",
    "失信记录",
    "行政处罚",
)
#: D 关键指标: label and unit.
YEARLY_FIGURES = (
    ("工业总产值", "万元"),
    ("综合能源消费量", "tce"),
    ("单位产品综合能耗", "kgce/单位产品"),
    ("单位产值综合能耗", "tce/万元"),
    ("二氧化碳排放量", "tCO₂"),
    ("可再生能源利用率", "%"),
    ("取水量", "m³"),
    ("水重复利用率", "%"),
    ("一般工业固体废物综合利用率", "%"),
    ("主要污染物排放量", "t"),
    ("绿色产品产值占比", "%"),
    ("研发投入占比", "%"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyFigure:
    """One key figure of three years, the oldest first; empty strings are places to write in."""

    label: str
    unit: str
    values: tuple[str, str, str]


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
    """F-15 年度绿色工厂动态管理表 of one enterprise and year; `issuer` is the enterprise."""

    template: ClassVar[str] = "yearly_table.html"
    form: ClassVar[str] = "F-15"
    origin: ClassVar[Origin] = Origin.PARTLY_OWN

    year: int
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
    review: str = ""
    reviewed_on: date | None = None

    @property
    def heading(self) -> str:
        """The title on paper."""
        return f"{self.year}年度苏州市绿色工厂动态管理表"

    @property
    def years(self) -> tuple[int, int, int]:
        """The three years of the key figures."""
        return (self.year - 2, self.year - 1, self.year)


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
