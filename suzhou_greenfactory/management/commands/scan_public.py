"""Read every public page of a running demo server as a stranger; nothing about a person may stand there."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.accounts.privacy import canaries
from apps.core.actor import Actor
from apps.core.scoping import enter
from suzhou_greenfactory.demo.anonymous import scan

_SHOWN = 20


class Command(BaseCommand):
    """`scan_public`: follows every link from the front page, papers included."""

    help = "以公众身份逐页读取公开网站（含附件），核对没有手机号码、证件号码、邮箱和登记的个人信息。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address of the server."""
        parser.add_argument("--base-url", required=True, help="服务地址，如 http://127.0.0.1:8000")

    def handle(self, *args: Any, **options: Any) -> None:
        """Scan and say what was read.

        Raises:
            CommandError: something about a person was found, or the site is larger than the scan.
        """
        del args
        started = time.monotonic()
        with transaction.atomic():
            enter(Actor.system())
            secret = canaries()
        done = scan(options["base_url"], secret)
        for address, what, words in done.found[:_SHOWN]:
            self.stdout.write(f"  ✗ {address}：{what} {words[:4]}…")
        if done.found:
            raise CommandError(f"公开网站上有个人信息：{len(done.found)} 处。")
        if done.cut:
            raise CommandError(f"公开网站超过 {done.most} 页，没有读完。")
        self.stdout.write(
            f"公开网站无个人信息：读取 {done.pages} 个地址（其中文书、表格 {done.papers} 份），"
            f"对照 {len(secret)} 项登记信息，用时 {time.monotonic() - started:.1f} 秒。"
        )
