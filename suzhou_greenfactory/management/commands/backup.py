"""Write a backup of database and files; prints its folder (docs/operations/backup.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction

from apps.audit.alerting import BACKUP_FAILED
from apps.audit.services import record
from apps.core.actor import Actor
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from suzhou_greenfactory.backup.making import make
from suzhou_greenfactory.backup.programs import BackupError


class Command(BaseCommand):
    help = "备份数据库和文件到一个新文件夹，附带可核对的清单。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", type=Path, default=settings.STATE_DIR / "backups", help="存放备份的文件夹"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            folder, manifest = make(
                into=options["to"], files=Path(settings.MEDIA_ROOT), moment=DatabaseClock().now()
            )
        except BackupError as error:
            _record_failure(str(error))
            raise CommandError(str(error)) from error
        rows = sum(manifest.rows.values())
        self.stdout.write(
            f"已备份 {len(manifest.rows)} 张表 {rows} 行、{len(manifest.files)} 个文件：{folder}"
        )
        self.stdout.write("应用密钥和字段加密密钥不在备份中，请按管理员手册另行保管。")


def _record_failure(reason: str) -> None:
    """Leave a trace for the alert rules; a database that is away must not hide why the backup failed."""
    try:
        with transaction.atomic():
            enter(Actor.system())
            record(
                actor=Actor.system(),
                event=BACKUP_FAILED,
                subject=None,
                moment=DatabaseClock().now(),
                note=reason[:500],
                outcome="denied",
            )
    except DatabaseError:
        return
