"""Print one login per role of the demo world."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from suzhou_greenfactory.demo.world import is_loaded, logins


class Command(BaseCommand):
    help = "列出演示环境每个角色的一个账户。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.GF_DEMO or not is_loaded():
            raise CommandError("演示数据尚未生成。")
        rows = [
            {
                "role": login.role,
                "name": login.name,
                "username": login.username,
                "password": settings.GF_DEMO_PASSWORD,
                "path": login.path,
            }
            for login in logins()
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write(f"{row['role']}\t{row['username']}\t{row['path']}\t{row['name']}")
