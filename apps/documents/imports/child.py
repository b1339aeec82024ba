"""The probe that reads an untrusted workbook; runs as a process of its own with hard limits.

Started as `python -I child.py PATH LIMITS-JSON`. The XML of every sheet is walked as a stream first: hidden rows and
columns, formulas, error values, merged cells, and cells that lie too far away, before anything is laid out in memory.
Only then the values are read. Prints one JSON object. It imports nothing of this product.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.parsers import expat

_SECONDS = 30
_MEMORY = 1024 * 1024 * 1024
_CHUNK = 1 << 18
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MOST_NAMED = 2000
_LETTERS = 26


class Refused(Exception):
    """The workbook is not read; `code` selects the sentence, `facts` fill it."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def limit_this_process() -> None:
    """Bound processor time and address space (macOS keeps the time limit only), and forbid writing files."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except (ValueError, OSError):
        return


def place_of(reference: str) -> tuple[int, int]:
    """Return (row, column), both from 1, of a reference such as B7."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise Refused("broken")
    column = 0
    for letter in found.group(1):
        column = column * _LETTERS + ord(letter) - 64
    return int(found.group(2)), column


class Walk:
    """Walks the XML of one part without keeping it."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self.text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, archive: zipfile.ZipFile, member: str) -> None:
        """Walk one member of the container."""
        try:
            with archive.open(member) as stream:
                while piece := stream.read(_CHUNK):
                    self._parser.Parse(piece, False)
                self._parser.Parse(b"", True)
        except (expat.ExpatError, KeyError):
            raise Refused("broken") from None

    def _doctype(self, *_: Any) -> None:
        raise Refused("dtd")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.start(name.rsplit(":", 1)[-1], attributes)

    def _end(self, name: str) -> None:
        self.end(name.rsplit(":", 1)[-1])

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Text within an element."""


class Catalogue(Walk):
    """The sheets of a workbook: name, state, relationship."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note a sheet."""
        if name == "sheet":
            relation = next((text for key, text in attributes.items() if key.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), attributes.get("state", "visible"), relation))


class Relations(Walk):
    """Relationship id → target."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note a relationship."""
        if name == "Relationship":
            target = attributes.get("Target", "")
            full = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            self.targets[attributes.get("Id", "")] = (attributes.get("Type", ""), full)


class Survey(Walk):
    """What there is to know of one sheet before its values are laid out."""

    def __init__(self, limits: dict[str, int], sheet: str) -> None:
        super().__init__()
        self._limits, self._sheet = limits, sheet
        self._row = self._column = 0
        self._kind = ""
        self._inside = self._filled = self._formula = self._counted = False
        self.rows = self.cells = 0
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[list[int]] = []
        self.formulas: list[list[int]] = []
        self.errors: list[list[int]] = []
        self.merged: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Follow rows and cells."""
        if name == "row":
            self._row = int(attributes["r"]) if attributes.get("r", "").isdigit() else self._row + 1
            self._column, self._counted = 0, False
            if attributes.get("hidden") in {"1", "true"} and len(self.hidden_rows) < _MOST_NAMED:
                self.hidden_rows.append(self._row)
        elif name == "c":
            if "r" in attributes:
                self._row, self._column = place_of(attributes["r"])
            else:
                self._column += 1
            self._kind = attributes.get("t", "")
            self._filled = self._formula = False
        elif name in {"v", "is"}:
            self._inside = True
        elif name == "f":
            self._formula = True
        elif name == "col" and attributes.get("hidden") in {"1", "true"}:
            self.hidden_columns.append([int(attributes["min"]), int(attributes["max"])])
        elif name == "mergeCell" and len(self.merged) < _MOST_NAMED:
            self.merged.append(attributes.get("ref", ""))

    def text(self, data: str) -> None:
        """Note that a cell says something."""
        if self._inside and data.strip():
            self._filled = True

    def end(self, name: str) -> None:
        """Weigh a cell at its end."""
        if name in {"v", "is"}:
            self._inside = False
        elif name == "c" and (self._filled or self._formula):
            self._weigh()

    def _weigh(self) -> None:
        self.cells += 1
        here = [self._row, self._column]
        if not self._counted:
            self.rows += 1
            self._counted = True
        if self._row > self._limits["far_row"] or self._column > self._limits["far_column"]:
            raise Refused("far_cell", sheet=self._sheet, row=self._row, column=self._column)
        if self.rows > self._limits["rows"]:
            raise Refused("too_many_rows", sheet=self._sheet)
        if self.cells > self._limits["cells"]:
            raise Refused("too_many_cells", sheet=self._sheet)
        if self._formula and len(self.formulas) < _MOST_NAMED:
            self.formulas.append(here)
        if self._kind == "e" and len(self.errors) < _MOST_NAMED:
            self.errors.append(here)


def survey(path: Path, limits: dict[str, int]) -> list[dict[str, Any]]:
    """Walk all sheets of the workbook."""
    with zipfile.ZipFile(path) as archive:
        catalogue, relations = Catalogue(), Relations()
        catalogue.feed(archive, "xl/workbook.xml")
        relations.feed(archive, "xl/_rels/workbook.xml.rels")
        if len(catalogue.sheets) > limits["sheets"]:
            raise Refused("too_many_sheets", count=len(catalogue.sheets))
        found = []
        for name, state, relation in catalogue.sheets:
            kind, member = relations.targets.get(relation, ("", ""))
            if not kind.endswith("/worksheet"):
                continue
            one = Survey(limits, name)
            one.feed(archive, member)
            found.append(
                {
                    "name": name,
                    "state": state,
                    "hidden_rows": one.hidden_rows,
                    "hidden_columns": one.hidden_columns,
                    "formulas": one.formulas,
                    "errors": one.errors,
                    "merged": one.merged,
                }
            )
    return found


def cell(value: Any) -> Any:
    """Return a value as JSON: text as it is, everything else as [kind, text]."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return ["b", "是" if value else "否"]
    if isinstance(value, (int, float)):
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15  # noqa: PLR2004  (exact so far)
        return ["n", str(int(value)) if whole else repr(value)]
    if isinstance(value, (date, datetime)):
        return ["d", value.isoformat()]
    return str(value)


def values(path: Path, found: list[dict[str, Any]]) -> None:
    """Read the values of the sheets that were walked."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(str(path)) as book:
        for sheet in found:
            rows = book.get_sheet_by_name(sheet["name"]).to_python(skip_empty_area=False)
            sheet["rows"] = [[cell(value) for value in row] for row in rows]


def main(arguments: list[str]) -> int:
    """Run as a process; exit code 0 whenever an answer was printed."""
    path, limits = arguments
    limit_this_process()
    try:
        found = survey(Path(path), json.loads(limits))
        values(Path(path), found)
        answer: dict[str, Any] = {"ok": True, "sheets": found}
    except Refused as refusal:
        answer = {"refused": refusal.code, **refusal.facts}
    except MemoryError:
        answer = {"refused": "too_many_cells"}
    except Exception:  # noqa: BLE001  (whatever the parser of an untrusted file raises, the file is broken)
        answer = {"refused": "broken"}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
