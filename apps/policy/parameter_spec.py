"""What a parameter is: its kind, its limits, and how a stored value becomes a typed one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar, cast

from apps.policy.calendar import chinese
from apps.policy.rules import rule

T = TypeVar("T")


class ParameterKind(StrEnum):
    """The type of a parameter's value, which decides the form field and the stored form."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    DATE = "date"
    MONTH_DAY = "month_day"
    OFFSETS = "offsets"
    TEXT = "text"


class MonthDay(NamedTuple):
    """A day of every year."""

    month: int
    day: int

    def in_year(self, year: int) -> date:
        """That day of ``year``."""
        return date(year, self.month, self.day)

    def __str__(self) -> str:
        return f"{self.month:02d}-{self.day:02d}"


class ParameterErrors(ValueError):
    """Values that cannot be parameters: ``errors`` maps a key ("" for the whole set) to Chinese sentences."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("；".join(f"{key}：{text}" for key, texts in errors.items() for text in texts))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One thing the plan leaves to the bureau.

    ``key`` is the attribute of ``Parameters``; ``title`` and ``meaning`` are shown to the officials; ``rule``
    is the rule it shapes (None for limits of the system); ``minimum``/``maximum`` bound numbers and offsets;
    ``choices`` are the values of a CHOICE.
    """

    key: str
    group: str
    title: str
    meaning: str
    rule: str | None
    kind: ParameterKind
    default: Any
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: type[StrEnum] | None = None
    pattern: str = ""
    optional: bool = False

    @property
    def clause(self) -> str:
        """The plan's clause number, or "" for a limit of the system."""
        return rule(self.rule).clause if self.rule else ""

    def parse(self, raw: object) -> Any:
        """The typed value of ``raw``: a value of the right type, or its stored form (see :meth:`dump`).

        Raises ValueError with a Chinese sentence that says what is expected.
        """
        if raw is None or raw == "":
            if self.optional:
                return None
            raise ValueError(f"“{self.title}”不能为空")
        value = _PARSERS[self.kind](self, raw)
        self._check_limits(value)
        return value

    def dump(self, value: Any) -> str | int | bool | list[int] | None:
        """The stored form of a typed value: JSON that :meth:`parse` reads back to the same value."""
        if value is None or isinstance(value, bool):
            return value
        if self.kind is ParameterKind.INTEGER:
            return int(value)
        if self.kind is ParameterKind.OFFSETS:
            return list(value)
        return value.isoformat() if isinstance(value, date) else str(value)

    def display(self, value: Any) -> str:
        """The value as an official reads it."""
        if value is None:
            return "未设定"
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, date):
            return chinese(value)
        if isinstance(value, MonthDay):
            return f"每年{value.month}月{value.day}日"
        if isinstance(value, tuple):
            return "、".join(_offset_label(item) for item in value)
        label = getattr(value, "label", None)
        return str(label) if label is not None else f"{value}{self.unit}"

    def _check_limits(self, value: Any) -> None:
        for number in value if self.kind is ParameterKind.OFFSETS else (value,):
            if isinstance(number, bool) or not isinstance(number, int | Decimal):
                continue
            if self.minimum is not None and number < self.minimum:
                raise ValueError(f"“{self.title}”应不小于{self.minimum}{self.unit}（当前为{number}）")
            if self.maximum is not None and number > self.maximum:
                raise ValueError(f"“{self.title}”应不大于{self.maximum}{self.unit}（当前为{number}）")


def _offset_label(days: int) -> str:
    if days == 0:
        return "当日"
    return f"前{-days}日" if days < 0 else f"后{days}日"


def _integer(spec: ParameterSpec, raw: object) -> int:
    if isinstance(raw, bool) or not re.fullmatch(r"[+-]?\d{1,9}", str(raw).strip(), re.ASCII):
        raise ValueError(f"“{spec.title}”应为整数（当前为{raw}）")
    return int(str(raw))


def _decimal(spec: ParameterSpec, raw: object) -> Decimal:
    if isinstance(raw, bool | float):
        raise ValueError(f"“{spec.title}”应为十进制数（当前为{raw}）")  # noqa: TRY004 - one error type for a form
    try:
        value = Decimal(str(raw).strip())
    except InvalidOperation:
        raise ValueError(f"“{spec.title}”应为数字（当前为{raw}）") from None
    if not value.is_finite():
        raise ValueError(f"“{spec.title}”应为数字（当前为{raw}）")
    return value


