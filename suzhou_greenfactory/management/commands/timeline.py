"""Show what the deadline engine will do, and when."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.core.actor import Actor
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from apps.deadlines.timeline import timeline

_DAYS = 30


class Command(BaseCommand):
    help = "仅依据已存的期限，列出某段日期内系统将要发出的提醒和转为逾期的事项。只读，不改变任何数据。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="start", help="起始日期，如 2026-12-01；默认今天")
        parser.add_argument("--to", dest="end", help=f"截止日期；默认起始日期后 {_DAYS} 天")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            enter(Actor.system())
            today = DatabaseClock().now().on
            start = _day(options["start"], "--from") or today
            end = _day(options["end"], "--to") or start + timedelta(days=_DAYS)
            if end < start:
                raise CommandError("截止日期不能早于起始日期。")
            found = timeline(actor=Actor.system(), start=start, end=end, on=today)
        for event in found:
            note = "（暂定）" if event.provisional else ""
            whose = f"{event.number} {event.name}".strip()
            self.stdout.write(f"{event.on}  {event.deed}  {event.kind_label}{note}  {event.whom}  {whose}")
        self.stdout.write(f"{start} 至 {end} 共 {len(found)} 项。")


def _day(text: str | None, option: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{option} 不是有效日期：{text}，请按 2026-12-01 填写。") from None
