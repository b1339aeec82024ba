"""From the sheets of a workbook to rows of values: heads found by name, every fault told with place and remedy."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from apps.documents.imports.columns import CellFault, ImportColumn, fold, is_blank, read_cell, shown
from apps.documents.imports.importer import (
    FINDINGS_SHEET,
    KEY_SHEET,
    NOTES_SHEET,
    Finding,
    Importer,
    Row,
    RowsRefused,
    SheetSpec,
)
from apps.documents.imports.reading import Book, Sheet, WorkbookRefused, letters

_KEY_MARK: Final = "suzhou-greenfactory"
_HEAD_WITHIN: Final = 10
_REMARKS: Final = ("填表说明", "说明：", "备注：", "注：", "填报人", "合计")
_MOST_NAMED: Final = 8


@dataclass(frozen=True, slots=True)
class Located:
    """Where the table of a sheet lies: row of the heads, and place of each column (all from 1)."""

    sheet: Sheet
    spec: SheetSpec
    head: int
    places: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A workbook as rows by sheet, with everything that is to be said of it."""

    located: tuple[Located, ...]
    rows: Mapping[str, Sequence[Row]]
    findings: tuple[Finding, ...]
    key: Mapping[str, Any]

    @property
    def is_complete(self) -> bool:
        """Whether every column that must be filled in was found."""
        return all(
            column.key in place.places
            for place in self.located
            for column in place.spec.columns
            if column.required
        )

    @property
    def faults(self) -> int:
        """How many findings stand against the import."""
        return sum(finding.error for finding in self.findings)


