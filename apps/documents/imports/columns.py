"""What one column of an import holds, and how a cell becomes a value or a fault with its remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from apps.core.errors import Invalid
from apps.core.text import clean_text
from apps.documents.imports.reading import Value
from apps.documents.sheets import FORMULA_STARTS

#: From this size on a spreadsheet has lost digits of a code that was typed as a number.
_EXACT_BELOW: Final = Decimal(10) ** 15
_BLANKS: Final = re.compile(r"[\s\u00a0\u3000]+")
_DAY_TEXTS: Final = (
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?"),
    re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_FIRST_YEAR, _LAST_YEAR = 1949, 2100
_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,10})?")
_YES: Final = frozenset({"是", "√", "Y", "YES", "1", "TRUE"})
_NO: Final = frozenset({"否", "×", "N", "NO", "0", "FALSE"})


class CellKind(StrEnum):
    """How a cell is read: `code` keeps digits, `words` is a list separated by 、, `flag` is 是 or 否."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    FLAG = "flag"
    WORDS = "words"


class CellFault(Exception):
    """A cell that cannot be taken: the reason, and what to do about it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportColumn:
    """One column.

    `key`: name of the value, and the field under which services complain; `label`: the head in the template;
    `synonyms`: other heads that mean the same; `choices`: what may be written → its code; `check`: a further look at
    a text, raising Invalid; `read_only`: shown for orientation, never taken over; `prefilled`: written in by the
    template, so that a line with nothing else in it counts as empty; `decimals`: a number is written with at least so
    many of them, as the pages write it.
    """

    key: str
    label: str
    kind: CellKind = CellKind.TEXT
    required: bool = False
    synonyms: tuple[str, ...] = ()
    limit: int = 100
    width: float = 16
    help: str = ""
    choices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    check: Callable[[str], str] | None = None
    multiline: bool = False
    read_only: bool = False
    prefilled: bool = False
    decimals: int | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """What is offered to pick from: the first wording of every choice."""
        first: dict[str, str] = {}
        for written, code in self.choices.items():
            first.setdefault(code, written)
        return tuple(first.values())

    @property
    def heads(self) -> frozenset[str]:
        """Every head that means this column, folded."""
        return frozenset(fold(text) for text in (self.label, *self.synonyms))


def fold(text: str) -> str:
    """Return a head as it is compared: without blanks, marks of obligation and the remark in brackets."""
    plain = _BLANKS.sub("", text).replace("*", "").replace("＊", "")
    return re.sub(r"[（(][^（）()]*[）)]$", "", plain).upper()


def shown(value: Value) -> str:
    """Return a cell as a person reads it (60 characters at most)."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return str(value)[:60]


def shown_in(column: ImportColumn, value: Value) -> str:
    """Return a cell as the column writes it: scores with two decimals, everything else as `shown`."""
    if column.decimals is not None and isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent < column.decimals:
            return f"{value:.{column.decimals}f}"
    return shown(value)


def is_blank(value: Value) -> bool:
    """Return whether a cell says nothing."""
    return value is None or (isinstance(value, str) and not _BLANKS.sub("", value).strip("'"))


def read_cell(column: ImportColumn, value: Value) -> object:
    """Return what a cell means for its column; None when it is blank.

    Raises:
        CellFault: it cannot be taken.
    """
    if is_blank(value):
        if column.required:
            raise CellFault(f"{column.label}未填写。", f"请填写{column.label}。")
        return [] if column.kind is CellKind.WORDS else None
    return _READERS[column.kind](column, value)


def _text(column: ImportColumn, value: Value) -> str:
    if isinstance(value, Decimal) and abs(value) >= _EXACT_BELOW:
        raise CellFault(f"{column.label}按数字存放，已丢失末几位。", "请将该单元格设为“文本”格式后重新填写。")
    if isinstance(value, (date, datetime)):
        raise CellFault(f"{column.label}是日期。", f"请填写{column.label}的文字内容。")
    text = str(value).strip()
    if text[:1] == "'" and text[1:].lstrip().startswith(FORMULA_STARTS):
        text = text[1:]  # the mark that our own workbooks put before such a text
    if not column.multiline:
        text = _BLANKS.sub(" ", text)
    try:
        text = clean_text(
            text, field=column.key, label=column.label, limit=column.limit, multiline=column.multiline
        )
        return column.check(text) if column.check else text
    except Invalid as fault:
        raise CellFault(fault.message, f"请核对{column.label}。") from None


def _number(column: ImportColumn, value: Value) -> Decimal:
    if isinstance(value, Decimal):
        return value
    text = str(value).replace(",", "").replace("，", "").strip()
    if not isinstance(value, str) or not _NUMBER.fullmatch(text):
        raise CellFault(f"{column.label}不是数字。", "请只填写数字，不带单位和文字。")
    return Decimal(text)


def _date(column: ImportColumn, value: Value) -> date:
    fault = CellFault(f"{column.label}不是有效日期。", "请按 2026-01-05 的格式填写。")
    if isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, date):
        found = value
    else:
        text = _BLANKS.sub("", str(value)).strip("'")
        match = next((hit for pattern in _DAY_TEXTS if (hit := pattern.fullmatch(text))), None)
        if match is None:
            raise fault
        try:
            found = date(*(int(part) for part in match.groups()))
        except ValueError:
            raise fault from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise CellFault(
            f"{column.label}超出范围（{found:%Y-%m-%d}）。", f"年份应在 {_FIRST_YEAR} 至 {_LAST_YEAR} 之间。"
        )
    return found


def _choice(column: ImportColumn, value: Value) -> str:
    text = _BLANKS.sub("", str(value)).strip("'")
    for written, code in column.choices.items():
        if text.casefold() == written.casefold() or text == code:
            return code
    allowed = "、".join(column.options)
    raise CellFault(f"{column.label}“{shown(value)}”不在允许的填法之内。", f"可填：{allowed}。")


def _flag(column: ImportColumn, value: Value) -> bool:
    text = _BLANKS.sub("", str(value)).upper()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise CellFault(f"{column.label}应填“是”或“否”。", "请填“是”或“否”，也可以留空。")


def _words(column: ImportColumn, value: Value) -> list[str]:
    text = _text(column, value)
    return [word.strip() for word in re.split(r"[、,，;；]", text) if word.strip()]


_READERS: Final[Mapping[CellKind, Callable[[ImportColumn, Value], object]]] = MappingProxyType(
    {
        CellKind.TEXT: _text,
        CellKind.CODE: _text,
        CellKind.NUMBER: _number,
        CellKind.DATE: _date,
        CellKind.CHOICE: _choice,
        CellKind.FLAG: _flag,
        CellKind.WORDS: _words,
    }
)
