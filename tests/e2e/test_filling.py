"""Filling in on a bad day: the network goes, the session ends, a colleague was faster, scripts are off; nothing is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.scoring.models import ScoreEntry
from tests.e2e.conftest import PASSWORD
from tests.e2e.people import Arrive, Person
from tests.portals import scenes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.rule("R-15"),
    pytest.mark.django_db(transaction=True),
]

_FIRST, _SECOND = "J1-01", "J1-02"
_SAVED, _OFFLINE, _EXPIRED, _CONFLICT = "saved", "offline", "expired", "conflict"


@pytest.fixture
def case() -> str:
    """A 3A draft with nothing filled in, in a round that takes applications now."""
    with transaction.atomic():
        return scenes.draft_application(scenes.build(prerequisite_required=False), 3)


def _item(case: str, code: str) -> str:
    return f"/e/applications/{case}/evaluate/?item={code}"


def _is(page: Page, state: str) -> None:
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", state)


def _entry(case: str, code: str) -> ScoreEntry:
    with transaction.atomic():
        enter(Actor.system())
        return ScoreEntry.objects.get(sheet__application__public_id=case, item_code=code)


def _say(page: Page, text: str) -> None:
    page.get_by_label("自评说明").fill(text)


def test_keyboard_alone_fills_and_moves_on(arrive: Arrive, case: str) -> None:
    """A choice by arrow keys, Ctrl+Enter saves and goes on, Alt+↑ comes back to what was saved."""
    clerk = arrive("ent1").open(_item(case, _FIRST))
    page = clerk.page
    page.locator("input[name=met]").first.focus()
    page.keyboard.press("Space")
    _is(page, _SAVED)
    expect(page.locator("#item-points")).to_have_text("1.60")
    expect(page.locator("#sheet-total")).to_have_text("1.60")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#it")).to_contain_text(_SECOND)
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#it")).to_contain_text(_FIRST)
    expect(page.locator("input[name=met][value=true]")).to_be_checked()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#it")).to_contain_text(_SECOND)
    page.get_by_role("button", name="标记稍后处理").first.click()
    expect(page.locator("#it")).not_to_contain_text(_SECOND)
    page.get_by_role("link", name="稍后 1").click()
    expect(page.locator(".gf-tree").get_by_label("稍后处理")).to_have_count(1)
    clerk.finds_no_barrier()


def test_network_lost_and_back_in_another_item(arrive: Arrive, case: str) -> None:
    """What is typed offline stays on the device, also over a closed tab, and is saved when the network is back."""
    clerk = arrive("ent1").open(_item(case, _FIRST))
    page = clerk.page
    page.context.set_offline(True)
    _say(page, "断网时写的一句话")
    _is(page, _OFFLINE)
    page.get_by_role("button", name="完成，下一项").first.click()
    expect(page.locator("#it")).to_contain_text(_FIRST)
    assert _entry(case, _FIRST).reason == ""
    page.context.set_offline(False)
    _is(page, _SAVED)
    assert _entry(case, _FIRST).reason == "断网时写的一句话"

    page.context.set_offline(True)
    _say(page, "断网时写的第二句话")
    _is(page, _OFFLINE)
    page.close()
    other = page.context.new_page()
    clerk.page.context.set_offline(False)
    other.goto(_item(case, _SECOND))
    expect(other.locator("#live")).to_contain_text("已补存 1 处")
    assert _entry(case, _FIRST).reason == "断网时写的第二句话"
    clerk.faults = [fault for fault in clerk.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_closed_in_mid_sentence(arrive: Arrive, case: str) -> None:
    """A tab closed before the autosave brings its sentence back when the item is opened again."""
    clerk = arrive("ent1").open(_item(case, _FIRST))
    _say(clerk.page, "还没写完就关了")
    clerk.page.close()
    again = clerk.page.context.new_page()
    again.goto(_item(case, _FIRST))
    expect(again.get_by_label("自评说明")).to_have_value("还没写完就关了")
    _is(again, _SAVED)
    assert _entry(case, _FIRST).reason == "还没写完就关了"


def test_session_gone_and_signed_in_again_in_another_tab(arrive: Arrive, case: str) -> None:
    """The page says so and keeps the text; signing in elsewhere is enough for it to be saved."""
    clerk = arrive("ent1").open(_item(case, _FIRST))
    page = clerk.page
    Session.objects.all().delete()
    _say(page, "登录过期时写的")
    _is(page, _EXPIRED)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="重新登录").first.click()
    door = opened.value
    door.get_by_label("用户名").fill("ent1")
    door.get_by_label("密码", exact=True).fill(PASSWORD)
    door.get_by_role("button", name="登录", exact=True).click()
    door.wait_for_url("**/e/**")
    door.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    _is(page, _SAVED)
    assert _entry(case, _FIRST).reason == "登录过期时写的"


def test_two_editors_choose_between_both_versions(arrive: Arrive, browser: Browser, case: str) -> None:
    """The slower one sees both versions side by side and keeps one of them; nobody's text vanishes unseen."""
    first = arrive("ent1").open(_item(case, _FIRST))
    second = Person.arrives(browser, first.page.url.split("/e/")[0]).sign_in("ent1", PASSWORD)
    second.open(_item(case, _FIRST))
    _say(first.page, "甲写的说明")
    _is(first.page, _SAVED)
    _say(second.page, "乙写的说明")
    _is(second.page, _CONFLICT)
    panel = second.page.locator("[data-problems=item-form]")
    expect(panel).to_contain_text("甲写的说明")
    expect(panel).to_contain_text("乙写的说明")
    second.finds_no_barrier()
    panel.get_by_role("button", name="保留我的").click()
    _is(second.page, _SAVED)
    assert _entry(case, _FIRST).reason == "乙写的说明"
    _say(first.page, "甲又改了")
    _is(first.page, _CONFLICT)
    first.page.get_by_role("link", name="放弃我的").click()
    expect(first.page.get_by_label("自评说明")).to_have_value("乙写的说明")
    assert _entry(case, _FIRST).reason == "乙写的说明"
    for person in (first, second):
        person.was_refused(409)
    assert not second.faults
    second.page.context.close()


