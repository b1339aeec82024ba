"""Bring the database and the static files to this version: the first step of a release and of the demo."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

#: The number of this command among the advisory locks of the database.
ADVISORY_LOCK = 0x67665F70726570


class Command(BaseCommand):
    """Migrate, load the reference data and collect static files, in one process and as the owner role."""

    help = "迁移数据库、载入基础数据、收集静态文件（以 gf_owner 角色运行）。可重复运行。"
    requires_system_checks = ["models", "staticfiles"]

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--no-static", action="store_true", help="不收集静态文件（镜像里已经收集好）")

    def handle(self, *_: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select has_schema_privilege('public', 'create'), current_user")
            may_create, role = cursor.fetchone()
            if not may_create:
                msg = f"角色 {role} 不能建表：请以 gf_owner 运行（GF_DATABASE_ROLE=owner 和 GF_DATABASE_OWNER_URL）。"
                raise CommandError(msg)
            # Two releases that start at once migrate one after the other.
            cursor.execute("select pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            self._run("migrate", interactive=False)
            self._run("createcachetable")
            if "load_reference" in get_commands():
                self._run("load_reference")
        finally:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [ADVISORY_LOCK])
        if not options["no_static"]:
            settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
            self._run("collectstatic", interactive=False, clear=False)

    def _run(self, name: str, **options: Any) -> None:
        began = time.monotonic()
        call_command(name, verbosity=0, **options)
        self.stdout.write(f"{name}: {time.monotonic() - began:.1f} s")
