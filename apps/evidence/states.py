"""The words of this room: kinds of files, where they are used, what scorers say about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is taken: its extensions, its media type and its Chinese name."""

    code: str
    label: str
    extensions: tuple[str, ...]
    content_type: str


KINDS: Final[dict[str, FileKind]] = {
    kind.code: kind
    for kind in (
        FileKind("pdf", "PDF", (".pdf",), "application/pdf"),
        FileKind(
            "docx",
            "DOCX",
            (".docx",),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        FileKind(
            "xlsx", "XLSX", (".xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        ),
        FileKind("jpg", "JPG", (".jpg", ".jpeg"), "image/jpeg"),
        FileKind("png", "PNG", (".png",), "image/png"),
    )
}
ACCEPTED_TEXT: Final = "PDF、DOCX、XLSX、JPG、PNG"

ITEM, REQUIREMENT, SECTION = "item", "requirement", "section"
PLACES: Final[dict[str, str]] = {ITEM: "评分条目", REQUIREMENT: "基本要求", SECTION: "报告章节"}

#: Who brought a file in: the enterprise, a bureau or expert on site (the enterprise does not see those), or the city
#: for itself (nobody else sees those: credit reports).
BY_ENTERPRISE, BY_BUREAU, BY_CITY = "enterprise", "bureau", "city"
ORIGINS: Final[dict[str, str]] = {BY_ENTERPRISE: "企业上传", BY_BUREAU: "核查上传", BY_CITY: "市局留存"}

VERIFIED, DOUBTED = "verified", "doubted"
MARKS: Final[dict[str, str]] = {VERIFIED: "已核验", DOUBTED: "存疑"}

#: A certificate that ends within so many days is about to expire: time enough to renew it.
EXPIRING_DAYS: Final = 60

#: What is known about viruses: nothing asked (no scanner was configured), waiting for the scanner, its answer.
CONTENT_CHECKED, PENDING, CLEAN, INFECTED = "checked", "pending", "clean", "infected"
SCAN_STATES: Final[dict[str, str]] = {
    CONTENT_CHECKED: "内容检查通过",
    PENDING: "等待病毒检查",
    CLEAN: "病毒检查通过",
    INFECTED: "检测到病毒",
}
