"""A return for correction in the browser: only the named parts open, and both sides read what was changed."""

from __future__ import annotations

import pytest
from django.db import transaction
from playwright.sync_api import expect

from apps.applications.services import ReturnItem
from tests.e2e.people import Arrive
from tests.portals import scenes

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.rule("R-14"),
    pytest.mark.django_db(transaction=True),
]
_NAMED, _OTHER = "J1-05", "J1-06"


def test_only_what_was_returned_opens_and_both_sides_see_the_change(arrive: Arrive) -> None:
    """Reasons and deadline on top, the rest locked; after handing in again the same comparison on both sides."""
    items = [
        ReturnItem("item", "节材材料清单未盖章", "补充盖章清单并核对选项", _NAMED),
        ReturnItem("report", "缺少主要设备", "补写主要设备", "overview"),
    ]
    with transaction.atomic():
        case = scenes.returned_application(scenes.build(prerequisite_required=False), items, 2)
    here = f"/e/applications/{case}/"
    clerk = arrive("ent1").open(f"{here}supplement/")
    clerk.sees("main", "共退回 2 项", "节材材料清单未盖章", "补充盖章清单并核对选项", "逾期视为撤回申报")
    page = clerk.page
    expect(page.locator("[data-deadline]").first).to_be_visible()
    clerk.open(f"{here}evaluate/?item={_OTHER}").sees("main", "本项只读")
    expect(page.locator("#item-form input[type=radio]").first).to_be_disabled()
    clerk.open(f"{here}profile/")
    expect(page.locator("[name=factory_name]")).to_have_attribute("readonly", "")
    clerk.open(f"{here}evaluate/?item={_NAMED}").sees("main", "退回补正", "节材材料清单未盖章")
    page.locator("#item-form input[type=radio]").last.check()
    page.get_by_label("自评说明").fill("已核对，清单见附件。")
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    page.goto(f"{here}report/?section=overview")
    page.get_by_label("正文").fill("主要设备：挤出机 6 台、空压机 3 台。")
    clerk.press("保存")
    clerk.open(f"{here}supplement/")
    for number, answer in enumerate(("已更正选项。", "已补写主要设备。")):
        page.get_by_label("补正说明").nth(number).fill(answer)
        with page.expect_navigation():
            page.get_by_role("button", name="保存说明").nth(number).click()
    page.get_by_label("我已阅读并代表本单位作出以上承诺").check()
    clerk.press("重新提交").sees("main", "补正已提交")
    for person, path in ((clerk, here), (arrive("d320583h"), f"/d/applications/{case}/")):
        person.open(path).sees("#changed", "第 1 次补正改了什么", _NAMED, "挤出机 6 台")
        person.finds_no_barrier()
