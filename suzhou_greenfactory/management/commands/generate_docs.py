"""Write the generated pages under docs/."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from suzhou_greenfactory.generated import PAGES, path_of


class Command(BaseCommand):
    help = "生成 docs/ 下由代码得出的页面（生命周期、访问矩阵、规则追溯、OpenAPI）。"

    def handle(self, *args: Any, **options: Any) -> None:
        for page, make in PAGES.items():
            path = path_of(page)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(make(), encoding="utf-8")
            self.stdout.write(f"已生成 docs/{page}")
