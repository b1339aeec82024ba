"""The fonts of the official documents: which files there are, which a text needs, what none of them can draw.

The catalogue beside the font files is written by `tools/make_fonts.py`.
"""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"
#: Roles of GB/T 9704-2012 and of tables, each with the commercial fonts that a bureau may have installed
#: (they win when present) and ours. The order of the names is the order of preference.
LICENSED = {
    "title": ("方正小标宋_GBK", "方正小标宋简体", "FZXiaoBiaoSong-B05", "FZXiaoBiaoSong-B05S"),
    "fang": ("仿宋_GB2312", "FangSong_GB2312", "方正仿宋_GBK", "方正仿宋简体", "仿宋", "FangSong"),
    "kai": ("楷体_GB2312", "KaiTi_GB2312", "方正楷体_GBK", "方正楷体简体", "楷体", "KaiTi"),
    "hei": ("方正黑体_GBK", "方正黑体简体", "黑体", "SimHei"),
    "song": ("方正书宋_GBK", "方正书宋简体", "宋体", "SimSun"),
}
VENDORED = {
    "title": ("GF Title", "GF Title Ext", "GF Song", "GF Song Ext", "GF Rare"),
    "fang": ("GF Fang", "GF Fang Ext", "GF Song", "GF Song Ext", "GF Rare"),
    "kai": ("GF Kai", "GF Fang", "GF Fang Ext", "GF Song", "GF Song Ext", "GF Rare"),
    "hei": ("GF Hei", "GF Song", "GF Song Ext", "GF Rare"),
    "song": ("GF Song", "GF Song Ext", "GF Rare"),
}
#: How much of the text is quoted around a character that cannot be drawn.
EXCERPT = 12
_UNREAD = frozenset({"style", "script", "title"})


@dataclass(frozen=True, slots=True)
class Face:
    """One font file. `part`: base (always loaded), ext or rare (loaded when a text needs them)."""

    file: str
    family: str
    part: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def carries(self, character: str) -> bool:
        """Whether this file can draw the character."""
        point = ord(character)
        at = bisect_right(self.starts, point) - 1
        return at >= 0 and point <= self.ends[at]


@cache
def faces() -> tuple[Face, ...]:
    """Every font file of the catalogue."""
    entries = json.loads((ASSETS / "fonts" / "catalogue.json").read_text(encoding="utf-8"))
    return tuple(
        Face(
            file=entry["file"],
            family=entry["family"],
            part=entry["part"],
            starts=tuple(first for first, _last in entry["coverage"]),
            ends=tuple(last for _first, last in entry["coverage"]),
        )
        for entry in entries
    )


def is_silent(character: str) -> bool:
    """Whether a character is never drawn: white space, breaks, joiners, direction and variation marks."""
    return (
        character.isspace()
        or unicodedata.category(character) in {"Cf", "Zl", "Zp", "Cc"}
        or ("\ufe00" <= character <= "\ufe0f")
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a page: every character that must be drawn, with the first piece of text it stands in."""

    places: dict[str, str]

    @property
    def missing(self) -> dict[str, str]:
        """The characters that no font file can draw, with the piece of text of each."""
        known = faces()
        return {
            character: place
            for character, place in self.places.items()
            if not any(face.carries(character) for face in known)
        }

    def faces(self) -> tuple[Face, ...]:
        """The font files this text needs: the base files, and those others that add one of its characters."""
        base = [face for face in faces() if face.part == "base"]
        beyond = {character for character in self.places if not all(f.carries(character) for f in base)}
        return tuple(
            face
            for face in faces()
            if face.part == "base" or any(face.carries(character) for character in beyond)
        )


class _Reader(HTMLParser):
    """Collects the characters of text nodes; styles and properties of the file are not printed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.places: dict[str, str] = {}
        self._unread: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  (the base class's signature)
        if tag in _UNREAD:
            self._unread.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unread and self._unread[-1] == tag:
            self._unread.pop()

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        for at, character in enumerate(data):
            if character not in self.places and not is_silent(character):
                start = max(0, at - EXCERPT // 2)
                self.places[character] = " ".join(data[start : start + EXCERPT].split())


def read(html: str) -> Reading:
    """The characters that a page of HTML will draw (content of style sheets is ours and tested)."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Reading(reader.places)


def style_sheet(needed: Iterable[Face], *, prefer_installed: bool) -> str:
    """The CSS that names the font files and the stacks `--title --fang --kai --hei --song`.

    `prefer_installed` puts the bureau's own licensed fonts first; without it only our files are named, so
    that the same data gives the same bytes on every machine.
    """
    needed = tuple(needed)
    families = {face.family for face in needed}
    rules = [
        f'@font-face{{font-family:"{face.family}";src:url("asset:fonts/{face.file}") format("woff2")}}'
        for face in needed
    ]
    stacks = []
    for role, own in VENDORED.items():
        names = (*(LICENSED[role] if prefer_installed else ()), *(name for name in own if name in families))
        stacks.append(f"--{role}:" + ",".join(f'"{name}"' for name in names))
    return "\n".join((*rules, ":root{" + ";".join(stacks) + "}"))
