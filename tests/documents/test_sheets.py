"""Spreadsheets: nothing in them runs, numbers are numbers, codes are text, print is set up (SECURITY R23)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from apps.documents.sheets import (
    Column,
    Kind,
    SheetTable,
    safe_text,
    write_table_xlsx,
)
from apps.documents.workbooks.layouts import filing_table, list_table, recommendation_table
from apps.documents.workbooks.records import score_tables, yearly_tables
from tests.documents import samples

ATTACKS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")',
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    " =1",
    "　=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "\x00=1",
    "http://example.cn/",
)


def reopened(table: SheetTable) -> Any:
    stream = BytesIO()
    write_table_xlsx(stream, table)
    stream.seek(0)
    return openpyxl.load_workbook(stream).active


def written(table: SheetTable) -> dict[str, str]:
    stream = BytesIO()
    write_table_xlsx(stream, table)
    with zipfile.ZipFile(stream) as book:
        return {name: book.read(name).decode("utf-8", "replace") for name in book.namelist()}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_is_ever_a_formula_or_a_link(attack: str) -> None:
    table = SheetTable(
        title=attack,
        subtitle=attack,
        notes=(attack,),
        columns=(
            Column(label=attack),
            Column(label="数", kind=Kind.NUMBER),
            Column(label="日", kind=Kind.DATE),
        ),
        rows=[(attack, attack, attack)],
    )
    sheet = reopened(table)
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)
    if not attack.startswith("http"):
        assert all(str(cell.value).startswith("'") for cell in cells if cell.value not in {"数", "日"})
    assert "<f>" not in "".join(written(replace(table, rows=[(attack, attack, attack)])).values())


def test_control_characters_neither_break_the_file_nor_stay() -> None:
    dirty = "苏\x00州\x0b绿\x1f色\ufffe工\ud800厂"
    sheet = reopened(SheetTable(title=dirty, columns=(Column(label="名称"),), rows=[(dirty,)]))
    assert sheet.cell(1, 1).value == "苏州绿色工厂"
    assert sheet.cell(3, 1).value == "苏州绿色工厂"
    assert len(safe_text("长" * 40_000)) == 32_767
    assert safe_text("甲\r\n乙\t丙") == "甲\n乙 丙"


def test_numbers_are_numbers_and_codes_are_text() -> None:
    sheet = reopened(recommendation_table(samples.recommendation()))
    heads = [cell.value for cell in sheet[3]]
    first = dict(zip(heads, sheet[4], strict=True))
    assert first["初评得分"].value == 83.25
    assert first["初评得分"].data_type == "n"
    assert first["初评得分"].number_format == "0.00"
    assert first["年综合能耗（吨标准煤）"].value == 12843.57
    assert first["年产值（万元）"].value == 156230
    assert first["统一社会信用代码"].value == "91320583MA1N7K3T2L"
    assert first["统一社会信用代码"].number_format == "@"
    assert first["联系电话"].data_type == "s"
    assert [row[0].value for row in sheet.iter_rows(min_row=4, max_row=15)] == list(range(1, 13))
    assert str(sheet.cell(16, 1).value).startswith("填表说明")


def test_a_long_code_keeps_all_its_digits() -> None:
    table = SheetTable(
        title="表", columns=(Column(label="代码", kind=Kind.CODE),), rows=[("913205830000000017",), ("007",)]
    )
    sheet = reopened(table)
    assert [sheet.cell(row, 1).value for row in (3, 4)] == ["913205830000000017", "007"]


def test_dates_are_dates_and_blanks_are_blank() -> None:
    sheet = reopened(filing_table(samples.filing()))
    heads = [cell.value for cell in sheet[3]]
    row = dict(zip(heads, sheet[4], strict=True))
    assert row["评定日期"].value == datetime(2026, 10, 12)  # noqa: DTZ001
    assert row["评定日期"].is_date
    assert row["备注"].value is None
    assert row["得分"].value == 71.35


def test_a_value_of_the_wrong_kind_is_written_as_text() -> None:
    table = SheetTable(
        title="表",
        columns=(Column(label="数", kind=Kind.NUMBER), Column(label="日", kind=Kind.DATE)),
        rows=[("不适用", "待定"), (True, date(2026, 1, 2)), (Decimal("1.5"), None)],
    )
    sheet = reopened(table)
    assert [sheet.cell(row, 1).value for row in (3, 4, 5)] == ["不适用", "True", 1.5]
    assert sheet.cell(3, 2).value == "待定"


def test_print_and_screen_are_set_up() -> None:
    sheet = reopened(list_table("2026年第二批名单", samples.listed(3)))
    assert sheet.page_setup.orientation == "landscape"
    assert int(sheet.page_setup.paperSize) == 9
    assert sheet.print_title_rows == "$1:$2"
    assert sheet.freeze_panes == "A3"
    assert "A1:F1" in {str(area) for area in sheet.merged_cells.ranges}
    assert sheet.cell(1, 1).value == "2026年第二批名单"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in {(1, 0), (None, 0)}


def test_rows_are_taken_one_by_one() -> None:
    """A generator of many rows is written without being held."""
    held = 0

    def rows() -> Iterator[tuple[int, str]]:
        nonlocal held
        for number in range(3_000):
            held += 1
            yield number, f"企业{number}"

    sheet = reopened(
        SheetTable(
            title="名录",
            columns=(Column(label="序号", kind=Kind.INTEGER), Column(label="企业名称")),
            rows=rows(),
        )
    )
    assert held == 3_000
    assert sheet.max_row == 3_002


def test_a_row_with_too_few_values_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        write_table_xlsx(
            BytesIO(),
            SheetTable(title="表", columns=(Column(label="甲"), Column(label="乙")), rows=[("一",)]),
        )


@pytest.mark.parametrize("name", ["名单/2026:[1]*?", "'", "", "长" * 60])
def test_any_sheet_name_is_made_acceptable(name: str) -> None:
    files = written(SheetTable(title="表", columns=(Column(label="甲"),), rows=[], sheet_name=name))
    found = re.search(r'<sheet name="([^"]+)"', files["xl/workbook.xml"])
    assert found
    assert 0 < len(found[1]) <= 31


def books(*tables: SheetTable) -> tuple[Any, CalamineWorkbook]:
    """The same workbook, opened by two libraries that have nothing to do with each other."""
    stream = BytesIO()
    write_table_xlsx(stream, *tables)
    return openpyxl.load_workbook(BytesIO(stream.getvalue())), CalamineWorkbook.from_filelike(
        BytesIO(stream.getvalue())
    )


def test_the_score_sheet_adds_up_as_on_paper() -> None:
    paper = samples.score_sheet()
    book, _ = books(*score_tables(paper))
    last = [cell.value for cell in book["各维度得分"][3 + len(paper.dimensions) + 1]]
    assert last[:4] == ["合计", 100, float(paper.self_total), float(paper.total)]
    rows = list(book["逐条得分"].iter_rows(min_row=4, values_only=True))
    told = [row for row in rows if row[5] == "不适用"]
    assert told
    assert all(row[6] == "不适用" and row[7] is None for row in told)
    assert paper.heading == book["逐条得分"]["A1"].value


def test_yearly_figures_are_numbers_and_words_stay_words() -> None:
    paper = samples.yearly_table()
    figures = (replace(paper.figures[0], values=("1,234.50", "不适用", "")), *paper.figures[1:])
    book, _ = books(*yearly_tables(replace(paper, figures=figures)))
    assert [cell.value for cell in book["D 关键指标"][4]][2:5] == [1234.5, "不适用", None]
    assert [cell.value for cell in book["D 关键指标"][3]][2:5] == ["2024年", "2025年", "2026年"]
    assert book["A 基本情况"]["B6"].value == paper.uscc
