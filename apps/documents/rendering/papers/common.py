"""What every official paper has in common. Plain frozen data: no Django, no database, no clock."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

#: What every title rests on, as papers cite it.
PLAN = "《苏州市绿色工厂建设实施方案（试行）》"
#: Fields that say how a copy is presented, not what the paper says.
PRESENTATION = frozenset({"draft", "verification"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Where a reader checks the paper: `url` becomes the QR code, `label` stands beside it."""

    url: str
    label: str = "扫码查验"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask. Empty fields are left out of the paper."""

    person: str
    phone: str
    email: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A numbered section of a paper: heading without its number, then paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


class Origin(StrEnum):
    """Where the layout of a form comes from (RULES.md §3: [S] was seen, [O] is ours)."""

    SEEN = "依据公开格式"
    PARTLY_OWN = "部分自拟"
    OWN = "自拟"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Base of all papers.

    `origin`: a layout of our own is marked on paper, so that nobody takes it for a prescribed one.

    `issuer`: who issues it, as signed. `dated`: the date below the signature, also written into the file.
    `draft`: prints the watermark 草稿. `verification`: the QR code, or None.
    """

    template: ClassVar[str]
    form: ClassVar[str]
    origin: ClassVar[Origin] = Origin.OWN

    issuer: str
    dated: date
    draft: bool = False
    verification: Verification | None = None

    @property
    def heading(self) -> str:
        """The title on paper; a line break in it is kept. Each paper has its own: this base has none."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        """The title in one line, for the file's properties and its name."""
        return "".join(self.heading.split("\n"))

    @property
    def layout_note(self) -> str:
        """What is printed about a layout of our own; empty where the layout was prescribed or seen."""
        return "" if self.origin is Origin.SEEN else f"版式{self.origin.value}"


def canonical(value: Any) -> Any:
    """A value as JSON can hold it, the same for equal data: dates and times in ISO form, decimals as written."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: canonical(getattr(value, field.name))
            for field in fields(value)
            if field.name not in PRESENTATION
        }
    if isinstance(value, (tuple, list)):
        return [canonical(part) for part in value]
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def fingerprint(paper: Paper) -> str:
    """SHA-256 (hex) of what a paper says, the same for the draft and the issued copy of equal content."""
    content = {"form": paper.form, **canonical(paper)}
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
