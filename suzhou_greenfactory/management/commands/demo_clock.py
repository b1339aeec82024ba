"""Put the demo's clock forward."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.core.moment import Clock, DatabaseClock, FixedClock, Moment, put_demo_clock_forward
from apps.deadlines.services import sweep
from apps.monitoring.services import open_annual_forms, watch_recheck_cycles

#: Reminders go out from nine o'clock on; the days that are passed over are taken at ten.
_HOUR = 10


def _in_the_morning() -> Clock:
    """Return a clock of the present day when reminders have begun to go out, whatever the hour of the call is."""
    now = DatabaseClock().now()
    morning = Moment.in_shanghai(now.on, _HOUR)
    return FixedClock(max(now, morning, key=lambda moment: moment.at))


class Command(BaseCommand):
    help = "把演示环境的时钟拨快若干天（例如跳过五个工作日的公示期），并立即处理到期事项。仅用于演示环境。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, required=True, help="再拨快多少天")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.GF_DEMO:
            raise CommandError("只有演示环境可以拨动时钟。")
        if options["days"] < 0:
            raise CommandError("时钟只能向前拨。")
        # Day by day: every reminder, form and consequence happens on its own day, as it would have.
        for step in range(options["days"] + 1):
            offset = put_demo_clock_forward(min(step, 1))
            clock = DatabaseClock() if step == options["days"] else _in_the_morning()
            open_annual_forms(clock=clock)
            watch_recheck_cycles(clock=clock)
            sweep(clock=clock)
        self.stdout.write(
            f"演示时钟已拨快 {offset.days} 天，现在是 {DatabaseClock().now().on:%Y年%-m月%-d日}。"
        )
