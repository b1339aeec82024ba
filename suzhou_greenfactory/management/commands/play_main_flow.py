"""Play the main flow over HTTP against a running demo server."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from suzhou_greenfactory.demo.main_flow import MainFlow, StepFailed


class Command(BaseCommand):
    help = "以各角色身份经 HTTP 走完从企业登记到 3A 证书的主流程，逐步打印依据条款。仅用于演示环境。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", required=True, help="服务地址，如 http://127.0.0.1:8000")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.GF_DEMO:
            raise CommandError("主流程检验只能在演示环境运行。")
        started = time.monotonic()
        flow = MainFlow(options["base_url"], settings.GF_DEMO_PASSWORD, self.stdout.write)
        try:
            number = flow.play()
        except StepFailed as failed:
            raise CommandError(str(failed)) from failed
        self.stdout.write(
            f"主流程走通：{flow.count} 步，获得 3A 证书 {number}，用时 {time.monotonic() - started:.1f} 秒。"
        )
