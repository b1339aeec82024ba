"""Print measurements of the product (docs/benchmarks.md says what was measured when)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from suzhou_greenfactory.benchmarks import areas, measure
from suzhou_greenfactory.demo.world import is_loaded


class Command(BaseCommand):
    help = "测量各部分的查询数、耗时和内存。仅用于演示环境。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("areas", nargs="*", help=f"只测量这些部分：{'、'.join(areas())}")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.GF_DEMO or not is_loaded():
            raise CommandError("请先生成演示数据。")
        try:
            for area, figure in measure(options["areas"]):
                self.stdout.write(f"[{area}] {figure.what}：{figure.value}")
        except KeyError as unknown:
            raise CommandError(f"没有名为 {unknown} 的部分，可选：{'、'.join(areas())}。") from unknown
