"""Owns reading untrusted mappings: every wrong field becomes an addressed problem, and reading goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from apps.policy.evaluation.decimals import ZERO, NotANumber, to_decimal
from apps.policy.evaluation.problems import Problem

Choice = TypeVar("Choice", bound=StrEnum)


class Node:
    """A mapping at a path. Readers return a usable stand-in after noting a problem, so that all are found."""

    def __init__(self, value: object, path: str, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self.values: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        if not isinstance(value, Mapping):
            self.note("", "应为一组字段")

    def note(self, key: str, message: str) -> None:
        """Note a problem at a field of this mapping."""
        self.problems.append(Problem(self.at(key), message))

    def at(self, key: str) -> str:
        """The path of a field."""
        return f"{self.path}.{key}" if self.path and key else self.path or key

    def has(self, key: str) -> bool:
        """Whether a field is there and not null."""
        return self.values.get(key) is not None

    def only(self, *keys: str) -> None:
        """Note every field that is not one of `keys`: a misspelt field must not be lost silently."""
        for key in self.values:
            if key not in keys:
                self.note(str(key), "没有这个字段")

    def text(self, key: str, *, required: bool = False, default: str = "") -> str:
        """A trimmed text; a date is written in ISO form."""
        value = self.values.get(key)
        if value is None or value == "":
            if required:
                self.note(key, "必须填写")
            return default
        if isinstance(value, dt.date):
            return value.isoformat()
        if not isinstance(value, str):
            self.note(key, "应为文字")
            return default
        return value.strip()

    def optional_text(self, key: str) -> str | None:
        """A text, or None when there is none."""
        return self.text(key) or None

    def number(self, key: str, *, required: bool = True) -> Decimal | None:
        """A decimal, or None after noting what is wrong."""
        value = self.values.get(key)
        if value is None:
            if required:
                self.note(key, "必须填写")
            return None
        try:
            return to_decimal(value)
        except NotANumber as error:
            self.note(key, str(error))
            return None

    def must_number(self, key: str) -> Decimal:
        """A required decimal; zero stands in for a wrong one."""
        return self.number(key) or ZERO

    def integer(self, key: str, *, required: bool = False) -> int | None:
        """A whole number from zero on, or None."""
        number = self.number(key, required=required)
        if number is None:
            return None
        if number != number.to_integral_value() or number < 0:
            self.note(key, "应为不小于 0 的整数")
            return None
        return int(number)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.note(key, "应为 true 或 false")
            return default
        return value

    def choice(self, key: str, kind: type[Choice], default: Choice) -> Choice:
        """A member of an enumeration by its value; the default stands in for a wrong one."""
        text = self.text(key, required=True)
        try:
            return kind(text)
        except ValueError:
            if text:
                allowed = "、".join(member.value for member in kind)
                self.note(key, f"应为{allowed}之一（当前为“{text}”）")
            return default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or not all(isinstance(entry, str) for entry in value):
            self.note(key, "应为一列文字")
            return ()
        return tuple(value)

    def nodes(self, key: str, *, required: bool = False) -> list[Node]:
        """The mappings of a list, each with its path."""
        value = self.values.get(key)
        if value is None or (required and value in ([], ())):
            if required:
                self.note(key, "至少要有一条")
            return []
        if not isinstance(value, list | tuple):
            self.note(key, "应为一列")
            return []
        return [Node(entry, f"{self.at(key)}[{place}]", self.problems) for place, entry in enumerate(value)]

    def node(self, key: str) -> Node:
        """A mapping inside this one."""
        return Node(self.values.get(key), self.at(key), self.problems)

    def text_pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """A mapping of texts, as pairs."""
        value = self.values.get(key)
        if value is None:
            return ()
        if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
            self.note(key, "应为名称与文字的对照")
            return ()
        return tuple((str(name), text) for name, text in value.items())
