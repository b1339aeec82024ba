"""Restore a backup into an empty database and an empty file folder, and prove that nothing is missing."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.scoping import enter
from suzhou_greenfactory.backup import programs
from suzhou_greenfactory.backup.manifest import DUMP, FILES, Manifest, digest, files_in, rows_of_all_tables
from suzhou_greenfactory.backup.programs import BackupError


def restore(*, folder: Path, files: Path) -> Manifest:
    """Restore the backup in *folder*; return its manifest.

    Args:
        folder: a backup made by `making.make`.
        files: the file folder to fill (`MEDIA_ROOT`); absent or empty.

    Raises:
        BackupError: the backup was altered, the target is not empty, or what came back differs from the manifest.
    """
    manifest = Manifest.read(folder)
    if digest(folder / DUMP) != manifest.dump_sha256:
        raise BackupError(f"{DUMP} 与清单中的摘要不一致：备份已损坏或被改动，没有恢复任何内容。")
    name = programs.database_of_owner()
    _must_be_empty(files)
    arguments = ["--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={name}"]
    programs.run("pg_restore", [*arguments, str(folder / DUMP)])
    files.mkdir(parents=True, exist_ok=True)
    _unpack(folder / FILES, files, {one.path for one in manifest.files})
    differences = _differences(manifest, files)
    if differences:
        raise BackupError("恢复后的内容与清单不一致：" + "；".join(differences[:10]))
    return manifest


def _unpack(archive: Path, files: Path, wanted: set[str]) -> None:
    """Write the archive's regular files that the manifest names; nothing else, nowhere else."""
    root = files.resolve()
    with tarfile.open(archive) as opened:
        for member in opened:
            target = (root / member.name).resolve()
            if not member.isreg() or member.name not in wanted or not target.is_relative_to(root):
                raise BackupError(f"{FILES} 中有清单以外的内容：{member.name}。文件没有全部恢复。")
            content = opened.extractfile(member)
            if content is None:
                raise BackupError(f"{FILES} 中的 {member.name} 无法读取。")
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                shutil.copyfileobj(content, file)
            target.chmod(0o600)


def _must_be_empty(files: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_tables where schemaname = 'public'")
        tables = int(cursor.fetchone()[0])
    if tables:
        raise BackupError(f"目标数据库已有 {tables} 张表：只能恢复到空数据库，现有数据没有改动。")
    if files.exists() and any(files.iterdir()):
        raise BackupError(f"文件夹 {files} 不是空的：请先移走其中的文件，现有文件没有改动。")


def _differences(manifest: Manifest, files: Path) -> list[str]:
    with transaction.atomic():
        enter(Actor.system())
        rows = rows_of_all_tables()
    found = [
        f"表 {table} 应有 {count} 行，实有 {rows.get(table, 0)} 行"
        for table, count in manifest.rows.items()
        if rows.get(table) != count
    ]
    present = {one.path: one for one in files_in(files)}
    return found + [
        f"文件 {one.path} 缺失或内容不同" for one in manifest.files if present.get(one.path) != one
    ]
