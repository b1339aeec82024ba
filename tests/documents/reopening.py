"""Reopening a workbook in two libraries that share no code, and comparing it with the tables it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from apps.documents.sheets import Kind, SheetTable, safe_text, write_table_xlsx

_NUMERIC = {Kind.SCORE, Kind.NUMBER, Kind.INTEGER}


@dataclass
class Written:
    """Stands in for `write_table_xlsx` and keeps what was written, rows and all."""

    tables: list[SheetTable] = field(default_factory=list)

    def write(self, stream: BinaryIO, *tables: SheetTable) -> None:
        """Write, and remember."""
        kept = [replace(table, rows=[tuple(row) for row in table.rows]) for table in tables]
        self.tables += kept
        write_table_xlsx(stream, *kept)


def same_in_two_libraries(content: bytes, tables: Sequence[SheetTable]) -> None:
    """Prove that both libraries read what was written, and that screen and print are set up.

    Numbers are numbers, codes are text, nothing is a formula; the title is merged over the width, the head frozen
    and repeated on every page of A4 landscape.
    """
    first = openpyxl.load_workbook(BytesIO(content))
    second = CalamineWorkbook.from_filelike(BytesIO(content))
    assert any(table.rows for table in tables), "a list without lines proves nothing"
    assert first.sheetnames == second.sheet_names == [table.sheet_name for table in tables]
    for table in tables:
        sheet = first[table.sheet_name]
        head = 3 if table.subtitle else 2
        other = second.get_sheet_by_name(table.sheet_name).to_python(skip_empty_area=False)
        assert sheet["A1"].value == other[0][0] == table.title
        labels = [column.label for column in table.columns]
        assert [cell.value for cell in sheet[head]] == [*other[head - 1]] == labels
        _same_rows(sheet, other, head, table)
        if len(labels) > 1:
            wide = f"A1:{get_column_letter(len(labels))}1"
            assert wide in {str(area) for area in sheet.merged_cells.ranges}
        assert sheet.freeze_panes == f"A{head + 1}"
        assert sheet.print_title_rows == f"$1:${head}"
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def _same_rows(sheet: Any, other: list[list[Any]], head: int, table: SheetTable) -> None:
    for number, row in enumerate(table.rows):
        cells = next(sheet.iter_rows(min_row=head + 1 + number, max_row=head + 1 + number))
        for column, value, cell, again in zip(table.columns, row, cells, other[head + number], strict=True):
            assert cell.data_type != "f"
            wanted = _as_cell(column.kind, value)
            assert _as_read(cell.value) == wanted, (column.label, value)
            assert _as_read(again) == wanted, (column.label, value)
            if column.kind is Kind.CODE and wanted != "":
                assert cell.data_type == "s", (column.label, value)


def _as_cell(kind: Kind, value: object) -> object:
    if value is None or value == "":
        return ""
    if kind in _NUMERIC and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return float(value)
    if kind is Kind.DATE and isinstance(value, date):
        return date(value.year, value.month, value.day)
    return safe_text(value)


def _as_read(value: object) -> object:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return "" if value is None else value
