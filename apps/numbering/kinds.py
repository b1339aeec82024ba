"""What is numbered: the kinds of numbers, and the register each is taken from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DOCUMENT, CERTIFICATE, FILING = "document", "certificate", "filing"
SUPPLEMENT, OBJECTION, APPLICATION = "supplement", "objection", "application"
INCIDENT = "incident"
KINDS: Final[dict[str, str]] = {
    DOCUMENT: "文号",
    CERTIFICATE: "证书编号",
    FILING: "备案号",
    SUPPLEMENT: "补正通知编号",
    OBJECTION: "异议编号",
    APPLICATION: "申报编号",
    INCIDENT: "举报线索编号",
}


@dataclass(frozen=True, slots=True)
class Register:
    """One run of numbers of a year.

    `kind`: a key of `KINDS`. `word`: what the numbers begin with. `year`: they start again each year.
    `district`: code of the bureau that keeps it, None for the city. `joint`: kept by the city, several bureaus
    take from it.
    """

    kind: str
    word: str
    year: int
    district: str | None = None
    joint: bool = False

    @property
    def stem(self) -> str:
        """What stands before the ordinal, of everything but documents."""
        # The word of an application names its round, and with it the year.
        return f"{self.word}-" if self.kind == APPLICATION else f"{self.word}-{self.year}-"

    def text(self, ordinal: int) -> str:
        """Return the number in full: 苏工信节能〔2026〕12号, SZLC-3A-2026-0012, GF3A-2026B-320583-0012."""
        if self.kind == DOCUMENT:
            return f"{self.word}〔{self.year}〕{ordinal}号"
        return f"{self.stem}{ordinal:04d}"