def key_cells(kind: str, version: str, extra: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what stands in column A of the hidden sheet."""
    return (_KEY_MARK, kind, version, json.dumps(dict(extra), ensure_ascii=False, sort_keys=True))


def read_key(book: Book, importer: Importer) -> Mapping[str, Any] | None:
    """Return what the hidden key of the template carries; None when the file was not made from a template.

    Raises:
        WorkbookRefused: the template of another import, an old version, or none where one is needed (X01).
    """
    sheet = book.sheet(KEY_SHEET)
    cells = [str(row[0] or "") if row else "" for row in sheet.rows] if sheet is not None else []
    if len(cells) < 4 or cells[0] != _KEY_MARK:  # noqa: PLR2004  (mark, kind, version, extra)
        if importer.needs_key:
            raise WorkbookRefused("template", f"请使用本页下载的“{importer.label}”模板，当前文件不是该模板。")
        return None
    if cells[1] != importer.code:
        raise WorkbookRefused("template", f"该文件是其他导入的模板，请使用“{importer.label}”模板（下载）。")
    if cells[2] != importer.version:
        raise WorkbookRefused(
            "template", f"请使用 {importer.version} 版模板（下载）。当前：{cells[2][:20]} 版。"
        )
    try:
        found = json.loads(cells[3])
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise WorkbookRefused("template", "模板的隐藏标识已被改动，请重新下载模板填写。")
    return found


def map_book(book: Book, importer: Importer, *, most_rows: int) -> Mapped:
    """Find the tables and read every cell of them.

    Raises:
        WorkbookRefused: no table of this import is in the file, or it has too many lines.
    """
    key = read_key(book, importer)
    findings = list(_said_of_book(book, importer, with_key=key is not None))
    located: list[Located] = []
    rows: dict[str, Sequence[Row]] = {}
    for spec in importer.sheets:
        sheet = _sheet_for(book, spec, first=spec is importer.main)
        if sheet is None:
            if not spec.may_be_empty:
                raise WorkbookRefused(
                    "template", f"工作簿中没有“{spec.name}”工作表，请使用 {importer.version} 版模板（下载）。"
                )
            rows[spec.name] = ()
            continue
        place, said = _locate(sheet, spec)
        findings += said
        located.append(place)
        read, faults = _read(place)
        findings += faults
        findings += _said_of_sheet(place, {row.number for row in read})
        findings += _doubles(place, read)
        if len(read) > most_rows:
            raise WorkbookRefused(
                "too_many_rows",
                f"工作表“{sheet.name}”有 {len(read)} 行，一次最多导入 {most_rows} 行，请分批导入。",
            )
        if not read and not faults and not spec.may_be_empty:
            findings.append(Finding(sheet.name, 0, 0, "", "表中没有数据。", "请从表头下一行起填写。"))
        rows[spec.name] = read
    return Mapped(tuple(located), rows, tuple(findings), key or {})


def placed(mapped: Mapped, importer: Importer, refused: RowsRefused) -> list[Finding]:
    """Return what a service said against rows, put on the cells it is about."""
    findings = []
    for name, faults in {importer.main.name: refused.faults, **refused.elsewhere}.items():
        home = next((located for located in mapped.located if located.spec.name == name), None)
        rows = mapped.rows.get(name, ())
        for place, key, message in faults:
            number = rows[place].number if 0 <= place < len(rows) else 0
            column = home.places.get(key, 0) if home and number else 0
            value = shown(home.sheet.value(number, column)) if home and column else ""
            sheet = home.sheet.name if home else name
            findings.append(Finding(sheet, number, column, value, message, "请更正后重新上传。"))
    return findings


def _sheet_for(book: Book, spec: SheetSpec, *, first: bool) -> Sheet | None:
    own = {KEY_SHEET, NOTES_SHEET, FINDINGS_SHEET}
    named = book.sheet(spec.name)
    if named is not None or not first:
        return named
    return next((sheet for sheet in book.sheets if sheet.name not in own and not sheet.hidden), None)


def _locate(sheet: Sheet, spec: SheetSpec) -> tuple[Located, list[Finding]]:
    best, score = 0, 0
    for number in range(1, min(_HEAD_WITHIN, len(sheet.rows)) + 1):
        heads = {fold(str(cell)) for cell in sheet.rows[number - 1] if isinstance(cell, str)}
        hits = sum(bool(heads & column.heads) for column in spec.columns)
        if hits > score:
            best, score = number, hits
    if score < min(2, len(spec.columns)):
        raise WorkbookRefused(
            "header",
            f"“{sheet.name}”表前 {_HEAD_WITHIN} 行中没有找到表头（应有“{spec.columns[0].label}”等列），请使用模板。",
        )
    places: dict[str, int] = {}
    findings: list[Finding] = []
    for at, cell in enumerate(sheet.rows[best - 1], start=1):
        if is_blank(cell):
            continue
        head = fold(str(cell))
        column = next((column for column in spec.columns if head in column.heads), None)
        if column is None:
            if head != "序号":
                findings.append(
                    Finding(
                        sheet.name, best, at, shown(cell), "未识别的列，不会导入。", "无需处理。", error=False
                    )
                )
        elif column.key in places:
            findings.append(
                Finding(sheet.name, best, at, shown(cell), f"列“{column.label}”出现两次。", "请只保留一列。")
            )
        else:
            places[column.key] = at
    missing = [column.label for column in spec.columns if column.required and column.key not in places]
    findings += [
        Finding(
            sheet.name,
            best,
            0,
            "",
            f"“{sheet.name}”表第 {best} 行缺少列“{label}”。",
            "请补上该列，或使用模板填写。",
        )
        for label in missing
    ]
    findings += [
        Finding(sheet.name, best, 0, area, f"表头区域 {area} 有合并单元格。", "请取消合并，一列一个表头。")
        for area in sheet.merged
        if _touches(area, best)
    ]
    return Located(sheet, spec, best, places), findings


def _touches(area: str, row: int) -> bool:
    digits = ["".join(char for char in corner if char.isdigit()) for corner in area.split(":")]
    return all(digits) and int(digits[0]) <= row <= int(digits[-1])


def _read(place: Located) -> tuple[list[Row], list[Finding]]:
    rows: list[Row] = []
    findings: list[Finding] = []
    for number in range(place.head + 1, len(place.sheet.rows) + 1):
        if _is_empty(place, number):
            continue
        values: dict[str, Any] = {}
        for column in place.spec.columns:
            at = place.places.get(column.key, 0)
            if at == 0 or column.read_only:
                continue
            fault = _read_into(values, place, column, (number, at))
            if fault is not None:
                findings.append(fault)
        rows.append(Row(place.spec.name, number, values))
    return rows, findings


def _read_into(
    values: dict[str, Any], place: Located, column: ImportColumn, cell: tuple[int, int]
) -> Finding | None:
    value = place.sheet.value(*cell)
    reference = f"{letters(cell[1])}{cell[0]}"
    values[column.key] = None
    if cell in place.sheet.errors:
        return Finding(
            place.sheet.name, *cell, shown(value), f"{reference} 是错误值。", "请更正公式，或粘贴为数值。"
        )
    if cell in place.sheet.formulas:
        return Finding(
            place.sheet.name,
            *cell,
            shown(value) or "（公式）",
            f"{reference} 为公式，请粘贴为数值。",
            "复制后“选择性粘贴→数值”。",
        )
    try:
        values[column.key] = read_cell(column, value)
    except CellFault as fault:
        return Finding(place.sheet.name, *cell, shown(value), fault.reason, fault.remedy)
    return None


def _is_empty(place: Located, number: int) -> bool:
    """Return whether a line says nothing of its own: blank, a remark below the table, or only what we wrote in."""
    own = [column.key for column in place.spec.columns if not column.read_only and not column.prefilled]
    places = [place.places[key] for key in own if key in place.places]
    cells = [place.sheet.value(number, at) for at in places]
    if all(is_blank(cell) for cell in cells) and not any(
        (number, at) in place.sheet.formulas for at in places
    ):
        return True
    filled = [cell for cell in place.sheet.rows[number - 1] if not is_blank(cell)]
    return len(filled) == 1 and isinstance(filled[0], str) and filled[0].strip().startswith(_REMARKS)


def _doubles(place: Located, rows: Sequence[Row]) -> Iterator[Finding]:
    if not place.spec.unique:
        return
    seen: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in rows:
        told = tuple(_plain(row.values.get(key)) for key in place.spec.unique)
        if all(told):
            seen[told].append(row.number)
    column = place.spec.column(place.spec.unique[0])
    at = place.places.get(column.key, 0)
    labels = "、".join(place.spec.column(key).label for key in place.spec.unique)
    for told, numbers in seen.items():
        if len(numbers) > 1:
            lines = "、".join(str(number) for number in numbers[:_MOST_NAMED])
            for number in numbers[1:]:
                yield Finding(
                    place.sheet.name, number, at, told[0], f"第 {lines} 行的{labels}重复。", "请只保留一行。"
                )


def _plain(value: Any) -> str:
    return "" if value is None else str(value.normalize() if isinstance(value, Decimal) else value)


def _said_of_book(book: Book, importer: Importer, *, with_key: bool) -> Iterator[Finding]:
    hidden = [sheet.name for sheet in book.sheets if sheet.hidden and sheet.name != KEY_SHEET]
    for name in hidden:
        yield Finding(
            name, 0, 0, "", f"工作表“{name}”被隐藏。", "只导入本模板的工作表，其余忽略。", error=False
        )
    if not with_key:
        text = f"该文件不是由 {importer.version} 版模板填写，已按表头识别各列。"
        yield Finding("", 0, 0, "", text, "请在预览中核对各列。", error=False)


def _said_of_sheet(place: Located, read: set[int]) -> Iterator[Finding]:
    """Say which lines and columns a person looking at the screen does not see, though they are read."""
    numbers = sorted(place.sheet.hidden_rows & read)
    if numbers:
        lines = "、".join(str(number) for number in numbers[:_MOST_NAMED])
        text = f"第 {lines}{' 等' if len(numbers) > _MOST_NAMED else ''} 行被隐藏（共 {len(numbers)} 行），同样会导入。"
        yield Finding(
            place.sheet.name, numbers[0], 0, "", text, "不需要导入的，请删除后重新上传。", error=False
        )
    for key, at in place.places.items():
        if any(first <= at <= last for first, last in place.sheet.hidden_columns):
            column = place.spec.column(key)
            if not column.read_only:
                text = f"{letters(at)} 列“{column.label}”被隐藏，同样会导入。"
                yield Finding(place.sheet.name, place.head, at, "", text, "请取消隐藏后核对。", error=False)
