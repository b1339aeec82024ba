"""A panel from the verifiable draw by two officers to the opinion that its members signed, on screens large and small."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, DatabaseClock, FixedClock, Moment, put_demo_clock_forward
from apps.core.scoping import enter
from apps.review import selectors as reviews
from apps.review import services as review
from tests import worlds
from tests.e2e.people import Arrive, Person
from tests.unit.review import scenes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.rule("R-19"),
    pytest.mark.django_db(transaction=True),
]
SOURCE, VALUE = "中国福利彩票双色球第2026135期开奖号码", "03 11 19 22 27 30 09"
DISSENT = "余热回收的测算依据不足。"


@pytest.fixture
def flow() -> scenes.Flow:
    """A 3A case that the city has accepted today, and a pool of experts of different employers."""
    now = Moment.of(timezone.now().replace(microsecond=0))
    with transaction.atomic():
        flow = scenes.build(
            FixedClock(now),
            experts=0,
            round_changes={
                "code": f"{now.on.year}B",
                "year": now.on.year,
                "opens_at": now.at - timedelta(days=3),
                "closes_at": now.at + timedelta(days=12),
                "prelim_due_on": now.on + timedelta(days=60),
            },
        )
        flow.experts = [worlds.expert(flow.clock, n, employer=f"示例单位{n}") for n in range(1, 7)]
        flow.accepted_by_city()
    return flow


def test_from_the_draw_to_the_signed_opinion(arrive: Arrive, flow: scenes.Flow, tmp_path: Path) -> None:
    handler, signer = arrive("city_handler"), arrive("city_signer")
    _manual_form(handler, flow)
    _commits(handler, flow)
    _reveals(signer, flow)
    _adopts(handler, flow)
    members = _members(flow)
    _experts_assess(arrive, flow, members)
    public = _opinion(arrive, flow, members)
    _anybody_repeats(public, tmp_path)


def _everywhere(person: Person, name: str) -> None:
    """Look at a page at both sizes, light and dark: no barrier, nothing sticks out."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        _in_colours(person, scheme)
        person.finds_no_barrier().picture(f"{name}-{scheme}", whole=False)
    person.page.set_viewport_size({"width": 390, "height": 844})
    person.finds_no_barrier().picture(f"{name}-dark-390", whole=False)
    person.page.set_viewport_size({"width": 1440, "height": 960})
    _in_colours(person, "light")
    person.on_a_phone(name)


def _in_colours(person: Person, scheme: Literal["light", "dark"]) -> None:
    """Ask for light or dark as the person's device would; the page decides when it loads."""
    person.page.emulate_media(color_scheme=scheme)
    person.page.reload()
    expect(person.page.locator("html")).to_have_attribute("data-bs-theme", scheme)


def _manual_form(handler: Person, flow: scenes.Flow) -> None:
    handler.open(f"/m/panels/{flow.case}/form/").sees("main", "随机抽取专家", "可以评审的专家 6 位")
    _everywhere(handler, "panel-form")


def _commits(handler: Person, flow: scenes.Flow) -> None:
    handler.follow("随机抽取专家").sees("main", "名册 6 人", "怎样做到可验证")
    _everywhere(handler, "draw-form")
    tomorrow = DatabaseClock().now().at.astimezone(SHANGHAI) + timedelta(days=1)
    handler.write("公开数值来源和期次", SOURCE)
    handler.write("公布时间", f"{tomorrow:%Y-%m-%dT%H:%M}")
    handler.press("封存并公开摘要")
    handler.sees("main", "封存摘要", "由另一名工作人员录入")


def _reveals(signer: Person, flow: scenes.Flow) -> None:
    signer.open(f"/m/panels/{flow.case}/draw/").sees("#reveal", "数值尚未公布")
    put_demo_clock_forward(2)
    signer.open(f"/m/panels/{flow.case}/draw/").write(SOURCE, VALUE).press("抽取")
    signer.sees("#standing", VALUE, "递补顺序")
    signer.finds_no_barrier().picture("draw-result").on_a_phone("draw-result")


