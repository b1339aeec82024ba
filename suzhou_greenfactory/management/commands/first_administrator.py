"""Make the first security administrator of a new platform."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.services import first_administrator
from apps.core.errors import DomainError
from apps.core.moment import SHANGHAI, DatabaseClock


class Command(BaseCommand):
    help = "为新建的平台建立首个安全管理员，显示一次性初始口令（24 小时内有效，登录后须修改）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default="anquan", help="用户名，默认 anquan")
        parser.add_argument("--name", required=True, help="姓名")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = first_administrator(
                clock=DatabaseClock(), username=options["username"], name=options["name"]
            )
        except DomainError as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"用户名：{made.username}")
        self.stdout.write(f"初始口令：{made.password}")
        self.stdout.write(f"有效至：{made.until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}（北京时间）")
        self.stdout.write("口令只显示这一次。请当面交给本人，登录后立即修改口令并设置两步验证。")
