"""A factory's first days: it registers, its district confirms it, a colleague joins by link, a draft is begun."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Browser

from tests import worlds
from tests.e2e.conftest import PASSWORD
from tests.e2e.people import Arrive, Person
from tests.portals import scenes
from tests.unit.evidence.samples import pdf

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.rule("R-01"),
    pytest.mark.django_db(transaction=True),
]

_COMPANY, _DISTRICT_HANDLER = "昆山初次来访材料有限公司", "d320583h"
_TYPED = {
    "uscc": worlds.credit_code(7),
    "name": _COMPANY,
    "site_address": "昆山市示例路 7 号",
    "legal_representative": "周敏",
    "contact_name": "沈洁",
    "contact_phone": "13800000000",
    "person_name": "沈洁",
    "username": "firstday",
    "password": PASSWORD,
    "password2": PASSWORD,
}


@pytest.fixture
def scene(transactional_db: None) -> scenes.Scene:
    """Two districts, two enterprises, the city, and a round that takes applications now."""
    with transaction.atomic():
        return scenes.build(prerequisite_required=False)


@pytest.fixture
def scriptless(browser: Browser, live_server: Any, state_dir: Path) -> Iterator[Person]:
    """Somebody whose browser runs no scripts."""
    person = Person.arrives(browser, live_server.url, state_dir, scripts=False)
    yield person
    person.page.context.close()
    assert not person.faults, "\n".join(person.faults)


def test_registration_and_confirmation(scene: scenes.Scene, arrive: Arrive) -> None:
    """A wrong digit is named and everything typed stays; the district reads the licence and confirms."""
    factory = arrive("").open("/register/")
    factory.sees("main", "统一社会信用代码").sees_no_barrier_anywhere()
    _register(factory, uscc=worlds.credit_code(7)[:-1] + "I")
    factory.was_refused(422).sees("main", "统一社会信用代码").sees(".errsum", "第 18 位")
    assert factory.page.locator("[name=name]").input_value() == _COMPANY
    assert factory.page.locator("[name=password]").input_value() == ""
    factory.finds_no_barrier()
    _register(factory)
    factory.sees("main", "注册已提交", _COMPANY).finds_no_barrier()
    factory.sign_in("firstday", PASSWORD).sees("main", "待属地核实").sees_no_barrier_anywhere()
    _confirmed_by_the_district(arrive(_DISTRICT_HANDLER))
    factory.open("/e/").sees("main", "开始").sees_no_barrier_anywhere()


def test_colleague_joins_and_a_draft_is_begun(scene: scenes.Scene, arrive: Arrive) -> None:
    """The link is shown once, works once, and the colleague finds the conditions judged before filling in."""
    leader = arrive("ent1").open("/e/org/members/").sees_no_barrier_anywhere()
    leader.write("受邀人姓名", "吴海燕").press("生成一次性邀请链接")
    leader.sees("main", "邀请链接已生成").finds_no_barrier()
    link = leader.page.locator("#invite-link").input_value()
    leader.open("/e/org/members/")
    assert link not in leader.page.content()
    colleague = arrive("").open(link).sees("main", "邀请您办理绿色工厂申报").sees_no_barrier_anywhere()
    _join(colleague)
    colleague.sign_in("haiyan", PASSWORD)
    colleague.open("/e/rounds/").sees_no_barrier_anywhere()
    _begins_a_draft(colleague)
    colleague.sees_no_barrier_anywhere()
    assert colleague.page.goto(link).status == 404  # type: ignore[union-attr]
    colleague.was_refused(404)


def test_first_days_without_scripts(scene: scenes.Scene, arrive: Arrive, scriptless: Person) -> None:
    """Registration, confirmation, invitation, joining and the draft, all by plain forms."""
    _register(scriptless.open("/register/"))
    scriptless.sees("main", "注册已提交").sign_in("firstday", PASSWORD)
    _confirmed_by_the_district(arrive(_DISTRICT_HANDLER))
    scriptless.open("/e/org/members/").write("受邀人姓名", "吴海燕").press("生成一次性邀请链接")
    link = scriptless.page.locator("#invite-link").input_value()
    scriptless.page.context.clear_cookies()
    _join(scriptless.open(link))
    scriptless.sign_in("haiyan", PASSWORD)
    _begins_a_draft(scriptless)


# ---------------------------------------------------------------------- steps
def _register(person: Person, **different: str) -> None:
    page = person.page
    for name, value in {**_TYPED, **different}.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main [name=district]").select_option(worlds.KUNSHAN)
    page.locator("main [name=industry_code]").select_option("2651")
    page.locator("main [name=licence]").set_input_files(
        {"name": "营业执照.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    page.locator("main [name=consent]").check()
    person.press("提交注册")


def _confirmed_by_the_district(official: Person) -> None:
    official.open("/d/enterprises/?state=registered").sees("main", _COMPANY)
    official.follow(_COMPANY).sees("main", "营业执照.pdf").press("核实通过")
    official.sees("main", "登记信息已核实")


def _join(person: Person) -> None:
    page = person.page
    for name, value in {
        "person_name": "吴海燕",
        "username": "haiyan",
        "phone": "13900000000",
        "password": PASSWORD,
        "password2": PASSWORD,
    }.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main [name=consent]").check()
    person.press("建立账户并加入企业")


def _begins_a_draft(person: Person) -> None:
    person.open("/e/rounds/").sees("main", "我能申报哪些", "申报条件")
    person.open("/e/rounds/?level=3").press("发起 3A 级申报")
    person.sees("main", "申报内容", "自评打分")
