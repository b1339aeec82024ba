"""Faults of one form gathered while it is read, so that a person is told of all of them at once (SECURITY c)."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from apps.core.errors import Invalid
from apps.core.text import clean_text

Value = TypeVar("Value")


class Faults:
    """Collects `Invalid` field by field; leaving the block raises what was found as one.

    A field that is told of once is not told of again: what reading the form found stands before what the
    service makes of the value that is missing then.

    Example::

        with Faults() as faults:
            starts_on = faults.read(lambda: required_day(request, "starts_on", "开始日期"), None)
            return propose(starts_on=starts_on, reason=text(request, "reason"))
    """

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Invalid):
            self._take(error)
        elif error is not None:
            return
        if self.errors:
            raise Invalid(self.errors) from None

    def read(self, reading: Callable[[], Value], instead: Value) -> Value:
        """Return what *reading* returns; when it refuses, keep the refusal and return *instead*.

        What stands *instead* is never acted upon: leaving the block raises.
        """
        try:
            return reading()
        except Invalid as refusal:
            self._take(refusal)
            return instead

    def text(self, value: str, *, field: str, label: str, limit: int, multiline: bool = False) -> str:
        """Return a text as `clean_text` does; a faulty one as it was typed, its message kept."""
        return self.read(
            lambda: clean_text(value, field=field, label=label, limit=limit, multiline=multiline), value
        )

    def settle(self) -> None:
        """Raise what was found so far, if anything was.

        Raises:
            Invalid: every fault, field by field.
        """
        if self.errors:
            raise self.refusal()

    def note(self, field: str, message: str) -> None:
        """Keep one fault of *field*; "" is the form as a whole."""
        self.errors.setdefault(field, [message])

    def refusal(self) -> Invalid:
        """Return what was found so far, to be raised where there is nothing more to look at."""
        return Invalid(self.errors)

    def _take(self, refusal: Invalid) -> None:
        for field, messages in refusal.errors.items():
            self.errors.setdefault(field, messages)
