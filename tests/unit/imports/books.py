"""Workbooks for tests: honest ones, and one for each bad kind of the catalogue (SECURITY (c) U and X, R20)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
import xlsxwriter

from apps.documents.imports.importer import IMPORTERS, Importer
from apps.documents.imports.template import write_template

ENTERPRISES = "enterprises"


def filled(kind: str, rows: Sequence[Sequence[object]], *, key: Mapping[str, Any] | None = None) -> bytes:
    """Return the template of an import with these lines on its first sheet."""
    importer: Importer = IMPORTERS[kind]
    stream = io.BytesIO()
    write_template(stream, importer, rows={importer.main.name: rows}, key=key)
    return stream.getvalue()


def plain(rows: Sequence[Sequence[object]], name: str = "Sheet1") -> bytes:
    """Return a workbook somebody made without the template."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def edited(content: bytes, edit: Callable[[Any], None]) -> bytes:
    """Return a workbook after it was changed in a spreadsheet program."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book)
    return saved(book)


def repacked(content: bytes, change: Mapping[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """Return a container with members replaced or added."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in source.namelist():
            what = change.get(name)
            data = source.read(name)
            out.writestr(name, data if what is None else what(data) if callable(what) else what)
        for name, what in change.items():
            if name not in source.namelist() and isinstance(what, bytes):
                out.writestr(name, what)
    return target.getvalue()


def first_sheet(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return next(name for name in sorted(book.namelist()) if name.startswith("xl/worksheets/sheet"))


def with_cell(content: bytes, xml: bytes) -> bytes:
    """Return the workbook with one more row of XML at the end of its first sheet."""
    return repacked(
        content, {first_sheet(content): lambda data: data.replace(b"</sheetData>", xml + b"</sheetData>")}
    )


def far_cell(content: bytes) -> bytes:
    return with_cell(content, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def laughing(content: bytes) -> bytes:
    bomb = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    return repacked(
        content,
        {
            "xl/sharedStrings.xml": lambda data: data.replace(
                b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', bomb
            )
        },
    )


def inflating(content: bytes) -> bytes:
    """A member that unpacks to 500 MB."""
    return repacked(content, {"xl/media/image1.xml": b"<a>" + b" " * (500 * 1024 * 1024) + b"</a>"})


def nested(content: bytes) -> bytes:
    return repacked(content, {"xl/embeddings/inner.zip": content})


def with_macros(content: bytes) -> bytes:
    return repacked(content, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macro"})


def with_links(content: bytes) -> bytes:
    link = b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" Target="file:///c:/x.xlsx" TargetMode="External"/></Relationships>'
    return repacked(
        content, {"xl/_rels/workbook.xml.rels": lambda data: data.replace(b"</Relationships>", link)}
    )


def many_sheets() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    for number in range(30):
        book.add_worksheet(f"S{number}").write_string(0, 0, "a")
    book.close()
    return stream.getvalue()
