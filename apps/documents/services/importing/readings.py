"""An uploaded file as it was read, workbook or text: what there is to say of it, acting on it, showing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Protocol

from apps.documents import storage
from apps.documents.imports.columns import CellKind, shown, shown_in
from apps.documents.imports.importer import (
    Context,
    Finding,
    Importer,
    Outcome,
    PathsRefused,
    RowsRefused,
    SheetSpec,
    TextForm,
)
from apps.documents.imports.mapping import map_book, placed
from apps.documents.imports.marking import write_marked
from apps.documents.imports.reading import Bounds, WorkbookRefused, read_book
from apps.documents.imports.yamltext import marked_text, read_text
from apps.documents.models import ImportBatch

_ROWS_SHOWN = 50
_CHANGED = "文件内容与上传时不一致，未导入，请重新上传。"
_AGAIN = "请更正后重新上传。"


class Reading(Protocol):
    """A file as it was read. `home`: the sheet a finding of the whole belongs to; `tabular`: there are sheets."""

    home: str
    tabular: bool
    findings: Sequence[Finding]
    key: Mapping[str, Any]

    @property
    def rows(self) -> int:
        """How many lines or items there are."""

    @property
    def can_try(self) -> bool:
        """Whether enough of it could be read to rehearse the import."""

    def act(self, context: Context) -> Outcome:
        """Do what the import does."""

    def placed(self, refused: RowsRefused | PathsRefused) -> list[Finding]:
        """Return what a service did not take, where it stands."""

    def preview(self, outcome: Outcome | None) -> dict[str, Any]:
        """Return heads and first lines for the page."""

    def mark(self, findings: Sequence[Finding]) -> str:
        """Store the marked copy; return its stored name."""


def read_upload(importer: Importer, row: ImportBatch, *, most_rows: int) -> Reading:
    """Return what an upload says.

    Raises:
        WorkbookRefused: it is not the file that was sent, or cannot be read.
    """
    path = storage.full_path(row.stored_name)
    if not row.stored_name or not path.is_file() or storage.digest_of(path) != row.digest:
        raise WorkbookRefused("broken", _CHANGED)
    form = importer.text_form(row.display_name)
    if form is not None:
        return TextReading(importer, form, row)
    return BookReading(importer, row, most_rows)


class BookReading:
    """A workbook, mapped to the sheets and columns of its kind."""

    tabular = True

    def __init__(self, importer: Importer, row: ImportBatch, most_rows: int) -> None:
        self._importer = importer
        self._book = read_book(storage.full_path(row.stored_name), Bounds(rows=most_rows))
        self._mapped = map_book(self._book, importer, most_rows=most_rows)
        self.home = importer.main.name
        self.findings: Sequence[Finding] = self._mapped.findings
        self.key: Mapping[str, Any] = self._mapped.key

    @property
    def rows(self) -> int:
        """How many lines there are on all sheets."""
        return sum(len(found) for found in self._mapped.rows.values())

    @property
    def can_try(self) -> bool:
        """Whether no column and not all lines are missing."""
        whole = any(one.error and not one.row and not one.column for one in self.findings)
        return self._mapped.is_complete and not whole

    def act(self, context: Context) -> Outcome:
        """Do what the import does."""
        return self._importer.act(context, self._mapped.rows)

    def placed(self, refused: RowsRefused | PathsRefused) -> list[Finding]:
        """Return what a service did not take, on its cells."""
        return placed(self._mapped, self._importer, refused) if isinstance(refused, RowsRefused) else []

    def preview(self, outcome: Outcome | None) -> dict[str, Any]:
        """Return the heads of the main sheet and its first lines."""
        rows = self._mapped.rows[self.home][:_ROWS_SHOWN]
        cells = [(row.number, _cells(self._importer.main, row.values)) for row in rows]
        return _preview(self._importer, cells, outcome)

    def mark(self, findings: Sequence[Finding]) -> str:
        """Store the workbook with every fault coloured and explained."""
        return storage.write_new(
            "imports",
            lambda stream: write_marked(
                stream, book=self._book, importer=self._importer, mapped=self._mapped, findings=findings
            ),
        )


class TextReading:
    """A text file, read as one value."""

    tabular = False

    def __init__(self, importer: Importer, form: TextForm, row: ImportBatch) -> None:
        self._importer, self._form = importer, form
        self._file = read_text(storage.full_path(row.stored_name))
        self.home = ""
        self.findings: Sequence[Finding] = self._file.faults
        self.key: Mapping[str, Any] = {}
        self._lines = [] if self.findings else list(form.lines(self._file.value))

    @property
    def rows(self) -> int:
        """How many items there are."""
        return len(self._lines)

    @property
    def can_try(self) -> bool:
        """Whether the text could be read to its end."""
        return self._file.value is not None

    def act(self, context: Context) -> Outcome:
        """Do what the import does."""
        return self._form.act(context, self._file.value)

    def placed(self, refused: RowsRefused | PathsRefused) -> list[Finding]:
        """Return what a service did not take, on its lines; the path stands where a workbook has the sheet."""
        if not isinstance(refused, PathsRefused):
            return []
        return [
            Finding(path, self._file.line_of(path), 0, self._file.shown(path), message, _AGAIN)
            for path, message in refused.faults
        ]

    def preview(self, outcome: Outcome | None) -> dict[str, Any]:
        """Return the heads of the main sheet and the first items, with the lines they stand on."""
        cells = [
            (self._file.line_of(path), [shown(value) for value in values])
            for path, values in self._lines[:_ROWS_SHOWN]
        ]
        return _preview(self._importer, cells, outcome)

    def mark(self, findings: Sequence[Finding]) -> str:
        """Store the text with every fault as a remark above its line."""
        text = marked_text(self._file, findings).encode()

        def write(stream: BinaryIO) -> None:
            stream.write(text)

        return storage.write_new("imports", write)


def _preview(
    importer: Importer, lines: Sequence[tuple[int, Sequence[str]]], outcome: Outcome | None
) -> dict[str, Any]:
    effects = outcome.effects if outcome else ()
    return {
        "heads": [column.label for column in importer.main.columns if not column.read_only],
        "rows": [
            {"number": number, "cells": cells, "effect": effects[place] if place < len(effects) else ""}
            for place, (number, cells) in enumerate(lines)
        ],
    }


def _cells(spec: SheetSpec, values: Mapping[str, Any]) -> list[str]:
    texts = []
    for column in spec.columns:
        if column.read_only:
            continue
        value = values.get(column.key)
        if column.kind is CellKind.CHOICE:
            value = next((label for label, code in column.choices.items() if code == value), value)
        elif isinstance(value, list):
            value = "、".join(value)
        elif isinstance(value, bool):
            value = "是" if value else "否"
        texts.append(shown_in(column, value))
    return texts
