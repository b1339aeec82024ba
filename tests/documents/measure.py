"""Measures printed pages: where characters stand, in millimetres from the top left corner of the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pypdfium2

MM = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Mark:
    """One character: its box in millimetres, `top` and `bottom` from the top of the page."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Line:
    """Characters that stand on one baseline, from left to right."""

    marks: tuple[Mark, ...]

    @property
    def text(self) -> str:
        return "".join(mark.text for mark in self.marks)

    @property
    def middle(self) -> float:
        return sum((mark.top + mark.bottom) / 2 for mark in self.marks) / len(self.marks)


def text_of(page: pypdfium2.PdfPage) -> str:
    textpage = page.get_textpage()
    try:
        return str(textpage.get_text_bounded()).replace("\r\n", "\n")
    finally:
        textpage.close()


def squeezed(page: pypdfium2.PdfPage) -> str:
    """The text without white space: line breaks fall where they may."""
    return "".join(text_of(page).split())


def marks(page: pypdfium2.PdfPage) -> list[Mark]:
    textpage = page.get_textpage()
    height = page.get_height()
    found = []
    try:
        for at in range(textpage.count_chars()):
            text = textpage.get_text_range(at, 1)
            if not text.strip():
                continue
            left, bottom, right, top = textpage.get_charbox(at, loose=True)
            found.append(
                Mark(text, left * MM, right * MM, (height - top) * MM, (height - bottom) * MM),
            )
    finally:
        textpage.close()
    return found


def lines(page: pypdfium2.PdfPage, *, above: float = 262.0) -> list[Line]:
    """The lines of the type area (page numbers stand below it)."""
    ordered = sorted((mark for mark in marks(page) if mark.bottom < above), key=lambda mark: mark.top)
    groups: list[list[Mark]] = []
    for mark in ordered:
        if groups and abs(groups[-1][0].top - mark.top) < 2.5:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    return [Line(tuple(sorted(group, key=lambda mark: mark.left))) for group in groups]


def distances(rows: list[Line]) -> list[float]:
    return [below.middle - line.middle for line, below in pairwise(rows)]
