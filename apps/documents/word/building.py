"""Makes the Word template of a paper from its page template: what a bureau then edits in Word.

The statements of the template language stay in the file as text (`{{ paper.enterprise }}`, `{%tr for row in … %}`), so
that a bureau sees where each value goes and can change wording, order and looks without a developer.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from apps.documents.word.feet import foot, watermark
from apps.documents.word.runs import is_block, paragraph, run, runs_of
from apps.documents.word.sheets import SHEETS, Sheet, dress, section_xml
from apps.documents.word.source import Element, Node, Statement, Text, Value, find, text_of, tree_of
from apps.documents.word.tables import column_widths, table_rows
from apps.documents.word.typefaces import font_table

#: Furniture of the printed page that Word has its own means for.
_FURNITURE: Final = frozenset({"hide", "draft", "check", "letterfoot"})
_STYLE_OF_CLASS: Final = (
    ("redhead", "发文机关标志"),
    ("letterhead", "函头标志"),
    ("mark", "文书附件"),
    ("annex-mark", "文书附件"),
    ("printed", "文书版记"),
    ("to", "文书顶格"),
    ("number", "文书居中"),
    ("serial", "文书居中"),
    ("sub", "文书居中"),
    ("letternumber", "文书署名"),
    ("tail", "文书附注"),
    ("day", "文书署名"),
    ("legal", "文书小字"),
    ("uscc", "文书居中"),
    ("edition", "文书居中"),
)
_STYLE_OF_TAG: Final = {"h1": "文书标题", "h2": "文书一级标题", "h3": "文书二级标题", "li": "文书顶格"}
_STYLE_OF_PARENT: Final = (
    ("sign", "文书署名"),
    ("signed", "文书署名"),
    ("note", "文书附注"),
    ("foot", "文书附注"),
    ("colophon", "文书版记"),
    ("sheet", "文书居中"),
    ("scan", "文书小字"),
    ("reply", "文书顶格"),
)
_RED_LINE: Final = '<w:pBdr><w:top w:val="single" w:sz="14" w:space="6" w:color="C8141D"/></w:pBdr>'
_DATED: Final = datetime(2026, 1, 1, tzinfo=UTC)


def word_template(template: str) -> bytes:
    """Return the .docx made from a page template; the same bytes for the same page template.

    Raises:
        NotUnderstood: the page template uses something that has no counterpart in Word.
    """
    tree = tree_of(template)
    family = next(
        found[1]
        for link in find(tree, "link")
        if (found := re.search(r"css/(\w+)\.css", link.attributes["href"])) and found[1] in SHEETS
    )
    body = next(find(tree, "body"))
    wide = "landscape" in body.classes or family == "certificate"
    document = docx.Document()
    document.element.body.clear_content()
    sheet = SHEETS[family]
    dress(document, sheet)
    _Writer(document, sheet, wide=wide).write(body)
    properties = document.core_properties
    # Filled when the file is made; statements in them would be escaped twice.
    properties.title = properties.author = properties.comments = properties.last_modified_by = ""
    properties.created = properties.modified = _DATED
    stream = io.BytesIO()
    document.save(stream)
    return _settled(stream.getvalue())


def _settled(content: bytes) -> bytes:
    """Return the archive with its members in order and no times in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as read, zipfile.ZipFile(out, "w") as write:
        for name in sorted(read.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            if name != "docProps/thumbnail.jpeg":
                member = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
                member.compress_type = zipfile.ZIP_DEFLATED
                write.writestr(member, _own(name, read.read(name)))
    return out.getvalue()


def _own(name: str, content: bytes) -> bytes:
    """Return a member as it belongs here: our font table, and no picture of the library's own sample document."""
    if name == "word/fontTable.xml":
        return font_table()
    if name != "_rels/.rels":
        return content
    return re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", content)


class _Writer:
    """Writes the body of one document, section by section."""

    def __init__(self, document: Document, sheet: Sheet, *, wide: bool) -> None:
        self.document, self.sheet = document, sheet
        self.landscape = wide
        self.root = document.element.body
        self.last = self.root.find(qn("w:sectPr"))
        self.break_next = False
        self.parents: list[frozenset[str]] = []

    def write(self, body: Element) -> None:
        """Write all there is, then the last section's properties."""
        number = next((text_of(part.children) for part in find(body, "n")), "")
        references = self._feet(number)
        self.references = references
        for node in body.children:
            self._block(node)
        section = parse_xml(
            section_xml(self.sheet, landscape=self.landscape, references=references).replace(
                "<w:sectPr>", f"<w:sectPr {nsdecls('w', 'r')}>", 1
            )
        )
        self.root.replace(self.last, section)

    def _feet(self, number: str) -> str:
        """Make headers (watermark of drafts) and footers (page number, content check); return their references."""
        section = self.document.sections[0]
        section.different_first_page_header_footer = False
        pairs = [(section.header, section.footer, False)]
        if self.sheet.official:
            pairs.append((section.even_page_header, section.even_page_footer, True))
        for header, footer, even in pairs:
            header.is_linked_to_previous = footer.is_linked_to_previous = False
            for part, content in ((header, watermark()), (footer, foot(self.sheet, number, even=even))):
                element = part.part.element
                for old in list(element):
                    element.remove(old)
                for xml in content:
                    element.append(parse_xml(xml))
        properties = self.root.find(qn("w:sectPr"))
        kept = [
            child for child in properties if child.tag in {qn("w:headerReference"), qn("w:footerReference")}
        ]
        return "".join(
            f'<{"w:" + child.tag.partition("}")[2]} w:type="{child.get(qn("w:type"))}" r:id="{child.get(qn("r:id"))}"/>'
            for child in kept
        )

    # -- blocks ---------------------------------------------------------------------------------------------------

    def _block(self, node: Node) -> None:
        """Write one node of the flow."""
        if isinstance(node, Text):
            if node.text.strip():
                self._paragraph([node], "文书正文")
        elif isinstance(node, Value):
            self._paragraph([node], "文书正文")
        elif isinstance(node, Statement):
            self._statement(node)
        elif not node.classes & _FURNITURE:
            self._element(node)

    def _statement(self, node: Statement) -> None:
        for arm in node.branches:
            self._mark(f"{{%p {arm.head} %}}")
            self._flow(arm.children)
        self._mark(f"{{%p {node.end} %}}")

    def _element(self, node: Element) -> None:
        if node.tag == "table":
            self._table(node)
            return
        if node.tag == "img":
            if node.attributes.get("src") == "{{ qr }}":
                self._paragraph([Value("qr")], "文书署名")
            return
        wide = "wide" in node.classes
        if wide and not self.landscape:
            self._turn(landscape=True)
        if node.classes & {"annex", "page"} and not wide:
            self.break_next = True
        if node.tag in {"div", "section", "ol", "ul"}:
            if "redline" in node.classes:
                self._append(paragraph("文书居中", "", _RED_LINE))
            self.parents.append(node.classes)
            self._flow(node.children)
            self.parents.pop()
            if "cover" in node.classes:
                self.break_next = True
        else:
            self._paragraph(node.children, self._style(node))
        if wide:
            self._turn(landscape=False)

    def _flow(self, nodes: Iterable[Node]) -> None:
        """Write nodes of which some are blocks and some are loose text."""
        loose: list[Node] = []
        for node in nodes:
            if is_block(node):
                self._loose(loose)
                loose = []
                self._block(node)
            else:
                loose.append(node)
        self._loose(loose)

    def _loose(self, nodes: list[Node]) -> None:
        if any(not isinstance(node, Text) or node.text.strip() for node in nodes):
            self._paragraph(nodes, self._style(Element("p")))

    def _style(self, node: Element) -> str:
        for name, style in _STYLE_OF_CLASS:
            if name in node.classes:
                return style
        if node.tag in _STYLE_OF_TAG:
            return _STYLE_OF_TAG[node.tag]
        for classes in reversed(self.parents):
            for name, style in _STYLE_OF_PARENT:
                if name in classes:
                    return style
            for name, style in _STYLE_OF_CLASS:
                if name in classes:
                    return style
        return "文书正文"

    def _paragraph(self, nodes: list[Node], style: str) -> None:
        extra = "<w:pageBreakBefore/>" if self.break_next else ""
        self.break_next = False
        self._append(paragraph(style, runs_of(nodes), extra))

    def _mark(self, text: str) -> None:
        """Write a statement that stands between paragraphs."""
        self._append(paragraph("文书小字", run(text)))

    def _turn(self, *, landscape: bool) -> None:
        """End the section; what follows stands across or upright."""
        properties = section_xml(self.sheet, landscape=self.landscape, references=self.references)
        self._append(paragraph("文书小字", "", properties))
        self.landscape = landscape

    def _append(self, xml: str) -> None:
        self.last.addprevious(
            parse_xml(xml.replace("<w:", "<w:", 1).replace(">", f" {nsdecls('w', 'r')}>", 1))
        )

    # -- tables ---------------------------------------------------------------------------------------------------

    def _table(self, table: Element) -> None:
        if self.break_next:
            self._paragraph([], "文书小字")
        columns = column_widths(table, self.sheet.width(landscape=self.landscape))
        rows = "".join(table_rows(table.children, table.classes, columns, self._style(table), head=False))
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
        inside = "".join(
            f'<w:{side} w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        margins = (
            '<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
        )
        self._append(
            f'<w:tbl><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:jc w:val="center"/>'
            f'<w:tblBorders>{inside}</w:tblBorders><w:tblLayout w:type="fixed"/>{margins}</w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        )
        # Two tables that touch would become one in Word.
        self._append(paragraph("文书小字", "", '<w:spacing w:line="20" w:lineRule="exact"/>'))