def _boolean(spec: ParameterSpec, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.strip().lower() in ("true", "false"):
        return raw.strip().lower() == "true"
    raise ValueError(f"“{spec.title}”应为是或否（当前为{raw}）")


def _choice(spec: ParameterSpec, raw: object) -> StrEnum:
    choices = cast("type[StrEnum]", spec.choices)
    try:
        return choices(str(raw).strip())
    except ValueError:
        known = "、".join(choices)
        raise ValueError(f"“{spec.title}”应为以下之一：{known}（当前为{raw}）") from None


def _date(spec: ParameterSpec, raw: object) -> date:
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw).strip())
    except ValueError:
        raise ValueError(f"“{spec.title}”应为日期，如2026-12-31（当前为{raw}）") from None


def _month_day(spec: ParameterSpec, raw: object) -> MonthDay:
    text = str(raw).strip()
    match = re.fullmatch(r"(\d{2})-(\d{2})", text, re.ASCII)
    problem = f"“{spec.title}”应为每年都有的月日，如04-15（当前为{text}）"
    if match is None:
        raise ValueError(problem)
    value = MonthDay(int(match[1]), int(match[2]))
    try:
        value.in_year(2023)  # not a leap year: 29 February is not a day of every year
    except ValueError:
        raise ValueError(problem) from None
    return value


def _offsets(spec: ParameterSpec, raw: object) -> tuple[int, ...]:
    parts = list(raw) if isinstance(raw, list | tuple) else re.split(r"[,，、\s]+", str(raw).strip())
    values = tuple(_integer(spec, part) for part in parts)
    if not values or list(values) != sorted(set(values)):
        raise ValueError(f"“{spec.title}”应由早到晚逐个列出且不重复，如-7、-3、-1、0、1")
    return values


def _text(spec: ParameterSpec, raw: object) -> str:
    text = str(raw).strip()
    if not re.fullmatch(spec.pattern, text, re.ASCII):
        raise ValueError(f"“{spec.title}”的写法不对（当前为{text}）")
    return text


_PARSERS: dict[ParameterKind, Callable[[ParameterSpec, object], Any]] = {
    ParameterKind.INTEGER: _integer,
    ParameterKind.DECIMAL: _decimal,
    ParameterKind.BOOLEAN: _boolean,
    ParameterKind.CHOICE: _choice,
    ParameterKind.DATE: _date,
    ParameterKind.MONTH_DAY: _month_day,
    ParameterKind.OFFSETS: _offsets,
    ParameterKind.TEXT: _text,
}


def parameter(  # noqa: PLR0913 - one argument for each column of the settings page
    default: T,
    group: str,
    title: str,
    meaning: str,
    *,
    rule_id: str | None = None,
    unit: str = "",
    minimum: int | str | None = None,
    maximum: int | str | None = None,
    pattern: str = "",
    kind: ParameterKind | None = None,
) -> T:
    """A dataclass field that carries its specification; its kind follows from the default unless given."""
    spec = ParameterSpec(
        key="",
        group=group,
        title=title,
        meaning=meaning,
        rule=rule_id,
        kind=kind or _kind_of(default),
        default=default,
        unit=unit,
        minimum=None if minimum is None else Decimal(minimum),
        maximum=None if maximum is None else Decimal(maximum),
        choices=type(default) if isinstance(default, StrEnum) else None,
        pattern=pattern,
        optional=default is None,
    )
    return field(default=default, metadata={"spec": spec})


def _kind_of(default: object) -> ParameterKind:
    kinds: tuple[tuple[type, ParameterKind], ...] = (
        (bool, ParameterKind.BOOLEAN),
        (int, ParameterKind.INTEGER),
        (Decimal, ParameterKind.DECIMAL),
        (StrEnum, ParameterKind.CHOICE),
        (MonthDay, ParameterKind.MONTH_DAY),
        (tuple, ParameterKind.OFFSETS),
        (str, ParameterKind.TEXT),
    )
    return next(kind for cls, kind in kinds if isinstance(default, cls))
