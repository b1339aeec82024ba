"""Writes tables as spreadsheets in the bureaus' layout: nothing in a cell can ever be run as a formula.

Merged title, filled head repeated on every printed page and frozen on the screen, numbers as numbers, codes
as text, filling notes at the end, A4 landscape. Rows are written as they come, so a table of any length needs
little memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, BinaryIO

import xlsxwriter

#: Control characters cannot stand in XML; tabs become spaces, line breaks are kept.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
#: What spreadsheet programs take for the start of a formula when such a text is typed in or saved as CSV,
#: with the full-width forms that some of them convert (SECURITY R23).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_767
#: Text that needs no change, told in one look: nearly every cell of a long list.
HARMLESS = re.compile(
    r"[^\x00-\x20\x7f\xa0\u3000\ud800-\udfff\ufffe\uffff=+\-@＝＋－＠][^\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]*\Z"
)
MOST_ROWS = 1_048_576
LONGEST_SHEET_NAME = 31
FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
FONT = "宋体"
TITLE_ROW_HEIGHT = 34
HEAD_ROW_HEIGHT = 32
NOTE_ROW_HEIGHT = 18
_A4 = 9


class Kind(StrEnum):
    """What a column holds, which decides how its cells are written."""

    TEXT = "text"
    CODE = "code"
    SCORE = "score"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"


NUMBER_FORMATS = {
    Kind.TEXT: "@",
    Kind.CODE: "@",
    Kind.SCORE: "0.00",
    Kind.NUMBER: "#,##0.##",
    Kind.INTEGER: "0",
    Kind.DATE: 'yyyy"年"m"月"d"日"',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its head, what it holds and its width in characters."""

    label: str
    kind: Kind = Kind.TEXT
    width: float = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTable:
    """A table to write. `rows` may be a generator; each row has as many values as there are columns.

    `subtitle`: a line below the title, such as unit and date. `notes`: filling notes below the table.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[object]]
    subtitle: str = ""
    notes: tuple[str, ...] = ()
    sheet_name: str = "名单"
    created: datetime | None = field(default=None)


class TooManyRows(ValueError):
    """The table is longer than a worksheet can be."""


def safe_text(value: object) -> str:
    """A text that no spreadsheet program runs: no control characters, a quote before the start of a formula.

    The quote is visible in the cell: a name that begins with “=” is wrong anyway, and must not come to life
    when the sheet is saved as CSV and opened again.
    """
    if isinstance(value, str) and len(value) <= LONGEST_CELL and HARMLESS.match(value):
        return value
    text = CONTROL.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    if text.lstrip(" \n\u3000\u00a0").startswith(FORMULA_STARTS):
        text = f"'{text}"
    return text[:LONGEST_CELL]


def write_table_xlsx(stream: BinaryIO, *tables: SheetTable) -> None:
    """Write each table as a worksheet of one XLSX workbook into a binary stream; the first is the one that opens.

    Raises:
        TooManyRows: a table is longer than a worksheet can be.
    """
    book = xlsxwriter.Workbook(
        stream,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        },
    )
    first = tables[0]
    if first.created is not None:
        book.set_properties({"title": safe_text(first.title), "created": first.created.replace(tzinfo=None)})
    try:
        for table in tables:
            _write(book, table)
    finally:
        book.close()


def _write(book: Any, table: SheetTable) -> None:
    sheet = book.add_worksheet(_sheet_name(table.sheet_name))
    last = len(table.columns) - 1
    title = book.add_format(
        {"font_name": FONT, "font_size": 16, "bold": True, "align": "center", "valign": "vcenter"}
    )
    plain = book.add_format({"font_name": FONT, "font_size": 10, "align": "left", "valign": "vcenter"})
    head = book.add_format(
        {
            "font_name": FONT,
            "font_size": 10,
            "bold": True,
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
            "border": 1,
            "bg_color": "#EEF3EF",
        }
    )
    cells = [(column.kind, book.add_format(_cell_format(column.kind))) for column in table.columns]
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, column.width)
    set_up_print(sheet)
    row = 0
    sheet.set_row(row, TITLE_ROW_HEIGHT)
    _across(sheet, row, last, safe_text(table.title), title)
    if table.subtitle:
        row += 1
        _across(sheet, row, last, safe_text(table.subtitle), plain)
    row += 1
    sheet.set_row(row, HEAD_ROW_HEIGHT)
    for at, column in enumerate(table.columns):
        sheet.write_string(row, at, safe_text(column.label), head)
    sheet.freeze_panes(row + 1, 0)
    sheet.repeat_rows(0, row)
    for values in table.rows:
        row += 1
        if row >= MOST_ROWS - len(table.notes) - 1:
            raise TooManyRows(f"more than {MOST_ROWS} rows")
        for at, ((kind, form), value) in enumerate(zip(cells, values, strict=True)):
            _cell(sheet, row, at, kind, value, form)
    for note in table.notes:
        row += 1
        sheet.set_row(row, NOTE_ROW_HEIGHT)
        _across(sheet, row, last, safe_text(note), plain)


def _across(sheet: Any, row: int, last: int, text: str, form: Any) -> None:
    """One text over the whole width."""
    if last > 0:
        sheet.merge_range(row, 0, row, last, "", form)
    sheet.write_string(row, 0, text, form)


_NUMERIC = frozenset({Kind.SCORE, Kind.NUMBER, Kind.INTEGER})


def _cell(sheet: Any, row: int, at: int, kind: Kind, value: object, form: Any) -> None:
    """Write one value as its column says; what does not fit is written as text, never guessed."""
    if isinstance(value, str) and value:  # whatever the column: text is never guessed at
        sheet.write_string(row, at, safe_text(value), form)
    elif value is None or value == "":
        sheet.write_blank(row, at, None, form)
    elif kind in _NUMERIC and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        # A spreadsheet cell is a binary float; nothing reads it back into a score.
        sheet.write_number(row, at, float(value), form)
    elif kind is Kind.DATE and isinstance(value, date):
        day = datetime(value.year, value.month, value.day)  # noqa: DTZ001  (a cell has no zone)
        sheet.write_datetime(row, at, day, form)
    else:
        sheet.write_string(row, at, safe_text(value), form)


def _cell_format(kind: Kind) -> dict[str, object]:
    return {
        "font_name": FONT,
        "font_size": 10,
        "align": "left" if kind is Kind.TEXT else "right" if kind is Kind.NUMBER else "center",
        "valign": "vcenter",
        "text_wrap": kind is Kind.TEXT,
        "border": 1,
        "num_format": NUMBER_FORMATS[kind],
    }


def set_up_print(sheet: Any, *, upright: bool = False) -> None:
    """Set a worksheet up for A4, landscape unless `upright`: one page wide, page numbers below."""
    if not upright:
        sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.center_horizontally()
    sheet.set_footer("&C第 &P 页　共 &N 页")


def _sheet_name(name: str) -> str:
    return FORBIDDEN_IN_SHEET_NAME.sub("", CONTROL.sub("", name)).strip("' ")[:LONGEST_SHEET_NAME] or "名单"


def write_value(sheet: Any, row: int, at: int, value: object, form: Any) -> None:
    """Write a value as what it is: a number as a number, a day as a day, everything else as text that never runs."""
    if value is None or value == "":
        sheet.write_blank(row, at, None, form)
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        sheet.write_number(row, at, float(value), form)  # a cell is a binary float; 15 digits are exact
    elif isinstance(value, date):
        day = datetime(value.year, value.month, value.day)  # noqa: DTZ001  (a cell has no zone)
        sheet.write_datetime(row, at, day, form)
    else:
        sheet.write_string(row, at, safe_text(value), form)
