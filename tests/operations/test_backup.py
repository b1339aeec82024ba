"""Backup → another, empty database → the same rows and files; what was altered or is not empty is refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from apps.core.actor import Actor
from apps.core.moment import FixedClock
from apps.core.scoping import enter
from apps.jobs.models import Job
from suzhou_greenfactory.backup.manifest import DUMP, NAME
from tests import worlds
from tests.policy.sources import ROOT


@dataclass
class House:
    """A database with committed rows, its files, and where backups go."""

    files: Path
    backups: Path
    made: int

    def back_up(self) -> Path:
        with connection.cursor() as cursor:
            cursor.execute("reset role")
        call_command("backup", to=self.backups, verbosity=0)
        return next(self.backups.iterdir())


@pytest.fixture
def house(transactional_db: None, tmp_path: Path, settings: object, clock: FixedClock) -> House:
    files = tmp_path / "files"
    (files / "evidence" / "ab").mkdir(parents=True)
    (files / "evidence" / "ab" / "能源审计报告.pdf").write_bytes(b"%PDF-1.7 " + bytes(range(256)))
    settings.MEDIA_ROOT = files  # type: ignore[attr-defined]  # pytest-django's settings
    with transaction.atomic():
        enter(Actor.system())
        worlds.municipal_staff(clock)
        worlds.enterprise(clock, 1)
        at = clock.now().at
        Job.objects.create(
            kind="export", state="done", created_at=at, finished_at=at, result_path="gone/清单.xlsx"
        )
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_auditlink")
        made = int(cursor.fetchone()[0])
    return House(files, tmp_path / "backups", made)


@pytest.fixture
def empty() -> Iterator[Callable[[], str]]:
    """Return a function that makes an empty database and returns its address; dropped afterwards."""
    asked = connection.get_connection_params()
    name = f"{asked['dbname']}_restored"
    where = {key: asked[key] for key in ("host", "port", "user", "password") if asked.get(key)}
    keeper = psycopg2.connect(dbname="postgres", **where)
    keeper.autocommit = True
    login = f"{where.get('user', '')}:{where.get('password', '')}"

    def make() -> str:
        with keeper.cursor() as cursor:
            cursor.execute(f'drop database if exists "{name}" with (force)')
            cursor.execute(f'create database "{name}"')
        return f"postgres://{login}@/{name}?host={where.get('host', '')}&port={where.get('port', '5432')}"

    yield make
    with keeper.cursor() as cursor:
        cursor.execute(f'drop database if exists "{name}" with (force)')
    keeper.close()


def _manage(address: str, state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DATABASE_URL": address,
        "GF_DATABASE_OWNER_URL": address,
        "GF_DATABASE_ROLE": "owner",
        "GF_STATE_DIR": str(state),
        "GF_SECRET_KEY": django_settings.SECRET_KEY,  # the columns' key is made from it
        "DJANGO_SETTINGS_MODULE": "suzhou_greenfactory.settings.local",
    }
    return subprocess.run(  # noqa: S603  (this project's own command)
        [sys.executable, "-m", "django", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_was_destroyed_comes_back_and_what_was_altered_does_not(
    house: House, empty: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One course, because a committed world is dear: refused to the wrong role, altered, doctored, whole, twice."""
    with pytest.raises(CommandError, match="数据库所有者"):
        call_command("backup", to=house.backups, verbosity=0)
    assert house.made > 0
    folder = house.back_up()

    altered = Path(shutil.copytree(folder, tmp_path / "altered"))
    raw = bytearray((altered / DUMP).read_bytes())
    raw[len(raw) // 2] ^= 1
    (altered / DUMP).write_bytes(raw)
    target = empty()
    done = _manage(target, tmp_path / "first", "restore", str(altered))
    assert done.returncode == 1
    assert "没有恢复任何内容" in done.stderr

    doctored = Path(shutil.copytree(folder, tmp_path / "doctored"))
    manifest = json.loads((doctored / NAME).read_text("utf-8"))
    manifest["rows"]["accounts_user"] += 1
    manifest["files"][0]["sha256"] = "0" * 64
    (doctored / NAME).write_text(json.dumps(manifest), "utf-8")
    done = _manage(target, tmp_path / "second", "restore", str(doctored))
    assert done.returncode == 1
    assert "表 accounts_user 应有" in done.stderr
    assert "能源审计报告.pdf 缺失或内容不同" in done.stderr

    target, state = empty(), tmp_path / "third"
    done = _manage(target, state, "restore", str(folder))
    assert done.returncode == 0, done.stderr
    assert (state / "files" / "evidence" / "ab" / "能源审计报告.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert "1 项后台任务的结果文件不在备份中" in done.stdout
    checked = _manage(target, state, "verify")
    assert checked.returncode == 0, checked.stderr
    assert "审计链：正常" in checked.stdout
    monkeypatch.setenv("GF_FIELD_KEYS", f"k1:{'0' * 40}")
    unreadable = _manage(target, state, "verify")
    assert unreadable.returncode == 1
    assert "字段加密密钥" in unreadable.stderr
    assert "Traceback" not in unreadable.stderr
    monkeypatch.delenv("GF_FIELD_KEYS")
    again = _manage(target, state, "restore", str(folder))
    assert again.returncode == 1
    assert "只能恢复到空数据库" in again.stderr


@pytest.mark.django_db
def test_every_wall_lets_the_backup_through() -> None:
    """A dump under row-level security is whole only when each policy of each walled table knows the system."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c where c.relrowsecurity and not exists ("
            " select 1 from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('*', 'r')"
            r" and pg_get_expr(p.polqual, p.polrelid) ~ 'gf_role\(\) = (ANY \(ARRAY\[)?''system'''"
            " or p.polrelid = c.oid and pg_get_expr(p.polqual, p.polrelid) = 'true')"
        )
        assert cursor.fetchall() == []
