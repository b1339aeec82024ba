"""A factory's first days: it registers, its district confirms it, a colleague joins by link, a draft is begun."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Browser

from tests import worlds
from tests.e2e import steps
from tests.e2e.conftest import PASSWORD
from tests.e2e.people import Arrive, Person
from tests.portals import scenes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.rule("R-01"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def scene(transactional_db: None) -> scenes.Scene:
    """Two districts, two enterprises, the city, and a round that takes applications now."""
    with transaction.atomic():
        return scenes.build(prerequisite_required=False)


@pytest.fixture
def scriptless(browser: Browser, live_server: Any) -> Iterator[Person]:
    """Somebody whose browser runs no scripts."""
    person = Person.arrives(browser, live_server.url, scripts=False)
    yield person
    person.page.context.close()
    assert not person.faults, "\n".join(person.faults)


def test_registration_and_confirmation(scene: scenes.Scene, arrive: Arrive) -> None:
    """A wrong digit is named and everything typed stays; the district reads the licence and confirms."""
    factory = arrive("").open("/register/")
    factory.sees("main", "统一社会信用代码").sees_no_barrier_anywhere()
    steps.register(factory, uscc=worlds.credit_code(7)[:-1] + "I")
    factory.was_refused(422).sees("main", "统一社会信用代码").sees(".errsum", "第 18 位")
    assert factory.page.locator("[name=name]").input_value() == steps.COMPANY
    assert factory.page.locator("[name=password]").input_value() == ""
    factory.finds_no_barrier()
    steps.register(factory)
    factory.sees("main", "注册已提交", steps.COMPANY).finds_no_barrier()
    factory.sign_in(steps.FIRST_USER, PASSWORD).sees("main", "待属地核实").sees_no_barrier_anywhere()
    steps.confirmed_by_the_district(arrive(steps.DISTRICT_HANDLER))
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
    steps.join(colleague)
    colleague.sign_in("haiyan", PASSWORD)
    colleague.open("/e/rounds/").sees_no_barrier_anywhere()
    steps.begin_a_draft(colleague)
    colleague.sees_no_barrier_anywhere()
    assert colleague.page.goto(link).status == 404  # type: ignore[union-attr]
    colleague.was_refused(404)


def test_first_days_without_scripts(scene: scenes.Scene, arrive: Arrive, scriptless: Person) -> None:
    """Registration, confirmation, invitation, joining and the draft, all by plain forms."""
    steps.register(scriptless.open("/register/"))
    scriptless.sees("main", "注册已提交").sign_in(steps.FIRST_USER, PASSWORD)
    steps.confirmed_by_the_district(arrive(steps.DISTRICT_HANDLER))
    scriptless.open("/e/org/members/").write("受邀人姓名", "吴海燕").press("生成一次性邀请链接")
    link = scriptless.page.locator("#invite-link").input_value()
    scriptless.page.context.clear_cookies()
    steps.join(scriptless.open(link))
    scriptless.sign_in("haiyan", PASSWORD)
    steps.begin_a_draft(scriptless)
