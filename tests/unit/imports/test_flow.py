"""From the template to the register: findings with their place, the marked copy, dry run, all or nothing, only once."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from python_calamine import CalamineWorkbook

from apps.accounts import selectors as accounts
from apps.accounts.models import Enterprise
from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.documents import selectors, services, storage
from apps.documents.imports.reading import WorkbookRefused
from apps.documents.models import ImportBatch
from apps.documents.selectors import ImportFile
from apps.jobs import services as jobs
from apps.jobs.models import Job
from apps.jobs.services import running
from tests import worlds
from tests.unit.imports import books
from tests.unit.imports.conftest import Desk
from tests.unit.imports.test_bad_files import row
from tests.worlds import credit_code

_PHONE = re.compile(r"1[3-9][0-9]{9}")


def enterprises() -> int:
    enter(Actor.system())
    return Enterprise.objects.count()


def said(found: ImportFile) -> list[tuple[str, str]]:
    return [(one["cell"], one["reason"]) for one in found.findings if one["error"]]


def marked(desk: Desk, public_id: str) -> bytes:
    enter(desk.actor)
    return services.marked_copy(actor=desk.actor, public_id=public_id).path.read_bytes()


def test_template_filled_in_becomes_rows(city: Desk) -> None:
    found = city.checked(books.filled("enterprises", [row(0), row(1)]))
    assert (found.row.state, found.row.rows, found.row.faults) == ("ready", 2, 0)
    assert [line["effect"] for line in found.preview] == ["新增", "新增"]
    assert enterprises() == 0, "the rehearsal wrote nothing"
    with connection.cursor() as cursor:
        cursor.execute("select preview::text || findings::text from documents_importbatch")
        kept_text = cursor.fetchone()[0]
    phone = next(cell for cell in found.preview[0]["cells"] if _PHONE.fullmatch(cell))
    assert phone not in kept_text, "cells are sealed while the import waits"
    assert not AuditEvent.objects.filter(event="enterprise.take_over").exists()
    done = city.confirm(found.row.public_id)
    assert (done.row.state, done.changes, done.row.summary) == (
        "applied",
        2,
        "新增企业 2 家，已登记未变更 0 家。",
    )
    assert enterprises() == 2
    enter(Actor.system())
    event = AuditEvent.objects.get(event="enterprise.take_over")
    assert event.after["source"] == found.row.public_id
    assert sorted(event.after["created"]) == sorted([credit_code(500), credit_code(501)])
    kept = ImportBatch.objects.get(public_id=found.row.public_id)
    assert (kept.preview, kept.findings) == ({}, []), "what was shown is not kept"


def test_every_finding_names_cell_value_reason_and_remedy(city: Desk) -> None:
    content = books.filled(
        "enterprises",
        [
            row(0, uscc="9132058312345"),
            row(1, district="杭州市"),
            row(2, phone="12345"),
            row(3, name="", industry="9999"),
            row(4),
        ],
    )
    found = city.checked(content)
    assert (found.row.state, found.row.faults) == ("faulty", 5)
    assert said(found) == [
        ("B3", "统一社会信用代码应为 18 位，当前 13 位。"),
        ("C4", "属地“杭州市”不在允许的填法之内。"),
        ("H5", "请输入 11 位手机号，或带区号的固定电话（如 0512-12345678）。"),
        ("A6", "企业名称未填写。"),
        ("D6", "不是制造业四位行业代码（GB/T 4754-2017）。"),
    ]
    first = found.findings[0]
    assert (first["value"], first["remedy"]) == ("9132058312345", "请核对统一社会信用代码。")
    with pytest.raises(WrongStep):
        city.confirm(found.row.public_id)
    assert enterprises() == 0, "one bad line and nothing is imported"


def test_the_marked_copy_is_mended_and_goes_through(city: Desk) -> None:
    found = city.checked(books.filled("enterprises", [row(0), row(1, uscc="123", phone="5")]))
    copy = marked(city, found.row.public_id)
    book = openpyxl.load_workbook(io.BytesIO(copy))
    sheet = book["企业名录"]
    assert sheet["B4"].fill.fgColor.rgb == "FFFFD6D6"
    assert "应为 18 位" in sheet["B4"].comment.text
    assert sheet["B3"].comment is None
    assert sheet["B3"].value == credit_code(500)
    assert sheet["H3"].value == "13800000001"
    _printable(book)
    assert sheet.print_title_rows == "$1:$2"
    listed = [[cell.value for cell in line] for line in book["问题清单"].iter_rows(min_row=2)]
    assert listed[0][1] == "B4"
    assert listed[0][5] == "须更正"
    sheet["B4"], sheet["H4"] = credit_code(501), "13800000002"
    again = city.checked(books.saved(book), name="企业（更正）.xlsx")
    assert (again.row.state, again.row.rows) == ("ready", 2), said(again)
    assert not [one for one in again.findings if "模板" in one["reason"]], (
        "the copy bears the key of the template"
    )


def test_two_libraries_read_the_same_values_from_the_marked_copy(city: Desk) -> None:
    found = city.checked(books.filled("enterprises", [row(0, name="=1+1", uscc="1"), row(1)]))
    copy = marked(city, found.row.public_id)
    one = [
        [cell.value for cell in line]
        for line in openpyxl.load_workbook(io.BytesIO(copy))["企业名录"].iter_rows()
    ]
    other = CalamineWorkbook.from_filelike(io.BytesIO(copy)).get_sheet_by_name("企业名录").to_python()
    assert [[value or "" for value in line] for line in one] == other
    assert one[2][0] == "'=1+1"
    assert all(
        cell.data_type != "f"
        for line in openpyxl.load_workbook(io.BytesIO(copy))["企业名录"].iter_rows()
        for cell in line
    )


def test_formulas_errors_and_missing_heads_are_named(city: Desk) -> None:
    def edit(book: Any) -> None:
        sheet = book["企业名录"]
        sheet["D3"] = "=2650+1"
        sheet["E4"] = "#REF!"
        sheet["E4"].data_type = "e"

    found = city.checked(books.edited(books.filled("enterprises", [row(0), row(1)]), edit))
    assert ("D3", "D3 为公式，请粘贴为数值。") in said(found)
    assert ("E4", "E4 是错误值。") in said(found)

    def without_phone(book: Any) -> None:
        book["企业名录"].delete_cols(8)

    found = city.checked(books.edited(books.filled("enterprises", [row(0)]), without_phone))
    assert said(found) == [("第 2 行", "“企业名录”表第 2 行缺少列“联系电话”。")]

    def twice(book: Any) -> None:
        book["企业名录"]["P2"] = "企业名称"

    found = city.checked(books.edited(books.filled("enterprises", [row(0)]), twice))
    assert said(found) == [("P2", "列“企业名称”出现两次。")]


def test_merged_heads_are_named(city: Desk) -> None:
    def merge(book: Any) -> None:
        book["企业名录"].merge_cells("N2:O2")

    found = city.checked(books.edited(books.filled("enterprises", [row(0)]), merge))
    assert said(found) == [("第 2 行", "表头区域 N2:O2 有合并单元格。")]


def test_what_is_hidden_is_said(city: Desk) -> None:
    def hide(book: Any) -> None:
        sheet = book["企业名录"]
        sheet.row_dimensions[4].hidden = True
        sheet.column_dimensions["H"].hidden = True
        book.create_sheet("旧名单").sheet_state = "hidden"

    found = city.checked(books.edited(books.filled("enterprises", [row(0), row(1)]), hide))
    assert found.row.state == "ready", "hidden lines are read like the others"
    notes = [one["reason"] for one in found.findings if not one["error"]]
    assert "第 4 行被隐藏（共 1 行），同样会导入。" in notes
    assert "H 列“联系电话”被隐藏，同样会导入。" in notes
    assert "工作表“旧名单”被隐藏。" in notes


def test_heads_are_found_by_name_in_any_order_and_spelling(city: Desk) -> None:
    values = dict(
        zip(
            ("name", "uscc", "district", "industry", "site", "legal", "contact", "phone"),
            row(7),
            strict=False,
        )
    )
    content = books.plain(
        [
            ["昆山企业台账"],
            [],
            [
                "序号",
                "单位名称",
                "所在地区",
                "信用代码",
                "国民经济行业代码",
                "生产地址",
                "法人",
                "联系人 ",
                "手机＊",
                "其他",
            ],
            [
                1,
                values["name"],
                "昆山",
                f"'{values['uscc']}\u00a0\n",
                2651,
                values["site"],
                "周敏",
                "沈洁",
                13800000001,
                "x",
            ],
            ["说明：以上数据截至去年底。"],
        ]
    )
    found = city.imported(content)
    assert found.changes == 1
    notes = enterprises_named(city, str(values["name"]))
    assert (notes.uscc, notes.industry_code, notes.contact_phone) == (values["uscc"], "2651", "13800000001")


def enterprises_named(desk: Desk, name: str) -> accounts.EnterpriseFile:
    enter(desk.actor)
    identity = accounts.identified(actor=desk.actor, names=[name])[0]
    return accounts.enterprise_file(actor=desk.actor, public_id=identity.public_id)


def test_digits_lost_by_the_program_are_noticed(city: Desk) -> None:
    def as_number(book: Any) -> None:
        book["企业名录"]["B3"] = 913205830000000023
        book["企业名录"]["B3"].number_format = "0"

    found = city.checked(books.edited(books.filled("enterprises", [row(0)]), as_number))
    assert said(found) == [("B3", "统一社会信用代码按数字存放，已丢失末几位。")]


def test_doubles_in_the_file_and_in_the_register(city: Desk, district: Desk) -> None:
    found = city.checked(books.filled("enterprises", [row(0), row(1), row(0)]))
    assert said(found) == [("B5", "第 3、5 行的统一社会信用代码重复。")]
    city.imported(books.filled("enterprises", [row(0)]))
    again = city.imported(books.filled("enterprises", [row(0), row(2)]))
    assert (again.changes, again.row.summary) == (1, "新增企业 1 家，已登记未变更 1 家。")
    other = city.checked(books.filled("enterprises", [row(0, name="另一个名称有限公司")]))
    assert said(other) == [("A3", "该信用代码已登记为另一名称。更名请由企业办理名称变更，或更正本行名称。")]
    elsewhere = district.checked(books.filled("enterprises", [row(8, district="吴中区")]))
    assert said(elsewhere) == [("C3", "该企业不属于本区，请由所在属地或市局导入。")]


def test_the_same_file_twice(city: Desk, district: Desk) -> None:
    content = books.filled("enterprises", [row(0)])
    first = city.send(content)
    second = city.send(content, name="改了名.xlsx")
    assert (second.public_id, second.already) == (first.public_id, True)
    city.work()
    city.confirm(first.public_id)
    for desk in (city, district):
        with pytest.raises(WorkbookRefused) as refusal:
            desk.send(content)
        assert refusal.value.rule == "X11"
        assert "该文件已于 2026-11-22 10:00 由沈卫东导入" in refusal.value.message


def test_an_import_belongs_to_the_person_who_sent_it(city: Desk, district: Desk) -> None:
    public_id = city.send(books.filled("enterprises", [row(0)])).public_id
    with pytest.raises(NotVisible):
        district.look(public_id)
    enter(district.actor)
    for act in (services.confirm_import, services.discard_import):
        with pytest.raises(NotVisible):
            act(actor=district.actor, clock=district.clock, public_id=public_id)
    assert ImportBatch.objects.count() == 0, "behind the wall, too"
    with pytest.raises(NotVisible):
        district.send(books.filled("titles", []), kind="titles")
    signer = Desk(worlds.district_staff(city.clock, worlds.WUZHONG).signer, city.clock)
    with pytest.raises(Forbidden):
        signer.send(books.filled("enterprises", [row(0)]))


def test_what_changed_between_preview_and_confirmation_undoes_everything(city: Desk) -> None:
    found = city.checked(books.filled("enterprises", [row(0), row(1)]))
    city.imported(books.filled("enterprises", [row(1, name="抢先登记有限公司")]))
    later = city.confirm(found.row.public_id)
    assert later.row.state == "faulty"
    assert said(later)[0][0] == "A4"
    assert enterprises() == 1, "all or nothing"
    assert later.has_marked_copy


def test_a_file_changed_on_the_disk_is_not_imported(city: Desk) -> None:
    found = city.checked(books.filled("enterprises", [row(0)]))
    enter(Actor.system())
    stored = ImportBatch.objects.get(public_id=found.row.public_id).stored_name
    storage.full_path(stored).write_bytes(books.filled("enterprises", [row(3)]))
    later = city.confirm(found.row.public_id)
    assert later.row.state == "ready"
    assert "与上传时不一致" in later.error
    assert enterprises() == 0


def test_given_up_and_gone(city: Desk, django_capture_on_commit_callbacks: Any) -> None:
    found = city.checked(books.filled("enterprises", [row(0, uscc="1")]))
    folder = storage.full_path("imports")
    assert sum(path.is_file() for path in folder.rglob("*")) == 2
    with django_capture_on_commit_callbacks(execute=True):
        services.discard_import(actor=city.actor, clock=city.clock, public_id=found.row.public_id)
    assert not [path for path in folder.rglob("*") if path.is_file()]
    assert city.look(found.row.public_id).row.state == "discarded"
    with pytest.raises(NotVisible):
        services.marked_copy(actor=city.actor, public_id=found.row.public_id)


def test_uploads_are_not_kept_for_ever(city: Desk) -> None:
    waiting = city.checked(books.filled("enterprises", [row(0)])).row.public_id
    applied = city.imported(books.filled("enterprises", [row(1)])).row.public_id
    folder = storage.full_path("imports")
    city.clock.set(city.clock.now().plus(timedelta(days=8)))
    assert services.sweep_imports(clock=city.clock) == 1
    assert city.look(waiting).row.state == "expired"
    assert city.look(applied).row.state == "applied"
    city.clock.set(city.clock.now().plus(timedelta(days=30)))
    services.sweep_imports(clock=city.clock)
    assert not [path for path in folder.rglob("*") if path.is_file()]
    assert services.sweep_imports(clock=city.clock) == 0


def test_a_dead_worker_leaves_nothing_hanging(city: Desk) -> None:
    """The worker dies in every attempt: the upload is told to be sent again; a confirmation can be repeated."""
    public_id = city.send(books.filled("enterprises", [row(0)])).public_id
    _die(city)
    assert services.sweep_imports(clock=city.clock) == 1
    found = city.look(public_id)
    assert (found.row.state, found.error) == ("unreadable", "检查没有完成，请重新上传。")
    found = city.checked(books.filled("enterprises", [row(0)]), name="又.xlsx")
    services.confirm_import(actor=city.actor, clock=city.clock, public_id=found.row.public_id)
    _die(city)
    services.sweep_imports(clock=city.clock)
    found = city.look(found.row.public_id)
    assert (found.row.state, enterprises()) == ("ready", 0)
    assert city.confirm(found.row.public_id).row.state == "applied"


def _die(desk: Desk) -> None:
    for _ in range(3):
        enter(Actor.system())
        assert running._lease(desk.clock) is not None
        desk.clock.set(desk.clock.now().plus(timedelta(minutes=3)))
    jobs.run_due(clock=desk.clock, keep_lease=False)
    assert Job.objects.order_by("-id")[0].state == "failed"


def test_samples_of_every_import_are_templates_that_read_back(city: Desk) -> None:
    for importer in selectors.importers_for(actor=city.actor):
        made = services.import_template(actor=_of_duty(city, importer.code), kind=importer.code, sample=True)
        assert made.name.endswith("（2026版）.xlsx")
        book = openpyxl.load_workbook(io.BytesIO(made.content))
        assert book["_gf"].sheet_state == "veryHidden"
        assert book.defined_names["GF_TEMPLATE"].attr_text == "'_gf'!$A$1"
        assert book[importer.main.name].freeze_panes == "A3"
        if importer.samples:
            assert book[importer.main.name]["A3"].value
        _printable(book)


def _printable(book: Any) -> None:
    for sheet in book:
        if sheet.sheet_state == "visible":
            assert int(sheet.page_setup.paperSize) == 9, sheet.title
            assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
            assert "&P" in sheet.oddFooter.center.text, sheet.title


def _of_duty(city: Desk, code: str) -> Actor:
    del code
    return city.actor


def test_an_enterprise_taken_over_is_claimed_by_registering_it(city: Desk) -> None:
    """It has no account until then; the district confirms as for any other; a second one cannot claim it."""
    city.imported(books.filled("enterprises", [row(0, uscc=credit_code(0))]))
    public_id = enterprises_named(city, "昆山测试0号有限公司").public_id
    actor = worlds.enterprise(city.clock, 0)
    claimed = worlds.enterprise_row(actor)
    assert (claimed.public_id, claimed.state, claimed.contact_phone) == (
        public_id,
        "registered",
        "13800000000",
    )
    with pytest.raises(Invalid) as refusal:
        worlds.enterprise(city.clock, 0)
    assert "该企业已有账户" in refusal.value.message
