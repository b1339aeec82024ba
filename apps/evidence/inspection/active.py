"""What in a PDF would act by itself, and what makes one file two: looked for in the raw bytes; part of the child.

Imports nothing of this product and no parser: a parser skips what is broken, and what it skips may still run elsewhere.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

_MB = 1024 * 1024
#: Compressed objects of one file are inflated up to this size in all.
_MOST_INFLATED = 64 * _MB
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
#: Names that end at a delimiter: /JS is a script, /JSomething is not.
_END = rb"(?=[\s/<>\[\]()%]|$)"
_SCRIPT = re.compile(rb"/JavaScript" + _END)
_SHORT = re.compile(rb"/JS" + _END)
_LAUNCH = re.compile(rb"/(?:Launch|ImportData|GoToE|RichMedia|Movie)" + _END)
_XFA = re.compile(rb"/XFA" + _END)
#: What a file of another kind begins with; found at the start of this one (or as a ZIP at its end) it is two files.
_MARKUP = (b"<html", b"<script", b"<svg", b"<!doctype html", b"<?php")
_HEAD = 1024
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 64 * 1024 + 22


def acting(path: Path) -> str:
    """Return what in the PDF at *path* acts by itself: "scripted", "launches", "form_scripts", "bomb" or ""."""
    content = path.read_bytes()
    # Long names are looked for everywhere: a false "stream" in a comment must not hide an action behind it.
    everything = _plain(content)
    if _SCRIPT.search(everything):
        return "scripted"
    if _LAUNCH.search(everything):
        return "launches"
    found = ""
    try:
        for piece in map(_plain, _readable(content)):
            if _SCRIPT.search(piece) or _SHORT.search(piece):
                return "scripted"
            if _LAUNCH.search(piece):
                return "launches"
            if _XFA.search(piece):
                found = "form_scripts"
    except OverflowError:
        return "bomb"
    return found


def _plain(piece: bytes) -> bytes:
    """Return the bytes with the escapes of names (`/J#61vaScript`) resolved."""
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), piece)


def _readable(content: bytes) -> Iterator[bytes]:
    """Yield what is written outside streams, then what compressed object streams hold.

    Raises:
        OverflowError: they hold more than any honest file.
    """
    at, left = 0, _MOST_INFLATED
    for stream in _STREAM.finditer(content):
        head = content[at : stream.start()]
        yield head
        at = stream.end()
        if b"ObjStm" in _plain(head[-512:]):
            inflated = _inflate(stream[1], left)
            left -= len(inflated)
            yield inflated
    yield content[at:]


def _inflate(compressed: bytes, most: int) -> bytes:
    machine = zlib.decompressobj()
    try:
        inflated = machine.decompress(compressed, most)
    except zlib.error:
        return compressed
    if machine.unconsumed_tail:
        raise OverflowError
    return inflated


def is_two_files(path: Path, kind: str) -> bool:
    """Return whether the file is at the same time something else: a web page at its head, an archive at its end."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        stream.seek(max(0, path.stat().st_size - _ZIP_TAIL))
        tail = stream.read()
    text = head.lower()
    if any(word in text for word in _MARKUP):
        return True
    if kind in {"docx", "xlsx"}:
        return b"%PDF-" in head
    if kind != "pdf" and b"%PDF-" in head:
        return True
    return _ends_as_zip(tail)


def _ends_as_zip(tail: bytes) -> bool:
    """Return whether an archive's end record stands at the end: its comment reaches exactly to the last byte."""
    at = tail.rfind(_ZIP_END)
    if at < 0 or len(tail) < at + 22:
        return False
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    return at + 22 + comment <= len(tail)
