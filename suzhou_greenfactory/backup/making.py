"""Make a backup: the database at one instant, then the files it may speak of, then the manifest."""

from __future__ import annotations

import shutil
import tarfile
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.core.scoping import enter
from suzhou_greenfactory.backup import programs
from suzhou_greenfactory.backup.manifest import (
    DUMP,
    FILES,
    FORMAT,
    Manifest,
    digest,
    files_in,
    rows_of_all_tables,
)


def make(*, into: Path, files: Path, moment: Moment) -> tuple[Path, Manifest]:
    """Write a backup into a new folder under *into*; return the folder and its manifest.

    The folder gets its final name only when everything is written. Files are copied after the database: a row never
    names a file that the backup lacks, since files are stored before their rows are committed.

    Args:
        into: folder of the backups; made when absent.
        files: folder of the stored files (`MEDIA_ROOT`).
        moment: the present, for the name.

    Raises:
        BackupError: the database or a program refused.
    """
    folder = into / f"gf-{_stamp(moment.at)}"
    if folder.exists():
        raise programs.BackupError(f"备份 {folder.name} 已存在，请稍后再试。")
    programs.database_of_owner()
    partial = folder.with_suffix(".partial")
    partial.mkdir(parents=True)
    try:
        manifest = _write(partial, files, moment)
    except BaseException:
        shutil.rmtree(partial)
        raise
    partial.rename(folder)
    return folder, manifest


def _write(partial: Path, files: Path, moment: Moment) -> Manifest:
    rows = _dump(partial / DUMP)
    kept = list(files_in(files)) if files.exists() else []
    with tarfile.open(partial / FILES, "w") as archive:
        for one in kept:
            archive.add(files / one.path, arcname=one.path, recursive=False)
    manifest = Manifest(FORMAT, moment.at.isoformat(), rows, digest(partial / DUMP), kept)
    manifest.write(partial)
    return manifest


def _dump(path: Path) -> dict[str, int]:
    """Dump the database and count its rows in one and the same snapshot."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read read only")
            enter(Actor.system())
            cursor.execute("select pg_export_snapshot()")
            snapshot = str(cursor.fetchone()[0])
        arguments = ["--format=custom", "--no-owner", "--enable-row-security", f"--snapshot={snapshot}"]
        programs.run("pg_dump", [*arguments, f"--file={path}"])
        return rows_of_all_tables()


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")
