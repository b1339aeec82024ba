"""Typefaces of the Word files: what Word takes where a bureau has not the licensed one, and for rare characters.

GB/T 9704—2012 names 小标宋, 仿宋, 楷体 and 黑体. The file names the licensed typeface first and, in its font table,
those that come with Windows and with free systems. None of them has every character of personal and company names:
such characters (𠮷, 䶮) stand in runs of their own, set in the typefaces made for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import groupby
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

SONG, FANG, KAI, HEI, TITLE = "宋体", "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体"
#: Extension A is in 宋体 itself; the planes beyond the first are in its second file.
RARE, RAREST = SONG, "SimSun-ExtB"
#: typeface → those to take in its place, the best first.
SUBSTITUTES: Final = {
    TITLE: ("方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "华文中宋", "STZhongsong", "Noto Serif CJK SC"),
    FANG: ("仿宋", "FangSong", "华文仿宋", "STFangsong", "Noto Serif CJK SC"),
    KAI: ("楷体", "KaiTi", "华文楷体", "STKaiti", "Noto Serif CJK SC"),
    HEI: ("SimHei", "华文黑体", "STHeiti", "Noto Sans CJK SC"),
    SONG: ("SimSun", "华文宋体", "STSong", "Noto Serif CJK SC"),
    RAREST: ("宋体-ExtB", "MingLiU-ExtB", "BabelStone Han", "Noto Serif CJK SC"),
}
_EXTENSION_A: Final = range(0x3400, 0x4DC0)
_FIRST_BEYOND: Final = 0x10000


def font_table() -> bytes:
    """Return the font table: every typeface the styles name, with its substitutes."""
    entries = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(','.join(others))}/>"
        '<w:charset w:val="86"/></w:font>'
        for name, others in SUBSTITUTES.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts '
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    return f"{head}{space}{entries}</w:fonts>".encode()


def typeface_of(character: str) -> str:
    """Return the typeface a character needs of its own, "" when the style's has it."""
    point = ord(character)
    if point >= _FIRST_BEYOND:
        return RAREST
    return RARE if point in _EXTENSION_A else ""


def set_rare(root: Any) -> None:
    """Give the rare characters below *root* (an element of the document) runs and typefaces of their own."""
    for run in list(root.iter(qn("w:r"))):
        texts = run.findall(qn("w:t"))
        if any(typeface_of(character) for text in texts for character in text.text or ""):
            for part in _split(run):
                run.addprevious(part)
            run.getparent().remove(run)


def _split(run: Any) -> Iterator[Any]:
    """Yield the runs that take the place of one: its content in order, each piece of text in one typeface."""
    properties = run.find(qn("w:rPr"))
    for child in run:
        if child is properties:
            continue
        if child.tag != qn("w:t"):
            yield _run(properties, deepcopy(child), "")
            continue
        for typeface, characters in groupby(child.text or "", key=typeface_of):
            text = OxmlElement("w:t")
            text.text = "".join(characters)
            text.set(qn("xml:space"), "preserve")
            yield _run(properties, text, typeface)


def _run(properties: Any, content: Any, typeface: str) -> Any:
    made = OxmlElement("w:r")
    own = deepcopy(properties) if properties is not None else OxmlElement("w:rPr")
    if typeface:
        fonts = own.find(qn("w:rFonts"))
        if fonts is None:
            fonts = OxmlElement("w:rFonts")
            own.insert(0, fonts)
        for script in ("ascii", "eastAsia", "hAnsi"):
            fonts.set(qn(f"w:{script}"), typeface)
        fonts.set(qn("w:hint"), "eastAsia")
    if len(own):
        made.append(own)
    made.append(content)
    return made
