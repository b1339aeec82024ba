"""Papers by which a district reports to the city: recommendation (F-07) and filing (F-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from apps.documents.rendering.papers.common import Contact, Origin, Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendedEnterprise:
    """One row of the 推荐汇总表 (F-07). `prior_title`: when 2A was awarded, or why none is needed.

    `energy_tce`: a year's energy in tonnes of coal equivalent; `output_wan`: a year's output in 万元; None where the
    enterprise's sector reports no such figure.
    """

    name: str
    uscc: str
    district: str
    industry: str
    products: str
    prior_title: str
    scheme: str
    self_score: Decimal
    preliminary_score: Decimal
    energy_tce: Decimal | None
    output_wan: Decimal | None
    contact: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationLetter(Paper):
    """F-07: the district's letter to the city with the 推荐汇总表 attached. `number` may be empty."""

    template: ClassVar[str] = "recommendation.html"
    form: ClassVar[str] = "F-07"
    origin: ClassVar[Origin] = Origin.PARTLY_OWN

    number: str
    addressee: str
    batch: str
    level: str
    district: str
    enterprises: tuple[RecommendedEnterprise, ...]
    contact: Contact

    @property
    def heading(self) -> str:
        """The title on paper."""
        return f"关于推荐{self.batch}苏州市{self.level}级\n绿色工厂的函"

    @property
    def list_title(self) -> str:
        """The title of the attached list."""
        return f"{self.batch}苏州市{self.level}级绿色工厂推荐汇总表"


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledTitle:
    """One row of the 备案表: a 1A or 2A title awarded by the district."""

    name: str
    uscc: str
    industry: str
    score: Decimal
    level: str
    decided_on: date
    document_number: str
    contact: str
    phone: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingTable(Paper):
    """F-06 备案表. The last three fields are the city's and stay blank until it has acknowledged."""

    template: ClassVar[str] = "filing.html"
    form: ClassVar[str] = "F-06"

    district: str
    batch: str
    titles: tuple[FiledTitle, ...]
    reporter: str
    reporter_phone: str
    addressee: str = "苏州市工业和信息化局"
    city_opinion: str = ""
    acknowledged_on: date | None = None
    filing_number: str = ""

    @property
    def heading(self) -> str:
        """The title on paper."""
        return f"{self.district}{self.batch}1A级、2A级绿色工厂评定结果备案表"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpwardEnterprise:
    """One row of the list sent to the province or the nation. `note`: the approved exemption, if one was needed."""

    name: str
    uscc: str
    district: str
    industry: str
    held: str
    awarded_on: date | None
    document_number: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpwardLetter(Paper):
    """The city's letter recommending enterprises for the provincial or national list, with the list attached (R-09)."""

    template: ClassVar[str] = "upward.html"
    form: ClassVar[str] = "上报"
    origin: ClassVar[Origin] = Origin.PARTLY_OWN

    number: str
    addressee: str
    year: int
    target: str
    enterprises: tuple[UpwardEnterprise, ...]
    contact: Contact

    @property
    def heading(self) -> str:
        """The title on paper."""
        return f"关于推荐{self.year}年度{self.target}\n绿色工厂的函"

    @property
    def list_title(self) -> str:
        """The title of the attached list."""
        return f"{self.year}年度{self.target}绿色工厂推荐名单"
