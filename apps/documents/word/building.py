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
from xml.sax.saxutils import escape

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement

from apps.documents.word.sheets import SHEETS, Sheet, dress, section_xml
from apps.documents.word.source import Element, Node, NotUnderstood, Statement, Text, Value, find, text_of, tree_of

#: Furniture of the printed page that Word has its own means for.
_FURNITURE: Final = frozenset({"hide", "draft", "check", "letterfoot"})
_BLOCKS: Final = frozenset({"div", "section", "p", "h1", "h2", "h3", "table", "ol", "ul", "li"})
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
_MILLIMETRES: Final = {
    "c-no": 8, "c-name": 30, "c-code": 20, "c-area": 13, "c-trade": 24, "c-goods": 27, "c-prior": 22, "c-rule": 23,
    "c-mark": 12, "c-sum": 16, "c-who": 24,
}  # fmt: skip
_TWIPS_A_MM: Final = 1440 / 25.4
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
    for paragraph in document.paragraphs:
        paragraph._element.getparent().remove(paragraph._element)
    sheet = SHEETS[family]
    dress(document, sheet)
    _Writer(document, sheet, wide=wide).write(body)
    properties = document.core_properties
    properties.title, properties.author = "{{ paper.title }}", "{{ paper.issuer }}"
    properties.comments, properties.last_modified_by = "", "{{ paper.issuer }}"
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
                write.writestr(member, _without_thumbnail(name, read.read(name)))
    return out.getvalue()


