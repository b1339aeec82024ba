"""Tables of the Word templates: widths, repeated heads, rows and cells that are shown on a condition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from apps.documents.word.runs import is_block, paragraph, run, runs_of
from apps.documents.word.source import Element, Node, NotUnderstood, Statement, Text, find, text_of

_TWIPS_A_MM: Final = 1440 / 25.4
_MILLIMETRES: Final = {
    "c-no": 8, "c-name": 30, "c-code": 34, "c-area": 13, "c-trade": 21, "c-goods": 23.5, "c-prior": 19, "c-rule": 19.5,
    "c-mark": 12, "c-sum": 16, "c-who": 23,
}  # fmt: skip


def column_widths(table: Element, width_mm: float) -> list[int]:
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
    heads = _cells(first.children)
    parts: list[float] = []
    for cell in heads:
        span = int(cell.attributes.get("colspan", "1"))
        part = _NARROW.get(
            text_of(cell.children).strip(), 0.55 if cell.tag == "th" and "keys" in table.classes else 1
        )
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


def table_rows(
    nodes: Iterable[Node], classes: frozenset[str], columns: list[int], style: str, *, head: bool
) -> list[str]:
    """Return the rows of a table or of a part of it."""
    rows: list[str] = []
    for node in nodes:
        if isinstance(node, Statement):
            for arm in node.branches:
                rows.append(_statement_row(f"{{%tr {arm.head} %}}"))
                rows += table_rows(arm.children, classes, columns, style, head=head)
            rows.append(_statement_row(f"{{%tr {node.end} %}}"))
        elif isinstance(node, Element) and node.tag in {"thead", "tbody"}:
            rows += table_rows(node.children, classes, columns, style, head=node.tag == "thead")
        elif isinstance(node, Element) and node.tag == "tr":
            cells = "".join(_row_cells(node.children, classes | node.classes, columns, [0], head=head))
            properties = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
            if "tall" in node.classes:
                properties += '<w:trHeight w:val="1400" w:hRule="atLeast"/>'
            rows.append(f"<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>")
        elif (isinstance(node, Text) and not node.text.strip()) or (
            isinstance(node, Element) and node.tag == "colgroup"
        ):
            continue
        else:
            raise NotUnderstood(f"in a table: {node}")
    return rows


def _is_idle(node: Node) -> bool:
    """Return whether a node between rows has nothing to show."""
    if isinstance(node, Element):
        return node.tag == "colgroup"
    return isinstance(node, Text) and not node.text.strip()


def _statement_row(text: str) -> str:
    return f"<w:tr><w:tc><w:tcPr/>{paragraph('表格文字', run(text))}</w:tc></w:tr>"


def _row_cells(
    nodes: Iterable[Node], classes: frozenset[str], columns: list[int], at: list[int], *, head: bool
) -> list[str]:
    cells: list[str] = []
    for node in nodes:
        if isinstance(node, Statement):
            for arm in node.branches:
                cells.append(f"<w:tc><w:tcPr/>{paragraph('表格文字', run(f'{{%tc {arm.head} %}}'))}</w:tc>")
                cells += _row_cells(arm.children, classes, columns, at, head=head)
            cells.append(f"<w:tc><w:tcPr/>{paragraph('表格文字', run(f'{{%tc {node.end} %}}'))}</w:tc>")
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
    left = (
        (classes & {"keys", "signs", "group"} and not head) or "l" in cell.classes
    ) and "c" not in cell.classes
    place = "right" if "r" in cell.classes else "left" if left else "center"
    merged = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    shade = (
        '<w:shd w:val="clear" w:color="auto" w:fill="F1F4F1"/>'
        if head or classes & {"total", "group"}
        else ""
    )
    properties = (
        f'<w:tcW w:w="{width}" w:type="dxa"/>{merged}{shade}'
        f'<w:vAlign w:val="{"top" if classes & {"signs", "tall"} else "center"}"/>'
    )
    style = "表格标题" if head or classes & {"total", "group"} else "表格文字"
    return (
        f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(_cell_paragraphs(cell.children, style, place))}</w:tc>"
    )


def _cell_paragraphs(nodes: list[Node], style: str, place: str) -> list[str]:
    """Return the paragraphs of a cell: at least one, as Word demands."""
    paragraphs: list[str] = []
    loose: list[Node] = []

    def flush() -> None:
        if any(not isinstance(node, Text) or node.text.strip() for node in loose):
            paragraphs.append(paragraph(style, runs_of(loose), f'<w:jc w:val="{place}"/>'))
        loose.clear()

    for node in nodes:
        if not is_block(node):
            loose.append(node)
            continue
        flush()
        if isinstance(node, Statement):
            for arm in node.branches:
                paragraphs.append(paragraph(style, run(f"{{%p {arm.head} %}}")))
                paragraphs += _cell_paragraphs(arm.children, style, place)
            paragraphs.append(paragraph(style, run(f"{{%p {node.end} %}}")))
        elif isinstance(node, Element):
            end = "right" if "day" in node.classes else place
            paragraphs.append(paragraph(style, runs_of(node.children), f'<w:jc w:val="{end}"/>'))
    flush()
    return paragraphs or [paragraph(style, "")]