def _adopts(handler: Person, flow: scenes.Flow) -> None:
    handler.open(f"/m/panels/{flow.case}/draw/").press("组建专家组并邀请")
    handler.sees("main", "随机抽取").finds_no_barrier().picture("panel-drawn")


def _anybody_repeats(public: Person, tmp_path: Path) -> None:
    """Record and script as anybody downloads them: the script alone comes to the published result."""
    page, paths = public.page, []
    for name in ("draw-", "replay_draw"):
        with page.expect_download() as download:
            page.locator(f"#replay a:has-text('{name}')").click()
        paths.append(tmp_path / download.value.suggested_filename)
        download.value.save_as(paths[-1])
    done = subprocess.run(  # noqa: S603  (our own script)
        [sys.executable, "-I", str(paths[1]), str(paths[0])], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "与公布结果一致" in done.stdout


def _members(flow: scenes.Flow) -> list[tuple[str, Actor, str]]:
    """Return (user name, actor, task) of the drawn experts, the leader first."""
    with transaction.atomic():
        panel = reviews.panel_of(actor=flow.be(flow.city.handler), public_id=flow.case)
        by_id = {expert.expert_id: (n, expert) for n, expert in enumerate(flow.experts, 1)}
    found = []
    for row in sorted(panel.members, key=lambda row: not row.is_leader):
        number, actor = by_id[row.expert_id]
        found.append((f"expert{number}", actor, row.public_id))
    return found


def _experts_assess(arrive: Arrive, flow: scenes.Flow, members: list[tuple[str, Actor, str]]) -> None:
    """The leader works on the desk, also on a phone; the others' sheets arrive meanwhile."""
    name, _, task = members[0]
    leader = arrive(name).open(f"/x/reviews/{task}/")
    leader.page.get_by_role("checkbox").first.check()
    leader.press("签署声明")
    leader.sees(".gf-head", "0/97 项")
    _everywhere(leader, "expert-desk")
    flow.clock = FixedClock(DatabaseClock().now())
    for expert in [actor for _, actor, _ in members]:
        with transaction.atomic():
            enter(Actor.system())
            flow.assess(expert, "86.00", again=expert is members[0][1])


def _opinion(arrive: Arrive, flow: scenes.Flow, members: list[tuple[str, Actor, str]]) -> Person:
    tasks = {name: f"/x/reviews/{task}/panel/" for name, _, task in members}
    with transaction.atomic():
        review.draft_opinion(
            actor=flow.be(members[0][1]),
            clock=flow.clock,
            public_id=flow.case,
            opinion="recommend",
            reasons="材料完整，指标真实，达到3A级要求。",
            site_visited=False,
            site_reason="评分一致，材料充分。",
        )
    for number, (name, _, _) in enumerate(members[1:]):
        member = arrive(name).open(tasks[name]).sees("main", "材料完整")
        if number == 0:
            _everywhere(member, "opinion-signing")
            member.page.get_by_text("有不同意见").click()
            member.write("不同意见", DISSENT)
        member.page.locator("form[action$='/sign/'] button[type=submit]").click()
        member.page.wait_for_load_state()
        member.sees("body", "已签署评估意见")
    leader = arrive(members[0][0]).open(tasks[members[0][0]]).sees("main", DISSENT)
    with leader.page.expect_navigation():
        leader.page.locator("form[action$='/conclude/'] button[type=submit]").click()
    leader.sees("body", "评估意见已出具")
    public = arrive("").open("/draws/").sees("main", SOURCE)
    public.finds_no_barrier().picture("public-draws").on_a_phone("public-draws")
    public.page.locator("main td a").first.click()
    public.sees("#result", "席位 1").sees("#replay", "python3 replay_draw.py").sees("#value", VALUE)
    public.finds_no_barrier().picture("public-draw").on_a_phone("public-draw")
    return public
