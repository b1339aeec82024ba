"""Load what the product needs before anybody can work: districts, the calendar, evaluation systems, benchmarks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from apps.accounts.services import load_districts
from apps.core.actor import Actor
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from apps.deadlines.services import load_calendar
from apps.scoring.services import load_benchmarks, load_schemes


class Command(BaseCommand):
    help = "载入基础数据：属地、工作日历、评价体系、行业基准值。可以重复执行，已有的不会重复载入。"

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        clock = DatabaseClock()
        loaders: tuple[tuple[str, Callable[[], object]], ...] = (
            ("属地", load_districts),
            ("工作日历", lambda: load_calendar(clock=clock)),
            ("评价体系", lambda: load_schemes(clock=clock)),
            ("行业基准值", lambda: load_benchmarks(clock=clock)),
        )
        for name, load in loaders:
            with transaction.atomic():
                enter(Actor.system())
                found = load()
            count = found if isinstance(found, int) else len(found) if isinstance(found, list) else 0
            if options["verbosity"]:
                self.stdout.write(f"{name}：{f'载入或更新 {count} 条' if count else '已是最新'}")
