"""Writing a template to be filled in: heads, notes, choices to pick from, and the hidden key that names its version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, Final

import xlsxwriter

from apps.documents.imports.columns import CellKind, ImportColumn
from apps.documents.imports.importer import KEY_SHEET, NOTES_SHEET, Importer, SheetSpec
from apps.documents.imports.mapping import key_cells
from apps.documents.sheets import FONT, set_up_print, write_value

#: Workbooks in which texts stay texts, whatever they begin with.
WORKBOOK_OPTIONS: Final[Mapping[str, bool]] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_READY_ROWS: Final = 2000
_LONGEST_LIST: Final = 250
_FORMATS: Final = {CellKind.NUMBER: "General", CellKind.DATE: "yyyy-mm-dd"}


def write_template(
    stream: BinaryIO,
    importer: Importer,
    *,
    rows: Mapping[str, Iterable[Sequence[object]]] | None = None,
    key: Mapping[str, Any] | None = None,
) -> None:
    """Write the template of *importer* into a binary stream.

    Args:
        stream: where to.
        importer: the declaration.
        rows: lines already in it, by sheet: a sample, or the work that waits.
        key: what the hidden sheet carries beside kind and version.
    """
    book = xlsxwriter.Workbook(stream, dict(WORKBOOK_OPTIONS))
    try:
        for spec in importer.sheets:
            _sheet(book, spec, (rows or {}).get(spec.name, ()))
        _notes(book, importer)
        write_key(book, importer, key or {})
    finally:
        book.close()


def write_key(book: Any, importer: Importer, key: Mapping[str, Any]) -> None:
    """Add the hidden sheet and the defined name by which a template is known again."""
    sheet = book.add_worksheet(KEY_SHEET)
    for row, text in enumerate(key_cells(importer.code, importer.version, key)):
        sheet.write_string(row, 0, text)
    sheet.very_hidden()
    book.define_name("GF_TEMPLATE", f"='{KEY_SHEET}'!$A$1")


def head_format(book: Any, *, required: bool) -> Any:
    """Return the format of a head; required ones stand on a darker ground."""
    return book.add_format(
        {
            "font_name": FONT,
            "font_size": 10,
            "bold": True,
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
            "border": 1,
            "bg_color": "#CFE3D4" if required else "#EEF3EF",
        }
    )


def head_text(column: ImportColumn) -> str:
    """Return the head: a star marks what must be filled in."""
    return f"{column.label}*" if column.required else column.label


def cell_format(column: ImportColumn) -> dict[str, object]:
    """Return how the cells of a column look; everything that is not a number or a day is text."""
    looks: dict[str, object] = {
        "font_name": FONT,
        "font_size": 10,
        "valign": "vcenter",
        "text_wrap": column.limit > 100,  # noqa: PLR2004  (longer texts need more than a line)
        "num_format": (
            _FORMATS.get(column.kind, "@") if column.decimals is None else f"0.{'0' * column.decimals}"
        ),
    }
    if column.read_only:
        looks |= {"font_color": "#595959", "bg_color": "#F5F5F5"}
    return looks


def _sheet(book: Any, spec: SheetSpec, rows: Iterable[Sequence[object]]) -> None:
    sheet = book.add_worksheet(spec.name)
    last = len(spec.columns) - 1
    title = book.add_format({"font_name": FONT, "font_size": 16, "bold": True, "align": "center"})
    if last:
        sheet.merge_range(0, 0, 0, last, "", title)
    sheet.write_string(0, 0, spec.title, title)
    sheet.set_row(0, 30)
    sheet.set_row(1, 32)
    formats = [book.add_format(cell_format(column)) for column in spec.columns]
    heads = {required: head_format(book, required=required) for required in (True, False)}
    for at, (column, looks) in enumerate(zip(spec.columns, formats, strict=True)):
        sheet.set_column(at, at, column.width, looks)
        sheet.write_string(1, at, head_text(column), heads[column.required])
        _choices(sheet, at, column)
    for number, values in enumerate(rows, start=2):
        for at, (looks, value) in enumerate(zip(formats, values, strict=True)):
            write_value(sheet, number, at, value, looks)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(0, 1)
    set_up_print(sheet)


def _choices(sheet: Any, at: int, column: ImportColumn) -> None:
    """Let the program offer what may be written, where the list is short enough for it."""
    options = list(column.options) if column.kind is CellKind.CHOICE else []
    if column.kind is CellKind.FLAG:
        options = ["是", "否"]
    if options and sum(len(option) + 1 for option in options) <= _LONGEST_LIST:
        sheet.data_validation(2, at, _READY_ROWS, at, {"validate": "list", "source": options})


def _notes(book: Any, importer: Importer) -> None:
    sheet = book.add_worksheet(NOTES_SHEET)
    bold = book.add_format({"font_name": FONT, "font_size": 11, "bold": True})
    plain = book.add_format({"font_name": FONT, "font_size": 10, "text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    set_up_print(sheet, upright=True)
    sheet.write_string(0, 0, f"{importer.label}填表说明（{importer.version} 版）", bold)
    row = 1
    general = (
        "带 * 的列必填；不要改动表头；不要使用公式；统一社会信用代码、电话等按文本填写。",
        "一行有误则全部不导入：更正后重新上传同一份文件即可。",
        *importer.notes,
    )
    for note in general:
        sheet.write_string(row, 1, note, plain)
        row += 1
    for spec in importer.sheets:
        row += 1
        sheet.write_string(row, 0, f"工作表：{spec.name}", bold)
        for column in spec.columns:
            row += 1
            told = [column.help] if column.help else []
            if column.choices:
                told.append(f"可填：{'、'.join(column.options)}。")
            if column.kind is CellKind.DATE:
                told.append("格式：2026-01-05。")
            if column.kind is CellKind.WORDS:
                told.append("多项用顿号分隔。")
            if column.read_only:
                told.append("供对照，不导入。")
            sheet.write_string(row, 0, head_text(column), plain)
            sheet.write_string(row, 1, "".join(told), plain)
