"""Papers served on one enterprise: supplement (F-04), rectification (F-16) and cancellation (F-18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from apps.documents.rendering.papers.common import PLAN, Contact, Paper
from apps.policy.calendar import chinese

RECTIFICATION_COUNTING = (
    "整改期限自本通知书送达之日起算，为三个月，按《中华人民共和国民法典》第二百零一条至第二百零三条计算，"
    "届满日是法定休假日的，顺延至休假日结束的次日。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deficiency:
    """One point to put right: the item it concerns, what was found, what is asked for, what proves it."""

    item: str
    finding: str
    demand: str
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementNotice(Paper):
    """补正通知书 (F-04): everything that is missing, said once. `due_on` is the last day."""

    template: ClassVar[str] = "supplement.html"
    form: ClassVar[str] = "F-04"

    number: str
    enterprise: str
    application_number: str
    batch: str
    applied_level: str
    submitted_on: date
    deficiencies: tuple[Deficiency, ...]
    due_on: date
    working_days: int
    contact: Contact

    @property
    def heading(self) -> str:
        """The title on paper."""
        return "绿色工厂申报材料补正通知书"


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationNotice(Paper):
    """F-16 整改通知书. `served_on` and `due_on` are None, `service` (how) is empty until it has been served."""

    template: ClassVar[str] = "rectification.html"
    form: ClassVar[str] = "F-16"

    number: str
    enterprise: str
    uscc: str
    level: str
    kind: str
    checked_on: date
    score: Decimal
    threshold: Decimal
    deficiencies: tuple[Deficiency, ...]
    contact: Contact
    served_on: date | None = None
    service: str = ""
    due_on: date | None = None
    basis: str = PLAN
    counting: str = RECTIFICATION_COUNTING
    reconstructed: bool = True

    @property
    def heading(self) -> str:
        """The title on paper."""
        return "绿色工厂整改通知书"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationDecision(Paper):
    """F-18 取消决定书. `defence`: whether and what the enterprise stated, and how it was dealt with.

    `banned_until`: the enterprise may apply again on that day; None when the title, of level 4A or 5A and so not the
    city's to end, is suspended and reported upward.
    """

    template: ClassVar[str] = "cancellation.html"
    form: ClassVar[str] = "F-18"

    number: str
    enterprise: str
    uscc: str
    level: str
    certificate_number: str
    facts: tuple[str, ...]
    reasons: tuple[str, ...]
    defence: tuple[str, ...]
    banned_until: date | None
    remedies: str
    copies_to: str = ""
    basis: str = PLAN

    @property
    def heading(self) -> str:
        """The title on paper."""
        if self.banned_until is None:
            return f"关于暂停{self.enterprise}\n{self.level}级绿色工厂称号并报上级主管部门的决定"
        return f"关于取消{self.enterprise}\n苏州市{self.level}级绿色工厂称号的决定"

    @property
    def title_held(self) -> str:
        """The title in the words of the opening: the city's own, or one of the lists of province and nation."""
        return f"{'苏州市' if self.banned_until else ''}{self.level}级绿色工厂称号"

    @property
    def certificate(self) -> str:
        """The certificate in brackets; a title taken from a list has none of ours."""
        return f"（证书编号：{self.certificate_number}）" if self.certificate_number else ""

    @property
    def ruling(self) -> str:
        """What is decided."""
        if self.banned_until is None:
            return (
                f"自{chinese(self.dated)}起，在本市暂停你单位{self.level}级绿色工厂称号，并将复核和整改情况报上级主管部门处理。"
                "暂停期间，本市名录和证书查验显示该称号已暂停；整改完成并经现场复核符合评价要求的，予以恢复。"
            )
        again = chinese(self.banned_until)
        return (
            f"自{chinese(self.dated)}起，取消你单位苏州市{self.level}级绿色工厂称号，证书同时失效。"
            f"三年内（自{chinese(self.dated)}起，至{again}前）不得重新申报；{again}起可以重新申报。"
        )
