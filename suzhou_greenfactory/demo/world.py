"""Making the demo world: people, rounds, sixty-odd lives, the provincial and national lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import yaml
from django.conf import settings
from django.db import transaction

from apps.accounts.selectors import actor_by_username
from apps.core.actor import Actor
from apps.core.errors import NotVisible
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from apps.notifications import services as notifications
from apps.policy.evaluation.benchmarks import BenchmarkTable, load_benchmarks
from apps.titles import services as titles
from suzhou_greenfactory.demo import cast
from suzhou_greenfactory.demo.acts import Acts
from suzhou_greenfactory.demo.afterlives import AFTER
from suzhou_greenfactory.demo.cultivation import cultivate
from suzhou_greenfactory.demo.director import Director
from suzhou_greenfactory.demo.draws import waiting_for_panel
from suzhou_greenfactory.demo.enterprise_files import keep_files
from suzhou_greenfactory.demo.lives import LIVES
from suzhou_greenfactory.demo.people import People, make_people
from suzhou_greenfactory.demo.spot_checks import spot_check
from suzhou_greenfactory.demo.stage import Life, Stage
from suzhou_greenfactory.demo.sub_areas import NAME, USERNAME, ask_sub_areas


@dataclass(frozen=True, slots=True)
class Login:
    """One account to try the product with."""

    role: str
    name: str
    username: str
    path: str


#: One account a role, in the order of the work; the enterprise's is chosen by its life.
LOGINS: tuple[Login, ...] = (
    Login("企业（草稿）", "", "draft", "/e/"),
    Login("企业（已获评 3A）", "", "awarded_3a", "/e/"),
    Login("属地经办（昆山）", "顾晓岚", "jingban_320583", "/d/"),
    Login("属地签批（昆山）", "陆志远", "kezhang_320583", "/d/"),
    Login("板块（相城）", NAME, USERNAME, "/b/"),
    Login("市局经办", "沈卫东", "sj_jingban", "/m/"),
    Login("市局征信", "汤晓明", "sj_zhengxin", "/m/"),
    Login("市局处长", "朱明华", "sj_chuzhang", "/m/"),
    Login("市局公示发布", "邹雨桐", "sj_fabu", "/m/"),
    Login("市局领导", "高建平", "sj_lingdao", "/m/"),
    Login("专家", "谭立群", "zj01", "/x/"),
    Login("审计管理员", "审计管理员丙", "shenji", "/audit/"),
    Login("系统管理员", "系统管理员甲", "xitong", "/ops/"),
    Login("安全管理员", "安全管理员乙", "anquan", "/ops/accounts/"),
)


def is_loaded() -> bool:
    """Return whether the demo world is there already."""
    with transaction.atomic():
        enter(Actor.system())
        try:
            actor_by_username(username=cast.CITY_STAFF[0][0])
        except NotVisible:
            return False
        return True


def logins() -> list[Login]:
    """Return one login per role, with the enterprises' real user names."""
    found = []
    for login in LOGINS:
        company = next((row for row in cast.companies() if row.life == login.username), None)
        if company is None:
            found.append(login)
        else:
            found.append(
                Login(login.role, f"{company.contact}（{company.name}）", company.username, login.path)
            )
    return found


def benchmarks() -> BenchmarkTable:
    """Return the demo's example benchmark values."""
    path = settings.BASE_DIR / "fixtures" / "evaluation_systems" / "benchmarks_demo.yaml"
    return load_benchmarks(yaml.safe_load(path.read_text(encoding="utf-8")))


def make_world(password: str, tell: Callable[[str], None] = lambda _text: None) -> int:
    """Make the whole world, ending at the present day; return how many enterprises live in it.

    Deterministic for a given day: the same people, figures and events.
    """
    stage = Stage(anchor=DatabaseClock().now().on)
    people = make_people(stage.clock, password)
    acts = Acts(stage, people, benchmarks())
    director = Director(acts, password, LIVES, AFTER)
    stage.cast(director.city_calendar())
    companies = cast.companies()
    for company in companies:
        stage.cast(director.life_of(company))
    stage.cast(waiting_for_panel(director))
    stage.cast(spot_check(director, companies))
    stage.cast(cultivate(director, companies))
    stage.cast(ask_sub_areas(acts, companies, password))
    stage.cast(_lists(stage, people.city.handler, companies))
    stage.cast(keep_files(acts, companies))
    stage.cast(_inboxes(stage, people))
    stage.play(lambda done, left: tell(f"已演绎 {done} 步，进行中 {left} 条"))
    return len(companies)


def _inboxes(stage: Stage, people: People) -> Life:
    """Let everybody at work have read what came until ten days ago."""
    yield stage.at(-10, 17, 15)
    bureaus = [person for bureau in people.bureaus.values() for person in (bureau.handler, bureau.signer)]
    city = people.city
    for person in (
        city.handler,
        city.credit,
        city.signer,
        city.publisher,
        city.leader,
        *bureaus,
        *people.experts,
    ):
        with stage.acting(person) as actor:
            notifications.mark_all_read(actor=actor, clock=stage.clock)


def _lists(stage: Stage, handler: Actor, companies: list[cast.Company]) -> Life:
    """Import the provincial and national lists: 4A and 5A follow (R-03, R-04)."""
    for kind, life, day, number in (
        ("provincial", "provincial", -300, "苏工信节能〔示例〕312号"),
        ("national", "national", -280, "工信部公告示例第41号"),
    ):
        yield stage.at(day, 10)
        with stage.acting(handler):
            titles.import_external_list(
                actor=handler,
                clock=stage.clock,
                data=titles.ListData(
                    kind=kind,
                    title="省级绿色工厂名单（示例）"
                    if kind == "provincial"
                    else "国家级绿色工厂名单（示例）",
                    document_no=number,
                    published_on=stage.clock.now().on - timedelta(days=5),
                    rows=[
                        titles.ListRow(action="add", name=company.name, uscc=company.uscc)
                        for company in companies
                        if company.life in {life, "national"}
                    ],
                ),
            )
