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
from apps.deadlines.forecast import Deed, matters
from apps.deadlines.timeline import Line, Wanted, shown, timeline

_DAYS = 30
_WEEKDAYS = "一二三四五六日"


class Command(BaseCommand):
    help = (
        "仅依据已存的记录，按日列出系统将要做的事：提醒谁、走什么渠道、到期如何处理。只读，不改变任何数据。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="start", help="起始日期，如 2026-12-01；默认今天")
        parser.add_argument("--to", dest="end", help=f"截止日期；默认起始日期后 {_DAYS} 天")
        parser.add_argument("--kind", default="", help="只列某类事项，写事项名称或代码，如 整改")
        parser.add_argument("--district", default="", help="只列某属地，写区划代码，如 320583")
        parser.add_argument("--deed", default="", choices=["", *Deed], help="只列某类动作")
        parser.add_argument("--find", default="", help="只列编号或名称中含有这段文字的")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = Wanted(options["deed"], _kind(options["kind"]), options["district"], options["find"])
        system = Actor.system()
        with transaction.atomic():
            enter(system)
            today = DatabaseClock().now().on
            start = _day(options["start"], "--from") or today
            end = _day(options["end"], "--to") or start + timedelta(days=_DAYS)
            if end < start:
                raise CommandError("截止日期不能早于起始日期。")
            found = timeline(actor=system, start=start, end=end, on=today, wanted=wanted)
            lines = shown(actor=system, events=found)
        day = None
        for line in lines:
            if line.event.on != day:
                day = line.event.on
                self.stdout.write(f"\n{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）")
            self._say(line)
        self.stdout.write(f"\n{start} 至 {end} 共 {len(found)} 项，按 {today} 的记录推算。")

    def _say(self, line: Line) -> None:
        event = line.event
        note = "（暂定）" if event.provisional else ""
        whose = "  ".join(part for part in (event.number, event.name, line.district) if part)
        self.stdout.write(f"  {event.at:%H:%M}  {event.kind_label}{note}  {event.what}  {whose}".rstrip())
        if line.told:
            self.stdout.write("         收件：" + "；".join(f"{who}：{ways}" for who, ways in line.told))
        if event.follows:
            self.stdout.write(f"         系统：{event.follows}")


def _kind(text: str) -> str:
    """Return the code of a kind given by code or by words."""
    known = matters()
    if not text or text in known:
        return text
    for code, words in known.items():
        if words == text:
            return code
    raise CommandError(f"没有名为“{text}”的事项。可选：{'、'.join(dict.fromkeys(known.values()))}。")


def _day(text: str | None, option: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{option} 不是有效日期：{text}，请按 2026-12-01 填写。") from None
