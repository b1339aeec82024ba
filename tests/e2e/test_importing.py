"""A bureau's workbook on its way into the register: template, findings, marked copy, correction, confirmation; and numbers."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page

from apps.accounts.models import Enterprise
from apps.core.actor import Actor
from apps.core.moment import DatabaseClock, FixedClock, Moment
from apps.core.scoping import enter
from apps.jobs import services as jobs
from apps.numbering.services import settle_number
from apps.scoring import selectors as scoring
from apps.scoring.selectors.compare import RowView
from tests import worlds
from tests.e2e.people import Arrive, Person
from tests.unit.scoring import scenes as scoring_scenes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SHEET, NAME = "企业名录", "昆山浏览示例有限公司"


@pytest.fixture
def staff() -> worlds.Staff:
    with transaction.atomic():
        return worlds.municipal_staff(FixedClock(Moment.of(timezone.now())))


def test_from_the_template_to_the_register(arrive: Arrive, staff: worlds.Staff, tmp_path: Path) -> None:
    handler = arrive("city_handler")
    handler.open("/imports/").finds_no_barrier().on_a_phone("imports")
    handler.open("/imports/new/enterprises/").finds_no_barrier().on_a_phone("new-import")
    path = _downloaded(handler.page, "下载填写示例", tmp_path / "企业台账.xlsx")
    book = openpyxl.load_workbook(path)
    book[SHEET]["A3"], book[SHEET]["B3"] = NAME, "91320583"
    book.save(path)
    _sent(handler, path)
    handler.sees("main", "有 1 处须更正，尚未导入任何数据", "统一社会信用代码应为 18 位，当前 8 位")
    handler.finds_no_barrier().on_a_phone("findings")

    marked = _downloaded(handler.page, "下载标注副本", tmp_path / "标注.xlsx")
    book = openpyxl.load_workbook(marked)
    assert "应为 18 位" in book[SHEET]["B3"].comment.text
    book[SHEET]["B3"] = worlds.credit_code(77)
    book.save(marked)
    handler.follow("上传更正后的文件")
    _sent(handler, marked)
    handler.sees("main", "检查通过，待您确认", "新增企业 1 家", NAME).finds_no_barrier().on_a_phone("ready")
    assert not _registered()
    handler.press("确认导入 1 行")
    _work(handler.page)
    handler.sees("main", "已导入", "新增企业 1 家").finds_no_barrier()
    assert _registered()
    handler.open("/jobs/").sees("main", "导入数据", "检查导入文件").finds_no_barrier().on_a_phone("jobs")


def test_a_score_sheet_filled_in_offline(arrive: Arrive, tmp_path: Path) -> None:
    """A district takes its sheet along as a workbook; two cells are wrong, are told by their address, and mended."""
    with transaction.atomic():
        scene = scoring_scenes.build(FixedClock(Moment.of(timezone.now())), experts=0)
        scene.signed_self()
        sheet = scene.open_district().public_id
        [first, second] = _rows(scene, sheet)[:2]
    handler = arrive(f"d{worlds.KUNSHAN}h")
    handler.open(f"/imports/new/score_sheet/?sheet={sheet}").finds_no_barrier().on_a_phone("new-score-sheet")
    path = _downloaded(handler.page, "模板", tmp_path / "评分表.xlsx")
    book = openpyxl.load_workbook(path)
    table = book["评分表"]
    table["F3"], table["F4"] = 99, "很好"
    book.save(path)
    _sent(handler, path)
    handler.sees(
        "main", "有 2 处须更正，尚未导入任何数据", "F3", f"条目 {first.code} 最高", "F4", "评分不是数字"
    )
    handler.finds_no_barrier().on_a_phone("score-sheet-findings")

    marked = _downloaded(handler.page, "下载标注副本", tmp_path / "标注.xlsx")
    book = openpyxl.load_workbook(marked)
    table = book["评分表"]
    assert "填写 99 分" in table["F3"].comment.text
    table["F3"] = table["D3"].value
    table["F4"], table["H4"] = 0, "现场未见实施"
    book.save(marked)
    handler.follow("上传更正后的文件")
    _sent(handler, marked)
    handler.sees("main", "检查通过，待您确认", "现场未见实施")
    with transaction.atomic():
        assert not _rows(scene, sheet)[1].answered, "a check writes nothing"
    handler.page.get_by_role("button", name="确认导入").first.click()
    _work(handler.page)
    handler.sees("main", "已导入", "更新 2 项评分").finds_no_barrier()
    with transaction.atomic():
        kept = {row.code: row.own.points for row in _rows(scene, sheet) if row.answered}
    assert kept == {first.code: first.max_points, second.code: 0}


def _rows(scene: scoring_scenes.Scene, sheet: str) -> list[RowView]:
    enter(scene.district.handler)
    view = scoring.compare_view(actor=scene.district.handler, public_id=sheet)
    return [row for part in view.dimensions for group in part.groups for row in group.rows]


def test_a_number_is_voided_with_its_reason_on_a_phone(arrive: Arrive, staff: worlds.Staff) -> None:
    with transaction.atomic():
        enter(staff.handler)
        moment = DatabaseClock().now()
        for _ in range(2):
            settle_number(
                actor=staff.handler,
                moment=moment,
                text=f"苏工信节能〔{moment.on.year}〕号",
                purpose="公布名单",
                field="number",
            )
    handler = arrive("city_handler")
    handler.open("/numbers/").finds_no_barrier().on_a_phone("numbers")
    handler.follow("苏工信节能")
    handler.page.set_viewport_size({"width": 390, "height": 844})
    handler.page.locator("main summary").first.click()
    handler.finds_no_barrier().press("作废该号").was_refused(422)
    handler.sees("main", "请填写作废原因").finds_no_barrier()
    handler.write("作废原因", "印错一份").press("作废该号")
    handler.sees("main", "印错一份", "下一个号").finds_no_barrier().on_a_phone("voided")


def _downloaded(page: Page, link: str, path: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name=link).first.click()
    download.value.save_as(path)
    return path


def _sent(person: Person, path: Path) -> None:
    person.page.set_input_files("main [name=file]", path)
    person.press("上传并检查")
    _work(person.page)


def _work(page: Page) -> None:
    """Let a worker do what waits, and look again."""
    jobs.run_due(clock=DatabaseClock(), keep_lease=False)
    page.reload()


def _registered() -> bool:
    with transaction.atomic():
        enter(Actor.system())
        return Enterprise.objects.filter(name=NAME).exists()
