"""Page set-up and styles of the Word templates: GB/T 9704—2012 for 公文, plainer ones for forms and reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from apps.documents.word.typefaces import FANG, HEI, KAI, SONG, TITLE

#: 225 mm in 22 lines, in twentieths of a point; 156 mm in 28 characters of 三号 (16 pt), in 1/4096 of a point.
LINE_PITCH: Final = 580
CHARACTER_PITCH: Final = round((156 / 25.4 * 72 / 28 - 16) * 4096)
#: Text this large is set in paragraphs with an indent of two characters; smaller text stands in forms.
_SMALLEST_INDENTED: Final = 12
RED: Final = RGBColor(0xC8, 0x14, 0x1D)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Size and margins of a kind of paper, in millimetres: top, right, bottom, left."""

    margins: tuple[float, float, float, float]
    landscape_margins: tuple[float, float, float, float] = (25, 20, 22, 20)
    official: bool = False
    body_size: float = 12
    body_font: str = FANG
    table_size: float = 10
    title_size: float = 18

    def width(self, *, landscape: bool) -> float:
        """Return the width of the type area in millimetres."""
        _top, right, _bottom, left = self.landscape_margins if landscape else self.margins
        return (297 if landscape else 210) - left - right


#: By the style sheet that the page template uses.
SHEETS: Final = {
    "gongwen": Sheet(
        (37, 26, 35, 28), (28, 25, 24, 25), official=True, body_size=16, table_size=12, title_size=22
    ),
    "form": Sheet((20, 18, 22, 20), (18, 18, 20, 18), body_size=10.5, body_font=SONG, table_size=9.5),
    "report": Sheet((28, 25, 25, 28), title_size=26),
    "certificate": Sheet((20, 25, 20, 25), (24, 30, 20, 30), body_size=16, body_font=KAI, title_size=44),
}


@dataclass(frozen=True, slots=True)
class _Style:
    """A paragraph style: name, font, size, place, indent of the first line in characters, space above in points."""

    name: str
    font: str
    size: float
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT
    indent: float = 0
    before: float = 0
    colour: RGBColor | None = None
    keep: bool = False
    line: float = 0
    level: int = 0


_CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_JUSTIFY = WD_ALIGN_PARAGRAPH.JUSTIFY


def _styles(sheet: Sheet) -> tuple[_Style, ...]:
    size, table = sheet.body_size, sheet.table_size
    line = LINE_PITCH / 20 if sheet.official else 0
    indent = 2 if size >= _SMALLEST_INDENTED else 0
    return (
        _Style("文书标题", TITLE, sheet.title_size, _CENTRE, line=36 if sheet.official else 0, before=12),
        _Style("文书正文", sheet.body_font, size, _JUSTIFY, indent=indent, line=line),
        _Style("文书顶格", sheet.body_font, size, line=line),
        _Style("文书一级标题", HEI, size if sheet.official else size + 1.5, indent=indent, line=line, keep=True,
               before=0 if sheet.official else 8, level=1),
        _Style("文书二级标题", KAI, size if sheet.official else size + 0.5, indent=indent, line=line, keep=True,
               level=2),
        _Style("文书居中", sheet.body_font, size, _CENTRE, line=line),
        _Style("文书附件", HEI, size, line=line),
        _Style("文书署名", sheet.body_font, size, _RIGHT, line=line),
        _Style("文书附注", sheet.body_font, size if sheet.official else 9, line=line),
        _Style("文书小字", SONG, 9),
        _Style("文书版记", FANG, 14),
        _Style("发文机关标志", TITLE, 34, _CENTRE, before=60, colour=RED),
        _Style("函头标志", TITLE, 28, _CENTRE, colour=RED),
        _Style("表格文字", sheet.body_font if sheet.official else SONG, table, _CENTRE),
        _Style("表格标题", HEI, table, _CENTRE),
        _Style("页脚校验", SONG, 8, _CENTRE),
    )  # fmt: skip


def dress(document: Document, sheet: Sheet) -> None:
    """Give a new document its styles, its first section and its running feet."""
    document.styles["Normal"].font.name = "Times New Roman"
    for spec in _styles(sheet):
        _add_style(document, spec)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = (
        Mm(part) for part in sheet.margins
    )
    section.footer_distance = Mm(24 if sheet.official else 10)
    document.settings.odd_and_even_pages_header_footer = sheet.official


def _add_style(document: Document, spec: _Style) -> None:
    style = document.styles.add_style(spec.name, WD_STYLE_TYPE.PARAGRAPH)
    if not isinstance(style, ParagraphStyle):
        raise TypeError(spec.name)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    font = style.font
    font.size, font.name = Pt(spec.size), "Times New Roman"
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), spec.font)
    if spec.colour is not None:
        font.color.rgb = spec.colour
    form = style.paragraph_format
    form.alignment, form.keep_with_next = spec.align, spec.keep
    form.space_before, form.space_after = Pt(spec.before), Pt(0)
    if spec.line:
        form.line_spacing, form.line_spacing_rule = Pt(spec.line), WD_LINE_SPACING.EXACTLY
    if spec.indent:
        indents = style.element.get_or_add_pPr().get_or_add_ind()
        indents.set(qn("w:firstLineChars"), str(int(spec.indent * 100)))
        indents.set(qn("w:firstLine"), str(int(spec.indent * spec.size * 20)))
    if spec.level:
        style.element.get_or_add_pPr().append(
            parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{spec.level - 1}"/>')
        )


def section_xml(sheet: Sheet, *, landscape: bool, references: str) -> str:
    """Return the properties of a section; `references` names its headers and footers."""
    top, right, bottom, left = (
        round(part / 25.4 * 1440) for part in (sheet.landscape_margins if landscape else sheet.margins)
    )
    width, height = (16838, 11906) if landscape else (11906, 16838)
    turned = ' w:orient="landscape"' if landscape else ""
    grid = (
        f'<w:docGrid w:type="linesAndChars" w:linePitch="{LINE_PITCH}" w:charSpace="{CHARACTER_PITCH}"/>'
        if sheet.official and not landscape
        else ""
    )
    foot = round((24 if sheet.official and not landscape else 10) / 25.4 * 1440)
    return (
        f'<w:sectPr>{references}<w:type w:val="nextPage"/><w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="720" '
        f'w:footer="{foot}" w:gutter="0"/>{grid}</w:sectPr>'
    )
