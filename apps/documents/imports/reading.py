"""Reading an uploaded workbook: refused by a named rule, or laid out as plain values with what is hidden in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import structlog

from apps.core.errors import Invalid
from apps.evidence.inspection.detect import NotTaken, extension_kind
from apps.evidence.inspection.probe import inspect

_log = structlog.get_logger(__name__)
_CHILD: Final = Path(__file__).with_name("child.py")
_SECONDS: Final = 60
_MOST_PAGES: Final = 1
_LETTERS: Final = 26

#: Text, number, day (with a time when one was typed) or nothing.
Value = str | Decimal | date | datetime | None

#: Which entry of the catalogue of bad input (SECURITY (c), R20) a refusal answers.
RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "empty": "U01",
        "too_large": "U02",
        "program": "U04",
        "extension": "X01",
        "not_this_kind": "X01",
        "mismatch": "U07",
        "web": "U08",
        "archive": "U13",
        "macros": "U13",
        "embedded": "U13",
        "external_links": "U13",
        "office_encrypted": "U14",
        "old_office": "U15",
        "dtd": "U18",
        "bomb": "U18",
        "text_bomb": "U18",
        "office_broken": "U10",
        "broken": "U10",
        "encoding": "U10",
        "virus": "U21",
        "far_cell": "R20",
        "too_many_rows": "R66",
        "too_many_cells": "R20",
        "too_many_sheets": "R20",
        "template": "X01",
        "header": "X02",
        "again": "X11",
    }
)


class WorkbookRefused(Invalid):
    """The file as a whole is not taken; `code` says why, `rule` which entry of the catalogue asks for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__({"file": [message]})
        self.code = code
        self.rule = RULES[code]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a workbook is read. `rows`: of data in one sheet."""

    rows: int
    columns: int = 100
    sheets: int = 20
    spare_rows: int = 50


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows from the first line on, and what a look at the screen would not show."""

    name: str
    hidden: bool
    rows: tuple[tuple[Value, ...], ...]
    hidden_rows: frozenset[int]
    hidden_columns: tuple[tuple[int, int], ...]
    formulas: frozenset[tuple[int, int]]
    errors: frozenset[tuple[int, int]]
    merged: tuple[str, ...]

    def value(self, row: int, column: int) -> Value:
        """Return the value at *row*, *column* (both from 1); beyond the filled area there is none."""
        if row > len(self.rows) or column > len(self.rows[row - 1]):
            return None
        return self.rows[row - 1][column - 1]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that was read."""

    sheets: tuple[Sheet, ...]

    def sheet(self, name: str) -> Sheet | None:
        """Return the sheet of that name."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def letters(column: int) -> str:
    """Return the letters of a column: 1 → A, 28 → AB."""
    text = ""
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        text = chr(65 + rest) + text
    return text


def check_container(path: Path, *, name: str, accepted: str = "XLSX 工作簿") -> None:
    """Look at an uploaded file before anything is read from it: type by content, and the container's bounds.

    Args:
        path: the file.
        name: the sender's name of it.
        accepted: what this import takes, for the message.

    Raises:
        WorkbookRefused: not an honest XLSX workbook.
    """
    extension = Path(name).suffix.lower()
    try:
        kind = extension_kind(name)
        if kind.code != "xlsx":
            raise WorkbookRefused("extension", _wrong_kind(extension, accepted))
        inspect(path, name=name, most_pages=_MOST_PAGES)
    except NotTaken as refusal:
        if refusal.code == "extension":
            raise WorkbookRefused("extension", _wrong_kind(extension, accepted)) from None
        raise WorkbookRefused(refusal.code, refusal.message) from None


def _wrong_kind(extension: str, accepted: str) -> str:
    shown = f" {extension} 文件" if extension else "没有扩展名的文件"
    return f"导入只接受 {accepted}，不能使用{shown}。请下载模板填写，或用 Office、WPS 另存为 XLSX 后上传。"


def read_book(path: Path, bounds: Bounds) -> Book:
    """Return what a checked workbook says.

    Raises:
        WorkbookRefused: too many rows, a cell far away, a broken part; nothing was laid out in this process.
    """
    limits = {
        "rows": bounds.rows + bounds.spare_rows,
        "far_row": bounds.rows * 2 + 1000,
        "far_column": bounds.columns,
        "cells": (bounds.rows + bounds.spare_rows) * bounds.columns,
        "sheets": bounds.sheets,
    }
    answer = _ask(path, limits)
    if not answer.get("ok"):
        raise _refusal(answer, bounds)
    return Book(tuple(_sheet(found) for found in answer["sheets"]))


def _ask(path: Path, limits: Mapping[str, int]) -> dict[str, Any]:
    """Run the child; an answer that does not come in time, or not at all, refuses the file."""
    try:
        done = subprocess.run(  # noqa: S603  (our own script; the path is ours, the name never reaches it)
            [sys.executable, "-I", str(_CHILD), str(path), json.dumps(limits)],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={"PYTHONUTF8": "1", "PATH": ""},
            cwd=path.parent,
        )
    except subprocess.TimeoutExpired:
        _log.warning("import.read_timeout")
        return {"refused": "too_many_cells"}
    if done.returncode != 0:
        _log.warning("import.reader_died", code=done.returncode, said=done.stderr[-500:])
        return {"refused": "broken"}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _refusal(answer: Mapping[str, Any], bounds: Bounds) -> WorkbookRefused:
    code, sheet = str(answer["refused"]), answer.get("sheet", "")
    match code:
        case "far_cell":
            place = f"{letters(answer['column'])}{answer['row']}"
            text = f"工作表“{sheet}”的 {place} 单元格远离表格，请删除表格以外的内容后重新保存。"
        case "too_many_rows":
            text = f"工作表“{sheet}”超过 {bounds.rows} 行，一次最多导入 {bounds.rows} 行，请分批导入。"
        case "too_many_cells":
            text = "工作簿内容过多，未读取。请删除无关的列和工作表后重新上传。"
        case "too_many_sheets":
            text = f"工作簿有 {answer['count']} 张工作表，最多 {bounds.sheets} 张，请删除无关的工作表。"
        case "dtd":
            text = "文件结构异常，未接收。"
        case _:
            code, text = "broken", "工作簿已损坏，无法读取。请用 Office 或 WPS 打开后重新保存再上传。"
    return WorkbookRefused(code, text)


def _sheet(found: Mapping[str, Any]) -> Sheet:
    return Sheet(
        name=found["name"],
        hidden=found["state"] != "visible",
        rows=tuple(tuple(_value(cell) for cell in row) for row in found["rows"]),
        hidden_rows=frozenset(found["hidden_rows"]),
        hidden_columns=tuple((first, last) for first, last in found["hidden_columns"]),
        formulas=frozenset((row, column) for row, column in found["formulas"]),
        errors=frozenset((row, column) for row, column in found["errors"]),
        merged=tuple(found["merged"]),
    )


def _value(cell: Any) -> Value:
    if cell is None or isinstance(cell, str):
        return cell
    kind, text = cell
    if kind == "n":
        return Decimal(text)
    if kind == "d":
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return str(text)