def test_without_scripts_fill_save_and_submit(browser: Browser, live_server: Any) -> None:
    """Plain forms are enough: an item is saved, found in the tree, and a complete draft is handed in."""
    with transaction.atomic():
        case = scenes.filled_application(scenes.build(prerequisite_required=False), 3)
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        locale="zh-CN",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill("ent1")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.goto(_item(case, _FIRST))
    _say(page, "不用脚本也能保存")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_label("自评说明")).to_have_value("不用脚本也能保存")
    assert _entry(case, _FIRST).reason == "不用脚本也能保存"
    page.get_by_role("searchbox", name="按编号或名称查找指标").fill("J1-02")
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".gf-tree a")).to_have_count(1)
    page.goto(f"/e/applications/{case}/check/")
    page.get_by_label("我已阅读并代表本单位作出以上承诺").check()
    page.get_by_label("法定代表人姓名").fill("周敏")
    page.get_by_role("button", name="提交申报").click()
    expect(page.locator("main")).to_contain_text("回执号")
    context.close()


def test_the_last_hour_is_counted_down_by_the_second(arrive: Arrive) -> None:
    """Minutes and seconds by the server's clock, in the colour of urgency, on the page where one hands in."""
    closes_at = Moment.of(timezone.now()).at + timedelta(minutes=50)
    with transaction.atomic():
        case = scenes.draft_application(scenes.build(prerequisite_required=False, closes_at=closes_at), 1)
    page = arrive("ent1").open(f"/e/applications/{case}/check/").page
    left = page.locator("#closing [data-left]")
    expect(left).to_have_text(re.compile(r"^还剩 4\d 分 \d+ 秒$"))
    before = left.inner_text()
    expect(left).not_to_have_text(before)
    expect(page.locator("#closing .clock")).to_have_class(re.compile("clock-urgent"))
