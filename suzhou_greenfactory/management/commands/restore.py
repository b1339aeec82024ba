"""Restore a backup into an empty database and an empty file folder (docs/operations/backup.md)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.moment import SHANGHAI
from apps.jobs.services import expire_lost_results
from suzhou_greenfactory.backup.programs import BackupError
from suzhou_greenfactory.backup.restoring import restore


class Command(BaseCommand):
    help = "把备份恢复到空数据库和空文件夹，并逐表、逐文件与清单核对。"
    #: The target has no tables yet.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="备份文件夹")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore(folder=options["folder"], files=Path(settings.MEDIA_ROOT))
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows = sum(manifest.rows.values())
        made_at = datetime.fromisoformat(manifest.made_at).astimezone(SHANGHAI)
        self.stdout.write(
            f"已恢复 {made_at:%Y-%m-%d %H:%M}（北京时间）的备份：{rows} 行、{len(manifest.files)} 个文件，与清单一致。"
        )
        lost = expire_lost_results()
        if lost:
            self.stdout.write(f"{lost} 项后台任务的结果文件不在备份中，已标为过期，需要时重新生成。")
        self.stdout.write("请接着运行 python3 manage.py verify 核对审计链与业务不变量。")
