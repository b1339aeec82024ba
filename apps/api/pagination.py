"""Pages are bounded whatever the caller asks (SECURITY R44)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PAGE_SIZE = 50
MOST_ROWS = 200
_LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class Cut:
    """One page of a bounded list."""

    rows: Sequence[Any]
    total: int
    page: int
    pages: int


def page_asked(request: Request) -> tuple[int, int]:
    """Return page number (from 1) and size; a larger size is cut to the most rows a page may have.

    Raises:
        ValidationError: not whole positive numbers.
    """
    return _number(request, "page", 1, 10**_LONGEST_NUMBER), min(
        _number(request, "page_size", PAGE_SIZE, 10**_LONGEST_NUMBER), MOST_ROWS
    )


def _number(request: Request, name: str, default: int, most: int) -> int:
    sent = request.query_params.get(name)
    if sent is None:
        return default
    if not (sent.isascii() and sent.isdigit()) or int(sent[:20]) < 1:
        raise ValidationError({name: ["应为正整数。"]})
    return min(int(sent[:20]), most)


def cut(rows: Sequence[Any], number: int, size: int) -> Cut:
    """Return page *number* of *rows*; beyond the end the last one."""
    pages = max(1, -(-len(rows) // size))
    number = min(number, pages)
    return Cut(rows[(number - 1) * size : number * size], len(rows), number, pages)
