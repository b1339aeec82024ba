"""The archive of a dossier being written: files copied piece by piece, and the index and manifest that name them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.utils.html import format_html, format_html_join

from apps.core.moment import SHANGHAI
from apps.policy.calendar import chinese

_PIECE: Final = 1 << 20
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_LONGEST_NAME: Final = 80
_FORMULAS: Final = frozenset("=+-@\t\r")
_NUMBER: Final = re.compile(r"^[+-]?\d+(\.\d+)?$")
#: Already compressed: storing them saves time and loses nothing.
_PACKED: Final = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".zip", ".xlsx", ".docx", ".webp"})


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of the archive as its index names it; `missing` says why it is not in.

    `pending`: there is nothing to put in yet (a step that was not reached), which is no loss.
    """

    path: str
    what: str
    size: int
    sha256: str
    missing: str = ""
    pending: bool = False

    @property
    def lost(self) -> bool:
        """Whether something that exists could not be put in."""
        return bool(self.missing) and not self.pending


@dataclass(slots=True)
class Archive:
    """The archive being written and what is in it so far."""

    zip: zipfile.ZipFile
    listed: list[Listed] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def free(self, path: str) -> str:
        """Return *path*, numbered when a file of that name is in the archive already, and keep it."""
        stem, suffix = str(Path(path).with_suffix("")), Path(path).suffix
        number, wanted = 2, path
        while wanted in self.taken:
            wanted, number = f"{stem}（{number}）{suffix}", number + 1
        self.taken.add(wanted)
        return wanted

    def copy(self, source: Path, path: str, what: str, sha256: str) -> None:
        """Copy a file from disk piece by piece, checking its digest on the way."""
        seen, size = hashlib.sha256(), 0
        packed = zipfile.ZIP_STORED if Path(path).suffix.lower() in _PACKED else zipfile.ZIP_DEFLATED
        info = zipfile.ZipInfo(path)
        info.compress_type = packed
        with source.open("rb") as stream, self.zip.open(info, "w", force_zip64=True) as target:
            while piece := stream.read(_PIECE):
                target.write(piece)
                seen.update(piece)
                size += len(piece)
        wrong = "" if seen.hexdigest() == sha256 else "内容与登记的摘要不符"
        self.listed.append(Listed(path, what, size, seen.hexdigest(), wrong))

    def write(self, path: str, what: str, content: bytes) -> None:
        """Write a small file made here."""
        self.zip.writestr(path, content, zipfile.ZIP_DEFLATED)
        self.listed.append(Listed(path, what, len(content), hashlib.sha256(content).hexdigest()))

    def missing(self, path: str, what: str, reason: str, *, pending: bool = False) -> None:
        """Name a file that is not in, and why."""
        self.listed.append(Listed(path, what, 0, "", reason, pending))


def put_index(archive: Archive, title: str, *, at: datetime) -> None:
    """Write the index for people (HTML, CSV) and the manifest for machines, which covers everything before it."""
    listed = list(archive.listed)
    head = ("序号", "文件", "类别", "字节", "SHA-256", "未收入原因")
    rows = [
        (number, one.path, one.what, one.size, one.sha256, one.missing)
        for number, one in enumerate(listed, start=1)
    ]
    local = at.astimezone(SHANGHAI)
    made, in_words = local.isoformat(timespec="seconds"), f"{chinese(local.date())}{local:%H:%M}"
    archive.write("目录.csv", "目录", as_csv(head, rows))
    archive.write("目录.html", "目录", _html(title, in_words, head, rows).encode())
    manifest = {"title": title, "made_at": made, "files": [asdict(one) for one in archive.listed]}
    archive.zip.writestr("manifest.json", as_json(manifest), zipfile.ZIP_DEFLATED)


def _html(title: str, made: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    heads = format_html_join("", "<th>{}</th>", ((one,) for one in head))
    lines = format_html_join(
        "\n",
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        (
            (row[0], row[1] if row[5] else format_html('<a href="{}">{}</a>', row[1], row[1]), *row[2:])
            for row in rows
        ),
    )
    return format_html(
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{}</title></head><body>'
        "<h1>{}</h1><p>生成时间：{}，收入 {} 个文件。</p>"
        "<table border=1><thead><tr>{}</tr></thead><tbody>{}</tbody></table></body></html>",
        title,
        title,
        made,
        sum(not row[5] for row in rows),
        heads,
        lines,
    )


def safe_name(name: str) -> str:
    """Return *name* as the name of a file in any archive: no separators, no control characters, not too long."""
    cleaned = _UNSAFE.sub(" ", name).strip(" .")
    stem, suffix = Path(cleaned).stem, Path(cleaned).suffix
    return f"{stem[:_LONGEST_NAME]}{suffix}" or "未命名"


def as_json(value: object) -> bytes:
    """Return a value as readable JSON."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode()


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table that spreadsheets open as UTF-8; a cell that looks like a formula is text."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(head)
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return stream.getvalue().encode("utf-8-sig")


def cell(value: object) -> str:
    """Return a value as the text of a cell that no spreadsheet takes for a formula."""
    text = str(value)
    formula = text[:1] in _FORMULAS and not _NUMBER.match(text)
    return f"'{text}" if formula else text
