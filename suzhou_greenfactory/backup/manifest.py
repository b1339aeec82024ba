"""What a backup holds: rows of every table, every file with its digest, the digest of the dump."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from django.db import connection

from suzhou_greenfactory.backup.programs import BackupError

FORMAT: Final = 1
DUMP: Final = "database.dump"
FILES: Final = "files.tar"
NAME: Final = "manifest.json"
_BLOCK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file: path inside the file folder, bytes, SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The proof of one backup; `rows`: table → rows, `dump_sha256`: digest of the database dump."""

    format: int
    made_at: str
    rows: dict[str, int]
    dump_sha256: str
    files: list[StoredFile] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Write it into *folder*."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / NAME).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Return the manifest of the backup in *folder*.

        Raises:
            BackupError: there is none, it is broken, or of an unknown format.
        """
        try:
            raw = json.loads((folder / NAME).read_text(encoding="utf-8"))
            files = [StoredFile(**one) for one in raw.pop("files")]
            manifest = cls(**raw, files=files)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BackupError(f"{folder} 中没有完整的备份清单（{NAME}）。") from error
        if manifest.format != FORMAT:
            raise BackupError(f"备份格式 {manifest.format} 无法识别，本版本只读格式 {FORMAT}。")
        return manifest


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, read in blocks."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def files_in(folder: Path) -> Iterator[StoredFile]:
    """Yield every regular file under *folder*, in a fixed order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield StoredFile(path.relative_to(folder).as_posix(), path.stat().st_size, digest(path))


def rows_of_all_tables() -> dict[str, int]:
    """Return rows of every table of the schema, in the present transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by tablename")
        tables = [name for (name,) in cursor.fetchall()]
        counts = {}
        for table in tables:
            cursor.execute(f"select count(*) from {connection.ops.quote_name(table)}")  # noqa: S608  (from the catalogue)
            counts[table] = int(cursor.fetchone()[0])
    return counts
