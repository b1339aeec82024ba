"""A factory's whole way: registered, confirmed, 97 items typed with a lost network in between, handed in, report printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Locator, Page, expect

from apps.core.moment import DatabaseClock
from apps.jobs.services import run_due
from tests.e2e import steps
from tests.e2e.conftest import PASSWORD
from tests.e2e.people import PHONE, Arrive, Person
from tests.portals import scenes
from tests.unit.applications.scenes import PROFILE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.rule("R-01", "R-12"),
    pytest.mark.django_db(transaction=True),
]

_SAMPLE = "energy-statistics-sample.pdf"
_ITEMS, _LOST_AT, _ON_A_PHONE_FROM = 97, 30, 80
_SMALLEST_REPORT = 20_000


def test_from_the_registration_to_the_printed_report(arrive: Arrive) -> None:
    """The district confirms; everything is typed into the real pages; what is typed without a network is not lost."""
    with transaction.atomic():
        scenes.build(prerequisite_required=False)
    factory = arrive("")
    _registers(factory)
    steps.confirmed_by_the_district(arrive(steps.DISTRICT_HANDLER))
    factory.open("/e/").sees("main", "开始")
    steps.begin_a_draft(factory, level=1)
    case = factory.page.url.split("/applications/")[1].split("/")[0]
    here = f"/e/applications/{case}/"
    _tells_about_itself(factory, here)
    _fills_the_items(factory, here)
    _writes_the_report(factory, here)
    _hands_in(factory, here)
    _prints(factory, here)


# ---------------------------------------------------------------------- steps
def _registers(factory: Person) -> None:
    """Register and see that the district has to confirm (mistakes of the form have a test of their own)."""
    steps.register(factory.open("/register/"))
    factory.sees("main", "注册已提交", steps.COMPANY)
    factory.sign_in(steps.FIRST_USER, PASSWORD).sees("main", "待属地核实")


def _tells_about_itself(factory: Person, here: str) -> None:
    """Fill in what the registration did not know yet, and answer the basic requirements."""
    page = factory.open(f"{here}profile/").page
    for name, value in PROFILE.items():
        field = page.locator(f"main [name={name}]")
        if field.evaluate("box => box.tagName") == "SELECT":
            field.select_option(value)
        elif not field.input_value():
            field.fill(value)
    factory.press("保存，下一步").sees("main", "一票否决")
    for yes in page.locator("main input[type=radio][value=yes]").all():
        yes.check()
    factory.press("保存，下一步").sees("main", "评分规则")


def _fills_the_items(factory: Person, here: str) -> None:
    """Type the year's figures once, then answer item after item by keyboard; the network goes and comes back."""
    page = factory.open(f"{here}measurements/").page
    for box in page.locator("#figures-form .grid-3 input").all():
        if not box.input_value():
            box.fill("100" if box.get_attribute("inputmode") == "decimal" else "t")
    for row in page.locator("#figures-form tbody tr:first-child").all():
        name, *rest = row.locator("input").all()
        name.fill("化学需氧量")
        for box in rest:
            box.fill("100" if box.get_attribute("inputmode") == "decimal" else "t")
    factory.press("保存年度数据")
    factory.open(f"{here}evaluate/?item=J1-01")
    codes = page.locator(".gf-tree a b").all_text_contents()
    assert len(codes) == _ITEMS
    for number, code in enumerate(codes):
        expect(page.locator("#it .cd")).to_have_text(code)
        if number == _ON_A_PHONE_FROM:
            page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        _answers(page)
        if number == _LOST_AT:
            _loses_the_network(factory, code)
        page.get_by_label("自评说明").focus()
        page.keyboard.press("Control+Enter")
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    # Moving on while the right column is still being fetched breaks that request off.
    factory.faults = [fault for fault in factory.faults if "htmx:" not in fault]
    page.set_viewport_size({"width": 1440, "height": 960})
    page.reload()
    expect(page.locator("#tree-done")).to_have_text(f"{_ITEMS} / {_ITEMS} 项完成")


def _answers(page: Page) -> None:
    """Answer the open item: the first choice, the figure asked for, or a claim with its document."""
    form = page.locator("#item-form")
    for name in ("met", "option", "selected"):
        _chooses(page, form.locator(f"input[name={name}]"))
    claim = form.locator("input[name=claimed_ratio]")
    if claim.count():
        _chooses(page, claim)
        page.locator("#id_files").set_input_files(
            Path(settings.BASE_DIR) / "fixtures" / "demo_evidence" / _SAMPLE
        )
        expect(page.locator("#uses")).to_contain_text(_SAMPLE)
    for value in form.locator("input[name^='bm.'][name$='.value']").all():
        value.fill("100")
    for source in form.locator("input[name^='bm.'][name$='.source']").all():
        source.fill("出让合同")


def _chooses(page: Page, choices: Locator) -> None:
    if choices.count():
        choices.first.focus()
        page.keyboard.press("Space")


def _loses_the_network(factory: Person, code: str) -> None:
    """What is typed offline stays, the page does not move on, and it is saved when the network is back."""
    page = factory.page
    page.context.set_offline(True)
    page.get_by_label("自评说明").fill("断网时写的一句话")
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "offline")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#it .cd")).to_have_text(code)
    page.context.set_offline(False)
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    page.reload()
    expect(page.get_by_label("自评说明")).to_have_value("断网时写的一句话")
    factory.faults = [fault for fault in factory.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def _writes_the_report(factory: Person, here: str) -> None:
    """Take over the text made from the data, section by section, or write one."""
    page = factory.open(f"{here}report/").page
    for number in range(len(page.locator("#toc a").all())):
        page.locator("#toc a").nth(number).click()
        text = page.get_by_label("正文")
        if page.get_by_role("button", name="采用这段文字").count():
            factory.press("采用这段文字")
            expect(text).not_to_have_value("")
        else:
            text.fill("情况属实，数据来自统计报表和检测报告。")
            factory.press("保存")
    factory.open(f"{here}report/").sees("#toc", "9/9 节")


def _hands_in(factory: Person, here: str) -> None:
    """Nothing blocks any more; the declaration leads to the receipt."""
    factory.open(f"{here}check/").sees("main", "可以提交", steps.COMPANY)
    factory.page.get_by_label("我已阅读并代表本单位作出以上承诺").check()
    factory.write("法定代表人姓名", "周敏").press("提交申报")
    factory.sees("main", "申报已提交", "回执号", "内容校验码")


def _prints(factory: Person, here: str) -> None:
    """Have the report made and save it: a PDF with the whole content."""
    page = factory.open(f"{here}report/").page
    factory.press("生成评价报告")
    with transaction.atomic():
        run_due(clock=DatabaseClock(), keep_lease=False)
    page.reload()
    with page.expect_download() as saved:
        page.locator("main").get_by_role("link", name="下载").first.click()
    content = Path(saved.value.path()).read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(content) > _SMALLEST_REPORT
    assert saved.value.suggested_filename.endswith(".pdf")
