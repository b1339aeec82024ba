"""What a kind of import declares, and what it is told and tells: context, rows, findings, outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction

from apps.core.actor import Actor, Duty, Role
from apps.core.errors import DomainError, Invalid
from apps.core.moment import Clock
from apps.documents.imports.columns import ImportColumn

#: Name of the hidden sheet that carries the key of a template.
KEY_SHEET: Final = "_gf"
NOTES_SHEET: Final = "填表说明"
FINDINGS_SHEET: Final = "问题清单"


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """One sheet of a template: its name, title and columns; `unique`: keys that may stand in the sheet only once."""

    name: str
    title: str
    columns: tuple[ImportColumn, ...]
    unique: tuple[str, ...] = ()
    may_be_empty: bool = False

    def column(self, key: str) -> ImportColumn:
        """Return a column by its key."""
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True, slots=True)
class Row:
    """One line that was read: where it stands (from 1) and its values by key."""

    sheet: str
    number: int
    values: Mapping[str, Any]

    def text(self, key: str) -> str:
        """Return a text value, "" when blank."""
        return str(self.values.get(key) or "")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to be said of a cell or a line. `error`: stands against the import; else only told.

    `column` from 1 (0: the whole line), `row` from 1 (0: the whole sheet).
    """

    sheet: str
    row: int
    column: int
    value: str
    reason: str
    remedy: str
    error: bool = True


@dataclass(frozen=True, slots=True)
class Context:
    """For whom, when, from which upload (`batch`) and with what typed on the page (`params`) an import acts.

    `key`: what the hidden sheet of the template carries beside kind and version.
    """

    actor: Actor
    clock: Clock
    batch: str
    params: Mapping[str, str]
    key: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import does, or did: one sentence, and one word per row (same order as the rows)."""

    summary: str
    effects: Sequence[str]
    changes: int
    link: str = ""


class RowsRefused(DomainError):
    """Lines a service did not take: (place in the rows, field, message); field "" is the whole line.

    `elsewhere`: the same of other sheets than the first, by sheet name; place -1 is the whole sheet.
    """

    status = 422

    def __init__(
        self,
        faults: Sequence[tuple[int, str, str]],
        elsewhere: Mapping[str, Sequence[tuple[int, str, str]]] = MappingProxyType({}),
    ) -> None:
        found = [("", faults), *elsewhere.items()]
        lines = {(sheet, place) for sheet, said in found for place, _, _ in said}
        super().__init__(f"有 {len(lines)} 行不能导入，未作任何改动。")
        self.faults = tuple(faults)
        self.elsewhere = elsewhere


class PathsRefused(DomainError):
    """Values of a text file a service did not take: (path such as `dimensions[0].items[2].max_points`, message)."""

    status = 422

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__(f"有 {len({path for path, _ in faults})} 处不能导入，未作任何改动。")
        self.faults = tuple(faults)


Rows = Mapping[str, Sequence[Row]]
Act = Callable[[Context, Rows], Outcome]
#: Lines to fill a template with, by sheet (the work that waits); and what its hidden key carries.
Prefill = Callable[
    [Actor, Mapping[str, str]], tuple[Mapping[str, Iterable[Sequence[object]]], Mapping[str, Any]]
]
#: What a filled template is called, "" when it is the empty one.
Titled = Callable[[Actor, Mapping[str, str]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextForm:
    """The same import as a text file, for a kind that is a tree rather than a table.

    `suffix`: of its files, with the dot; `others`: further suffixes taken. `act`: as the importer's, but from the
    value of the file; refuses with PathsRefused. `lines`: of a value that was taken, (path, cells of the main sheet)
    for the preview. `write`: name (without suffix) and text of the file to start from, with `params` as for
    `prefill`.
    """

    label: str
    suffix: str
    others: tuple[str, ...]
    content_type: str
    act: Callable[[Context, Any], Outcome]
    lines: Callable[[Any], Sequence[tuple[str, Sequence[Any]]]]
    write: Callable[[Actor, Mapping[str, str]], tuple[str, str]]
    notes: tuple[str, ...] = ()

    def takes(self, name: str) -> bool:
        """Return whether a file of this name is meant to be one."""
        return name.lower().endswith((self.suffix, *self.others))


@dataclass(frozen=True, slots=True)
class Field:
    """Something typed beside the file: name, label, kind of input and choices."""

    name: str
    label: str
    type: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """One kind of import, declared.

    `version`: year and number of the template, changed with its columns. `roles` and `duty`: who may; the service
    behind `act` decides again. `limit`: name of the bureau's parameter for rows. `samples`: lines of the sample file
    by sheet. `prefill`: the template carries the work that waits;
    `titled`: what it is called then. `once`: the same content is never applied twice.
    `needs_key`: only files made from the template are read. `text`: the form of it that is a text file. `act` runs
    twice: first in a transaction that is rolled back, for the preview.
    """

    code: str
    label: str
    lead: str
    version: str
    sheets: tuple[SheetSpec, ...]
    roles: frozenset[Role]
    act: Act
    duty: Duty | None = None
    limit: str = "import_list_rows"
    fields: tuple[Field, ...] = ()
    notes: tuple[str, ...] = ()
    samples: Mapping[str, Sequence[Sequence[object]]] = field(default_factory=lambda: MappingProxyType({}))
    prefill: Prefill | None = None
    titled: Titled | None = None
    needs_key: bool = False
    once: bool = True
    check_fields: Callable[[Mapping[str, str]], dict[str, list[str]]] | None = None
    listed: bool = True
    text: TextForm | None = None

    @property
    def suffixes(self) -> str:
        """The suffixes of the files that are taken, as a form field wants them."""
        return ",".join((".xlsx", *((self.text.suffix, *self.text.others) if self.text else ())))

    @property
    def accepted(self) -> str:
        """What is taken, in words."""
        return f"XLSX 工作簿或 {self.text.label} 文件" if self.text else "XLSX 工作簿"

    def text_form(self, name: str) -> TextForm | None:
        """Return the text form a file of this name has; None for a workbook."""
        return self.text if self.text is not None and self.text.takes(name) else None

    @property
    def main(self) -> SheetSpec:
        """The first sheet."""
        return self.sheets[0]

    def may(self, actor: Actor) -> bool:
        """Return whether the role and duty of *actor* allow this import."""
        return actor.role in self.roles and (self.duty is None or actor.has(self.duty))


def each(rows: Sequence[Row], deed: Callable[[Row], str]) -> list[str]:
    """Do something for every row, each in a savepoint; return the effects.

    Raises:
        RowsRefused: with everything that was refused, field by field.
    """
    effects: list[str] = []
    faults: list[tuple[int, str, str]] = []
    for place, row in enumerate(rows):
        try:
            with transaction.atomic():
                effects.append(deed(row))
        except Invalid as refusal:
            faults += [(place, name, text) for name, messages in refusal.errors.items() for text in messages]
        except DomainError as refusal:
            faults.append((place, "", refusal.message))
    if faults:
        raise RowsRefused(faults)
    return effects


_IMPORTERS: dict[str, Importer] = {}
IMPORTERS: Mapping[str, Importer] = MappingProxyType(_IMPORTERS)


def register(importer: Importer) -> Importer:
    """Make a kind of import known.

    Raises:
        ValueError: two different ones under one code.
    """
    known = _IMPORTERS.setdefault(importer.code, importer)
    if known is not importer:
        msg = f"two imports named {importer.code!r}"
        raise ValueError(msg)
    return importer
