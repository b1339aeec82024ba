"""Render one sample of every form from the demo world into docs/forms/ as a small picture of its first page."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from PIL import Image

from apps.core.actor import Actor
from apps.core.errors import DomainError
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from apps.documents.forms import Built, build
from apps.documents.kinds import KINDS
from apps.documents.rendering.engine import Renderer, RenderOptions
from apps.documents.rendering.paper import render_paper
from suzhou_greenfactory.demo.people import demo_people
from suzhou_greenfactory.demo.sample_scene import filled_papers
from suzhou_greenfactory.demo.subjects import subjects_of
from suzhou_greenfactory.demo.world import is_loaded
from suzhou_greenfactory.forms_page import sample_path

_SCALE = 1.1
_COLOURS = 24


class Command(BaseCommand):
    help = "由演示数据生成每种表单的样张（docs/forms/，PNG）。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.GF_DEMO or not is_loaded():
            raise CommandError("请先生成演示数据。")
        staged = _staged()
        with Renderer(RenderOptions(prefer_installed_fonts=False)) as renderer:
            for kind in KINDS:
                built = staged.get(kind) or _first(kind)
                path = sample_path(kind)
                if built is None:
                    path.unlink(missing_ok=True)
                    self.stdout.write(f"{kind}：演示数据中没有可用的事项")
                    continue
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(_picture(render_paper(built.paper, renderer=renderer).content))
                self.stdout.write(f"{kind}：{path.stat().st_size // 1024} KB")


def _staged() -> dict[str, Built]:
    """Return the papers of rows that stand in a scene only, which is undone before they are drawn."""
    with filled_papers(people=demo_people(), clock=DatabaseClock()) as scene:
        return {
            kind: build(actor=Actor.system(), kind=kind, public_id=public_id, on=on)
            for kind, (public_id, on) in scene.items()
        }


def _first(kind: str) -> Built | None:
    """Return the first paper of a kind that can be made, final ones before drafts."""
    draft: Built | None = None
    for public_id in subjects_of(kind):
        with transaction.atomic():
            actor = Actor.system()
            enter(actor)
            try:
                built = build(actor=actor, kind=kind, public_id=public_id, on=DatabaseClock().now().on)
            except DomainError:
                continue
        if built.final or built.blank:
            return built
        draft = draft or built
    return draft


def _picture(pdf: bytes) -> bytes:
    document = pypdfium2.PdfDocument(pdf)
    try:
        image = document[0].render(scale=_SCALE).to_pil()
    finally:
        document.close()
    out = io.BytesIO()
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()
