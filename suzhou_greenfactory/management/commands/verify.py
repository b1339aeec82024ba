"""Check the audit chain and every room's invariants; names each fault (SECURITY R89)."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from apps.audit.selectors import chain_problems
from apps.core import crypto
from apps.core.actor import Actor
from apps.core.scoping import enter

_OTHER_KEYS = (
    "加密的字段读不出：字段加密密钥（GF_FIELD_KEYS，未设定的为 GF_SECRET_KEY）不是加密时的那一把。"
    "请放回备份时的密钥，再来核对。"
)


def _modules() -> Iterator[tuple[str, ModuleType]]:
    """Yield (title, module) of every room that has a `verification` module."""
    for room in settings.ROOMS:
        name = f"apps.{room}.verification"
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name != name:
                raise
            continue
        yield str(importlib.import_module(f"apps.{room}").__doc__).split("（")[0].split(" ")[0], module


def checks() -> Iterator[tuple[str, Callable[[], Iterator[str]]]]:
    """Yield (name, check) of the audit chain and of every room that has a `verification` module."""
    yield "审计链", chain_problems
    for title, module in _modules():
        yield title, module.problems


def notes() -> Iterator[str]:
    """Yield what is no fault and still worth telling (`notes` of a room's `verification`, where it has any)."""
    for title, module in _modules():
        if hasattr(module, "notes"):
            yield from (f"[{title}] {note}" for note in module.notes())


def _of_a_key(error: Exception) -> bool:
    """Whether a column could not be read for want of its key: the key is another one, or its number is not known."""
    frame = error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_globals.get("__name__") == crypto.__name__:
            return True
        frame = frame.tb_next
    return False


class Command(BaseCommand):
    help = "核对审计链与各业务不变量；发现问题逐条列出并以 1 退出。"

    def handle(self, *args: Any, **options: Any) -> None:
        if apps.get_model("audit", "AuditLink")._meta.db_table not in connection.introspection.table_names():
            msg = "数据库中还没有平台的表：新装先执行 prepare 建表，恢复先执行 restore，再来核对。"
            raise CommandError(msg)
        faults = 0
        with transaction.atomic():
            enter(Actor.system())
            for name, problems in checks():
                found = 0
                try:
                    for problem in problems():
                        found += 1
                        self.stderr.write(f"[{name}] {problem}")
                except (InvalidTag, KeyError) as error:
                    if not _of_a_key(error):
                        raise
                    raise CommandError(_OTHER_KEYS) from None
                faults += found
                self.stdout.write(f"{name}：{'正常' if not found else f'{found} 处问题'}")
            for note in notes():
                self.stdout.write(note)
        if faults:
            raise CommandError(f"共发现 {faults} 处问题。")
        self.stdout.write("核对完成，未发现问题。")
