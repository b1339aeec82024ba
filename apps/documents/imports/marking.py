"""The marked copy: the same table with every fault coloured and explained, ready to be mended and sent again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO, Final

import xlsxwriter

from apps.documents.imports.importer import FINDINGS_SHEET, KEY_SHEET, NOTES_SHEET, Finding, Importer
from apps.documents.imports.mapping import Located, Mapped
from apps.documents.imports.reading import Book, Sheet, Value, letters
from apps.documents.imports.template import WORKBOOK_OPTIONS, cell_format, head_format, write_key
from apps.documents.sheets import FONT, safe_text, set_up_print, write_value

_MOST_COMMENTS: Final = 1000
_RED, _AMBER = "#FFD6D6", "#FFF1CC"
_Marks = Mapping[tuple[int, int], Sequence[Finding]]


def write_marked(
    stream: BinaryIO, *, book: Book, importer: Importer, mapped: Mapped, findings: Sequence[Finding]
) -> None:
    """Write the marked copy into a binary stream.

    Nothing of the sender's file is carried over but the values: no formulas, links or styles. The copy bears the
    template's key, so that it can be mended and uploaded in place of the original.
    """
    target = xlsxwriter.Workbook(stream, dict(WORKBOOK_OPTIONS))
    by_sheet: dict[str, dict[tuple[int, int], list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in findings:
        by_sheet[finding.sheet][(finding.row, finding.column)].append(finding)
    try:
        for sheet in book.sheets:
            if sheet.name not in {KEY_SHEET, NOTES_SHEET, FINDINGS_SHEET}:
                _copy(target, sheet, mapped, by_sheet.get(sheet.name, {}))
        _list(target, findings)
        write_key(target, importer, mapped.key)
    finally:
        target.close()


class _Looks:
    """The formats of one copied sheet: marks first, then the head, then what the column asks for."""

    def __init__(self, target: Any, place: Located | None, marks: _Marks) -> None:
        base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        self._marks, self._head_row = marks, place.head if place else 0
        self._head = head_format(target, required=False)
        self._plain = target.add_format(base)
        self._day = target.add_format({**base, "num_format": "yyyy-mm-dd"})
        self._marked = {
            error: target.add_format({**base, "border": 1, "bg_color": _RED if error else _AMBER})
            for error in (True, False)
        }
        self._columns = {
            place.places[column.key]: target.add_format(cell_format(column))
            for column in (place.spec.columns if place else ())
            if place and column.key in place.places
        }

    def of(self, row: int, column: int, value: Value) -> Any:
        """Return the format of one cell."""
        found = self._marks.get((row, column))
        if found:
            return self._marked[any(finding.error for finding in found)]
        if row == self._head_row:
            return self._head
        if row < self._head_row or column not in self._columns:
            return self._day if isinstance(value, date) else self._plain
        return self._columns[column]


def _copy(target: Any, sheet: Sheet, mapped: Mapped, marks: _Marks) -> None:
    page = target.add_worksheet(sheet.name)
    place = next((place for place in mapped.located if place.sheet is sheet), None)
    looks = _Looks(target, place, marks)
    if place is not None:
        for column in place.spec.columns:
            at = place.places.get(column.key)
            if at:
                page.set_column(at - 1, at - 1, column.width)
        page.freeze_panes(place.head, 0)
        page.repeat_rows(0, place.head - 1)
    set_up_print(page)
    for number, row in enumerate(sheet.rows, start=1):
        for at, value in enumerate(row, start=1):
            write_value(page, number - 1, at - 1, value, looks.of(number, at, value))
    for number, at in [spot for spot in marks if spot[0]][:_MOST_COMMENTS]:
        found = marks[(number, at)]
        text = "\n".join(f"{finding.reason}{finding.remedy}" for finding in found)
        page.write_comment(number - 1, max(at, 1) - 1, safe_text(text)[:500], {"author": "平台检查"})
        if at and sheet.value(number, at) is None:
            page.write_blank(number - 1, at - 1, None, looks.of(number, at, None))


def _list(target: Any, findings: Sequence[Finding]) -> None:
    page = target.add_worksheet(FINDINGS_SHEET)
    head = head_format(target, required=True)
    plain = target.add_format(
        {"font_name": FONT, "font_size": 10, "text_wrap": True, "valign": "top", "border": 1}
    )
    for at, (label, width) in enumerate(
        (("工作表", 16), ("单元格", 10), ("填写内容", 28), ("问题", 46), ("怎么办", 40), ("性质", 10))
    ):
        page.set_column(at, at, width)
        page.write_string(0, at, label, head)
    for row, finding in enumerate(findings, start=1):
        cells = (
            finding.sheet,
            reference_of(finding),
            finding.value,
            finding.reason,
            finding.remedy,
            "须更正" if finding.error else "提示",
        )
        for at, text in enumerate(cells):
            page.write_string(row, at, safe_text(text), plain)
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    set_up_print(page)


def reference_of(finding: Finding) -> str:
    """Return where a finding lies: C7, "第 7 行", or "" for the whole sheet."""
    if finding.row == 0:
        return ""
    return f"{letters(finding.column)}{finding.row}" if finding.column else f"第 {finding.row} 行"
