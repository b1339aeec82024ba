"""Move the demo's clock through two years in the life of one title."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.accounts.selectors import actor_by_username
from apps.core.actor import Actor
from apps.core.moment import DatabaseClock, FixedClock, Moment, put_demo_clock_forward
from apps.core.scoping import enter
from apps.titles import selectors as titles
from suzhou_greenfactory.demo import cast
from suzhou_greenfactory.demo.people import demo_people
from suzhou_greenfactory.demo.two_years import Journey, Players, standing, told

_LEVEL = 3


class Command(BaseCommand):
    help = (
        "把演示环境的时钟推过两年，演完一个 3A 称号的后半生：按时报送年度表、次年逾期、复核不合格、"
        "整改逾期、陈述申辩、取消、禁报；逐日处理到期事项并列出各角色收到的消息。仅用于演示环境。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--through-ban", action="store_true", help="继续推到三年禁报期届满")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.GF_DEMO:
            raise CommandError("只有演示环境可以拨动时钟。")
        started = time.monotonic()
        with transaction.atomic():
            begin = DatabaseClock().now().on
        company, players = _players()
        journey = Journey(
            players,
            FixedClock(Moment.in_shanghai(begin)),
            on_day=_show_on_pages,
            tell=self.stdout.write,
        )
        self.stdout.write(f"{begin}  {company.name}的 3A 称号，查验状态 {standing(title=players.title)}")
        end = journey.play(through_ban=options["through_ban"])
        for whose, actor in (
            ("企业", players.enterprise),
            ("属地", players.handler),
            ("市局", players.leader),
        ):
            self.stdout.write(f"\n{whose}收到的消息：")
            for day, title in told(actor=actor, name=company.name, since=begin):
                self.stdout.write(f"  {day}  {title}")
        self.stdout.write(
            f"\n现在是 {end}，查验状态 {standing(title=players.title)}，用时 {time.monotonic() - started:.0f} 秒。"
            f"可登录查看：企业 {company.username}，属地 jingban_{company.district.lower()}，市局 sj_lingdao。"
        )


def _players() -> tuple[cast.Company, Players]:
    """Return the first company whose 3A title stands at rest, and the people of its life."""
    people = demo_people()
    city = people.city.handler
    for company in cast.companies():
        if company.life != "awarded_3a":
            continue
        with transaction.atomic():
            enter(city)
            found = titles.titles_page(actor=city, q=company.uscc, level=_LEVEL, state="valid").rows
        if not found:
            continue
        with transaction.atomic():
            enter(Actor.system())
            enterprise = actor_by_username(username=company.username)
        bureau = people.bureaus[company.district]
        return company, Players(
            enterprise, bureau.handler, bureau.signer, people.city.leader, found[0].public_id
        )
    raise CommandError("演示数据中没有状态为有效的 3A 称号。")


def _show_on_pages(day: date) -> None:
    """Let the pages live on *day* as well: the demo's own clock goes along."""
    with transaction.atomic():
        today = DatabaseClock().now().on
    put_demo_clock_forward(max((day - today).days, 0))
