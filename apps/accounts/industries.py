"""GB/T 4754-2017 manufacturing classes (C13–C43), read once from the fixture."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from django.conf import settings

_CLASS_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Industry:
    """A class of the standard; `level` is 门类, 大类, 中类 or 小类."""

    code: str
    level: str
    parent: str
    name: str


@cache
def industries() -> dict[str, Industry]:
    """Return every class by code."""
    path = settings.BASE_DIR / "fixtures" / "gbt4754_2017_manufacturing.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Industry(**row) for row in csv.DictReader(file)}


def industry_name(code: str) -> str:
    """Return the name of the four-digit class, or "" when it is not a manufacturing class."""
    found = industries().get(code)
    return found.name if found is not None and len(code) == _CLASS_LENGTH else ""


def division_name(code: str) -> str:
    """Return the name of the two-digit 大类 of *code*."""
    found = industries().get(code[:2])
    return found.name if found is not None else ""


@cache
def class_choices() -> tuple[tuple[str, str], ...]:
    """Return (code, "code name") of the 609 小类 in order, for forms."""
    return tuple(
        (code, f"{code} {item.name}")
        for code, item in sorted(industries().items())
        if len(code) == _CLASS_LENGTH
    )
