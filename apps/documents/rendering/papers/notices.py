"""Papers that publish titles: the public notice (F-12), the recognition document (F-14), the certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from apps.documents.rendering.papers.common import PLAN, Contact, Origin, Paper, Section, Verification

#: §六（二）: what the holders of a 3A title are reminded of when it is published.
DUTIES_OF_3A = (
    Section(
        heading="实行动态管理",
        paragraphs=(
            (
                "获评企业应当按最高获评级别报送年度绿色工厂动态管理表。"
                "未按时报送的，原则上不推荐申报更高级别绿色工厂。"
            ),
        ),
    ),
    Section(
        heading="开展现场复核",
        paragraphs=(
            (
                "各地工业和信息化主管部门定期对获评企业开展现场复核，并向我局报送复核结果，"
                "我局根据复核结果开展抽查。"
                "复核结果不符合评价要求的企业，应当在三个月内完成整改；逾期未完成的，"
                "取消相应级别绿色工厂称号，且三年内不得重新申报。"
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEnterprise:
    """One row of a published list. Columns that are empty in every row are not printed."""

    name: str
    district: str
    uscc: str = ""
    industry: str = ""
    certificate_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNotice(Paper):
    """F-12 公示.

    `procedure`: the steps gone through, as a clause after 经. `starts_on`, `ends_on`: both days count; None on a
    draft. `batch`: such as 2026年第二批; `level`: 3A. `day_kind`: 个工作日 or what natural days are called.
    `own_title`, `text`: the title and the paragraphs as they were signed; empty for the usual wording.
    `reason`: why an earlier notice is corrected.
    """

    template: ClassVar[str] = "public_notice.html"
    form: ClassVar[str] = "F-12"
    origin: ClassVar[Origin] = Origin.SEEN

    batch: str
    level: str
    enterprises: tuple[ListedEnterprise, ...]
    starts_on: date | None
    ends_on: date | None
    working_days: int
    contact: Contact
    supervision_phone: str
    basis: str = PLAN
    procedure: str = "企业自主申报、属地初评推荐、专家评估论证、征信查询"
    day_kind: str = "个工作日"
    own_title: str = ""
    text: tuple[str, ...] = ()
    reason: str = ""

    @property
    def heading(self) -> str:
        """The title on paper."""
        if self.own_title:
            # a title is broken where its words end (GB/T 9704-2012, 7.3.1)
            return self.own_title.replace("绿色工厂拟评定", "绿色工厂\n拟评定", 1)
        return f"关于{self.batch}苏州市{self.level}级绿色工厂\n拟评定名单的公示"

    @property
    def list_title(self) -> str:
        """The title of the attached list."""
        return f"{self.batch}苏州市{self.level}级绿色工厂拟评定名单"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionDocument(Paper):
    """F-14 公布名单的通知, with a red head.

    `number`: such as 苏工信节能〔2026〕58号. `copies_to`: 抄送, or empty.
    """

    template: ClassVar[str] = "recognition.html"
    form: ClassVar[str] = "F-14"
    origin: ClassVar[Origin] = Origin.SEEN

    number: str
    addressees: str
    batch: str
    level: str
    enterprises: tuple[ListedEnterprise, ...]
    sections: tuple[Section, ...] = DUTIES_OF_3A
    copies_to: str = ""
    printed_by: str = ""
    basis: str = PLAN
    procedure: str = "企业自主申报、属地初评推荐、专家评估论证、征信查询和网站公示"

    @property
    def heading(self) -> str:
        """The title on paper."""
        return f"关于公布{self.batch}苏州市\n{self.level}级绿色工厂名单的通知"

    @property
    def list_title(self) -> str:
        """The title of the attached list."""
        return f"{self.batch}苏州市{self.level}级绿色工厂名单"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Paper):
    """The certificate of a title, A4 landscape. `verification` must be given: the QR code is its point.

    `procedure`: the steps gone through, after 经 (titles of the districts are awarded without a public notice).
    """

    template: ClassVar[str] = "certificate.html"
    form: ClassVar[str] = "证书"

    number: str
    enterprise: str
    uscc: str
    level: str
    batch: str
    document_number: str = ""
    basis: str = PLAN
    procedure: str = "评价和公示"

    def __post_init__(self) -> None:
        if not isinstance(self.verification, Verification):
            raise ValueError("a certificate needs its verification address")  # noqa: TRY004  (a value is missing)

    @property
    def heading(self) -> str:
        """The title on paper."""
        return "绿色工厂证书"

    @property
    def title(self) -> str:
        """The title in one line."""
        return f"苏州市{self.level}级绿色工厂证书（{self.number}）"
