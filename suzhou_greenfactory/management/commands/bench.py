"""Print measurements of the product (docs/benchmarks.md says what was measured when)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from suzhou_greenfactory.bench import measure
from suzhou_greenfactory.demo.world import is_loaded


class Command(BaseCommand):
    help = "测量列表查询数与耗时、整张评分表的计分耗时。仅用于演示环境。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.GF_DEMO or not is_loaded():
            raise CommandError("请先生成演示数据。")
        for figure in measure():
            self.stdout.write(f"{figure.what}：{figure.value}")