def _without_thumbnail(name: str, content: bytes) -> bytes:
    """The picture of the library's own sample document has no business here."""
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
            for part in (header, footer):
                for paragraph in part.paragraphs:
                    paragraph._element.getparent().remove(paragraph._element)
            for xml in _watermark():
                header._element.append(parse_xml(xml))
            for xml in _foot(self.sheet, number, even=even):
                footer._element.append(parse_xml(xml))
        properties = self.root.find(qn("w:sectPr"))
        kept = [
            child
            for child in properties
            if child.tag in {qn("w:headerReference"), qn("w:footerReference")}
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
                self._append(_p("文书居中", "", '<w:pBdr><w:top w:val="single" w:sz="14" w:space="6" w:color="C8141D"/></w:pBdr>'))
            self.parents.append(node.classes)
            self._flow(node.children)
            self.parents.pop()
            if "cover" in node.classes:
                self.break_next = True
        else:
            self._paragraph(node.children, self._style(node), bold_title="big" in node.classes)
        if wide:
            self._turn(landscape=False)

    def _flow(self, nodes: Iterable[Node]) -> None:
        """Write nodes of which some are blocks and some are loose text."""
        loose: list[Node] = []
        for node in nodes:
            if _is_block(node):
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

    def _paragraph(self, nodes: list[Node], style: str, *, bold_title: bool = False) -> None:
        del bold_title
        extra = "<w:pageBreakBefore/>" if self.break_next else ""
        self.break_next = False
        self._append(_p(style, _runs(nodes), extra))

    def _mark(self, text: str) -> None:
        """Write a statement that stands between paragraphs."""
        self._append(_p("文书小字", _run(text)))

    def _turn(self, *, landscape: bool) -> None:
        """End the section; what follows stands across or upright."""
        properties = section_xml(self.sheet, landscape=self.landscape, references=self.references)
        self._append(_p("文书小字", "", properties))
        self.landscape = landscape

    def _append(self, xml: str) -> None:
        self.last.addprevious(parse_xml(xml.replace("<w:", f"<w:", 1).replace(">", f" {nsdecls('w', 'r')}>", 1)))

    # -- tables ---------------------------------------------------------------------------------------------------

    def _table(self, table: Element) -> None:
        if self.break_next:
            self._paragraph([], "文书小字")
        columns = _columns(table, self.sheet.width(landscape=self.landscape))
        rows = "".join(_rows(table.children, table.classes, columns, self._style(table), head=False))
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
        inside = "".join(
            f'<w:{side} w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        margins = '<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
        self._append(
            f'<w:tbl><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:jc w:val="center"/>'
            f'<w:tblBorders>{inside}</w:tblBorders><w:tblLayout w:type="fixed"/>{margins}</w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        )
        # Two tables that touch would become one in Word.
        self._append(_p("文书小字", "", '<w:spacing w:line="20" w:lineRule="exact"/>'))


def _is_block(node: Node) -> bool:
    if isinstance(node, Element):
        return node.tag in _BLOCKS or "day" in node.classes
    if isinstance(node, Statement):
        return any(_is_block(child) for arm in node.branches for child in arm.children)
    return False


def _columns(table: Element, width_mm: float) -> list[int]:
    """Return the widths of the columns in twips."""
    columns = [column for group in find(table, "colgroup") for column in find(group, "col")]
    widths = []
    for column in columns:
        name = next(iter(column.classes), "")
        if name in _MILLIMETRES:
            widths.append(_MILLIMETRES[name] * 1.0)
        elif found := re.fullmatch(r"w(\d+)", name):
            widths.append(width_mm * int(found[1]) / 100)
        else:
            raise NotUnderstood(f"column {name}")
    if not widths:
        widths = _guessed(table, width_mm)
    scale = width_mm / sum(widths)
    return [round(width * scale * _TWIPS_A_MM) for width in widths]


#: Columns that need little room whatever stands in them, in parts of an ordinary column.
_NARROW: Final = {"序号": 0.4, "职责": 0.6, "总分": 0.6, "是否计入": 0.7, "满分": 0.7, "自评得分": 0.8}


def _guessed(table: Element, width_mm: float) -> list[float]:
    """Return widths by what the head says: a table without widths of its own."""
    first = next(find(table, "tr"))
    heads = [cell for cell in _cells(first.children)]
    parts: list[float] = []
    for cell in heads:
        span = int(cell.attributes.get("colspan", "1"))
        part = _NARROW.get(text_of(cell.children).strip(), 0.55 if cell.tag == "th" and "keys" in table.classes else 1)
        parts += [part] * span
    return [part * width_mm for part in parts]


def _cells(nodes: Iterable[Node]) -> list[Element]:
    """Return the cells of a row, those that are shown on a condition included."""
    found: list[Element] = []
    for node in nodes:
        if isinstance(node, Element):
            found.append(node)
        elif isinstance(node, Statement):
            found += _cells(node.branches[0].children)
    return found


def _rows(
    nodes: Iterable[Node], classes: frozenset[str], columns: list[int], style: str, *, head: bool
) -> list[str]:
    rows: list[str] = []
    for node in nodes:
        if isinstance(node, Statement):
            for arm in node.branches:
                rows.append(_statement_row(f"{{%tr {arm.head} %}}"))
                rows += _rows(arm.children, classes, columns, style, head=head)
            rows.append(_statement_row(f"{{%tr {node.end} %}}"))
        elif isinstance(node, Element) and node.tag in {"thead", "tbody"}:
            rows += _rows(node.children, classes, columns, style, head=node.tag == "thead")
        elif isinstance(node, Element) and node.tag == "tr":
            cells = "".join(_row_cells(node.children, classes | node.classes, columns, [0], head=head))
            properties = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
            if "tall" in node.classes:
                properties += '<w:trHeight w:val="1400" w:hRule="atLeast"/>'
            rows.append(f"<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>")
        elif isinstance(node, Text) and not node.text.strip() or isinstance(node, Element) and node.tag == "colgroup":
            continue
        else:
            raise NotUnderstood(f"in a table: {node}")
    return rows


def _statement_row(text: str) -> str:
    return f"<w:tr><w:tc><w:tcPr/>{_p('表格文字', _run(text))}</w:tc></w:tr>"


def _row_cells(
    nodes: Iterable[Node], classes: frozenset[str], columns: list[int], at: list[int], *, head: bool
) -> list[str]:
    cells: list[str] = []
    for node in nodes:
        if isinstance(node, Statement):
            for arm in node.branches:
                cells.append(f"<w:tc><w:tcPr/>{_p('表格文字', _run(f'{{%tc {arm.head} %}}'))}</w:tc>")
                cells += _row_cells(arm.children, classes, columns, at, head=head)
            cells.append(f"<w:tc><w:tcPr/>{_p('表格文字', _run(f'{{%tc {node.end} %}}'))}</w:tc>")
        elif isinstance(node, Element) and node.tag in {"td", "th"}:
            span = int(node.attributes.get("colspan", "1"))
            width = sum(columns[at[0] : at[0] + span])
            at[0] += span
            cells.append(_cell(node, classes, span, width))
        elif not isinstance(node, Text) or node.text.strip():
            raise NotUnderstood(f"in a row: {node}")
    return cells


def _cell(cell: Element, classes: frozenset[str], span: int, width: int) -> str:
    head = cell.tag == "th"
    left = (classes & {"keys", "signs", "group"} and not head or "l" in cell.classes) and "c" not in cell.classes
    place = "right" if "r" in cell.classes else "left" if left else "center"
    merged = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="F1F4F1"/>' if head or classes & {"total", "group"} else ""
    properties = (
        f'<w:tcW w:w="{width}" w:type="dxa"/>{merged}{shade}'
        f'<w:vAlign w:val="{"top" if classes & {"signs", "tall"} else "center"}"/>'
    )
    style = "表格标题" if head or classes & {"total", "group"} else "表格文字"
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(_cell_paragraphs(cell.children, style, place))}</w:tc>"


def _cell_paragraphs(nodes: list[Node], style: str, place: str) -> list[str]:
    """Return the paragraphs of a cell: at least one, as Word demands."""
    paragraphs: list[str] = []
    loose: list[Node] = []

    def flush() -> None:
        if any(not isinstance(node, Text) or node.text.strip() for node in loose):
            paragraphs.append(_p(style, _runs(loose), f'<w:jc w:val="{place}"/>'))
        loose.clear()

    for node in nodes:
        if not _is_block(node):
            loose.append(node)
            continue
        flush()
        if isinstance(node, Statement):
            for arm in node.branches:
                paragraphs.append(_p(style, _run(f"{{%p {arm.head} %}}")))
                paragraphs += _cell_paragraphs(arm.children, style, place)
            paragraphs.append(_p(style, _run(f"{{%p {node.end} %}}")))
        elif isinstance(node, Element):
            end = "right" if "day" in node.classes else place
            paragraphs.append(_p(style, _runs(node.children), f'<w:jc w:val="{end}"/>'))
    flush()
    return paragraphs or [_p(style, "")]


# -- runs -------------------------------------------------------------------------------------------------------------


def _p(style: str, runs: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{runs}</w:p>'


def _run(text: str, *, strong: bool = False) -> str:
    look = '<w:rPr><w:rFonts w:eastAsia="黑体"/></w:rPr>' if strong else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def _runs(nodes: list[Node], *, strong: bool = False) -> str:
    """Return the runs of inline nodes; white space at both ends is dropped."""
    parts: list[str] = []
    for at, node in enumerate(nodes):
        match node:
            case Text(text):
                shown = text.lstrip(" ") if at == 0 else text
                parts.append(_run(shown.rstrip(" ") if at == len(nodes) - 1 else shown, strong=strong))
            case Value(expression):
                parts.append(_run(f"{{{{ {expression} }}}}", strong=strong))
            case Statement():
                for arm in node.branches:
                    parts.append(_run(f"{{% {arm.head} %}}", strong=strong))
                    parts.append(_runs(arm.children, strong=strong))
                parts.append(_run(f"{{% {node.end} %}}", strong=strong))
            case Element(tag="br"):
                parts.append("<w:r><w:br/></w:r>")
            case Element(tag="img"):
                if node.attributes.get("src") == "{{ qr }}":
                    parts.append(_run("{{ qr }}"))
            case Element():
                parts.append(_runs(node.children, strong=strong or node.tag in {"b", "strong"}))
    return "".join(parts)


# -- headers and footers ----------------------------------------------------------------------------------------------


def _watermark() -> list[str]:
    """Return the header: the watermark 草稿 across the page while the paper is a draft."""
    shape = (
        '<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'id="draft" o:spt="136" type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:330pt;'
        "height:150pt;rotation:332;z-index:-251658752;mso-position-horizontal:center;"
        "mso-position-horizontal-relative:margin;mso-position-vertical:center;"
        'mso-position-vertical-relative:margin" fillcolor="#d9d9d9" stroked="f">'
        '<v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" string="草稿"/></v:shape></w:pict></w:r>'
    )
    declared = nsdecls("w", "r")
    return [
        part.replace("<w:p>", f"<w:p {declared}>", 1)
        for part in (
            _p("文书小字", _run("{%p if paper.draft %}")),
            _p("文书小字", shape),
            _p("文书小字", _run("{%p endif %}")),
            _p("文书小字", ""),
        )
    ]


def _foot(sheet: Sheet, number: str, *, even: bool) -> list[str]:
    """Return the footer: the page number (outside, one character in, for 公文), the running number, the check."""
    field = '<w:fldSimple w:instr=" PAGE "><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t>1</w:t></w:r></w:fldSimple>'
    dash = '<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>'
    page = dash.format("— ") + field + dash.format(" —")
    if sheet.official:
        # 单页码居右空一字，双页码居左空一字（GB/T 9704—2012，7.5）
        side = "left" if even else "right"
        place = f'<w:ind w:{side}="280" w:{side}Chars="100"/><w:jc w:val="{side}"/>'
    else:
        page, place = page.replace('w:val="28"', 'w:val="18"'), '<w:jc w:val="center"/>'
    declared = nsdecls("w", "r")
    text = "内容校验码 {{ check }}" + (f"　{number}" if number else "")
    return [
        part.replace("<w:p>", f"<w:p {declared}>", 1)
        for part in (_p("页脚校验", page, place), _p("页脚校验", _run(text)))
    ]


def names(document: BaseOxmlElement) -> set[str]:
    """Return the names of the paragraph styles that a part uses."""
    return {style.get(qn("w:val")) for style in document.iter(qn("w:pStyle"))}
