"""Make the demo world (once)."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from suzhou_greenfactory.demo.world import is_loaded, make_world


class Command(BaseCommand):
    help = "生成演示数据：虚构的企业、主管部门和专家，全部经业务服务逐步办理。仅用于演示环境。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.GF_DEMO:
            raise CommandError("演示数据不能载入正式环境。")
        if not settings.GF_DEMO_PASSWORD:
            raise CommandError("请设置 GF_DEMO_PASSWORD（演示账户的口令）。")
        if is_loaded():
            self.stdout.write("演示数据已存在。")
            return
        started = time.monotonic()
        count = make_world(settings.GF_DEMO_PASSWORD, self.stdout.write)
        self.stdout.write(f"演示数据已生成：{count} 家企业，用时 {time.monotonic() - started:.1f} 秒。")
