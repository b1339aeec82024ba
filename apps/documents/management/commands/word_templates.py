"""Write the Word templates of all papers from their page templates."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.documents.rendering.papers import PAPERS
from apps.documents.word.building import word_template
from apps.documents.word.filling import DELIVERED


class Command(BaseCommand):
    help = "由版式模板生成 templates/documents/word/ 下的 Word 模板（A4、GB/T 9704 版心）。"

    def handle(self, *args: Any, **options: Any) -> None:
        DELIVERED.mkdir(parents=True, exist_ok=True)
        for paper in PAPERS:
            path = DELIVERED / f"{paper.template.removesuffix('.html')}.docx"
            path.write_bytes(word_template(paper.template))
            self.stdout.write(f"已生成 {path.name}")
