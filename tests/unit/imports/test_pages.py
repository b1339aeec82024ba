"""Pages of importing, exporting and long work: what they show, who is let in, and every refusal as a page."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.documents.services import exporting
from apps.jobs import services as jobs
from apps.jobs.models import Job
from tests import worlds
from tests.portals.scenes import signed_in
from tests.unit.imports import books
from tests.unit.imports.conftest import Desk
from tests.unit.imports.test_bad_files import row


def upload(client: Client, content: bytes, name: str = "企业.xlsx", kind: str = "enterprises") -> Any:
    return client.post(reverse("new_import", args=[kind]), {"file": SimpleUploadedFile(name, content)})


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_from_the_upload_to_the_register(city: Desk) -> None:
    client = signed_in(city.actor)
    assert "导入企业名录" in text(client.get(reverse("imports")))
    assert "下载 2026 版模板" in text(client.get(reverse("new_import", args=["enterprises"])))
    sample = client.get(reverse("import_template", args=["enterprises"]) + "?sample=1")
    assert sample["Content-Disposition"].startswith("attachment")
    answer = upload(client, sample.content)
    assert answer.status_code == 302
    page = answer["Location"]
    shown = text(client.get(page))
    assert "正在逐行检查" in shown
    assert 'hx-trigger="every 2s"' in shown
    city.work()
    shown = text(client.get(page))
    assert "检查通过，待您确认" in shown
    assert "确认导入 1 行" in shown
    assert client.get(page + "confirm/").status_code == 405
    assert client.post(page + "confirm/").status_code == 302
    city.work()
    assert "新增企业 1 家" in text(client.get(page))
    assert client.post(page + "confirm/").status_code == 409
    assert client.post(page + "discard/").status_code == 409
    again = upload(client, sample.content)
    assert again.status_code == 422
    assert "该文件已于" in text(again)


def test_findings_on_the_page_and_in_the_copy(city: Desk) -> None:
    client = signed_in(city.actor)
    page = upload(client, books.filled("enterprises", [row(0, uscc="12<b>"), row(1)]))["Location"]
    city.work()
    shown = text(client.get(page))
    assert "有 1 处须更正，尚未导入任何数据" in shown
    assert "12&lt;b&gt;" in shown
    assert "<b>" + "12" not in shown
    copy = client.get(page + "marked.xlsx")
    assert copy["Content-Disposition"].startswith("attachment")
    assert (
        openpyxl.load_workbook(io.BytesIO(b"".join(copy.streaming_content)))["问题清单"]["B2"].value == "B3"
    )
    assert client.post(page + "discard/").status_code == 302
    assert client.get(page + "marked.xlsx").status_code == 404


def test_refusals_keep_what_was_typed(city: Desk) -> None:
    client = signed_in(city.actor)
    answer = client.post(reverse("new_import", args=["enterprises"]), {})
    assert answer.status_code == 422
    assert "请选择要导入的文件" in text(answer)
    both = text(client.post(reverse("new_import", args=["calendar"]), {"source": ""}))
    assert "请填写依据" in both
    assert "请选择要导入的文件" in both
    forgotten = text(
        client.post(
            reverse("new_import", args=["calendar"]),
            {"source": "", "file": SimpleUploadedFile("放假安排.xlsx", b"x")},
        )
    )
    assert "“放假安排.xlsx”没有保存，更正后请重新选择。" in forgotten
    answer = client.post(
        reverse("new_import", args=["lists"]),
        {"kind": "provincial", "title": "某名单", "file": SimpleUploadedFile("a.xlsx", b"x")},
    )
    assert answer.status_code == 422
    assert 'value="某名单"' in text(answer)
    assert "请填写名单的来源文号" in text(answer)
    answer = upload(client, b"MZ", name="a.exe")
    assert answer.status_code == 422
    assert "不支持 .exe 文件" in text(answer)


def test_who_is_let_in(city: Desk, district: Desk) -> None:
    page = upload(signed_in(city.actor), books.filled("enterprises", [row(0)]))["Location"]
    other = signed_in(district.actor)
    for path in ("", "confirm/", "discard/", "marked.xlsx"):
        ask = other.get if path in {"", "marked.xlsx"} else other.post
        assert ask(page + path).status_code == 404
    assert other.get(reverse("new_import", args=["titles"])).status_code == 404
    assert other.get(reverse("import_template", args=["nothing"])).status_code == 404
    signer = signed_in(worlds.district_staff(city.clock, worlds.WUZHONG).signer)
    assert signer.get(reverse("new_import", args=["enterprises"])).status_code == 403
    assert signer.get(reverse("import_template", args=["enterprises"])).status_code == 403
    enterprise = signed_in(worlds.enterprise(city.clock, 3))
    assert enterprise.get(reverse("imports")).status_code == 403
    assert Client().get(reverse("imports")).status_code == 302


def test_a_long_list_becomes_a_job(city: Desk, district: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    city.imported(books.filled("enterprises", [row(n, name=f"=昆山{n}号有限公司") for n in range(5)]))
    client = signed_in(city.actor)
    address = reverse("export_list", args=["enterprises"])
    short = client.get(address + "?district=320583&q=昆山")
    assert short.status_code == 200
    monkeypatch.setattr(exporting, "AT_ONCE", 3)
    page = client.get(address + "?district=320583")
    assert "共 5 行，在后台生成" in text(page)
    enter(city.actor)
    before = Job.objects.count()
    assert client.get(address).status_code == 200
    assert Job.objects.count() == before, "looking starts nothing"
    answer = client.post(address, {"district": "320583"})
    assert answer.status_code == 302
    city.work()
    made = client.get(answer["Location"] + "file/")
    content = b"".join(made.streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    other = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    rows = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=4, max_row=8)]
    assert [line[:4] for line in rows] == [line[:4] for line in other[3:8]]
    assert rows[0][1] == "'=昆山0号有限公司"
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    enter(Actor.system())
    assert AuditEvent.objects.filter(event="document.export", after__rows=5).count() == 2
    assert signed_in(district.actor).get(answer["Location"] + "file/").status_code == 404


@pytest.mark.parametrize("kind", ["enterprises", "titles", "applications", "experts", "obligations"])
def test_every_list_goes_out_and_only_to_the_bureaus(city: Desk, kind: str) -> None:
    worlds.expert(city.clock, 1)
    address = reverse("export_list", args=[kind])
    answer = signed_in(city.actor).get(address)
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet["A3"].value == "序号"
    assert sheet.freeze_panes == "A4"
    assert signed_in(worlds.enterprise(city.clock, 3)).get(address).status_code == 403
    assert Client().get(address).status_code == 302
    assert signed_in(city.actor).get(reverse("export_list", args=["users"])).status_code == 404


def test_my_jobs_are_listed_and_can_be_stopped(city: Desk, district: Desk) -> None:
    client = signed_in(city.actor)
    upload(client, books.filled("enterprises", [row(0)]))
    enter(city.actor)
    job = Job.objects.get().public_id
    shown = text(client.get(reverse("jobs")))
    assert "检查导入文件" in shown
    assert reverse("cancel_job", args=[job]) in shown
    other = signed_in(district.actor)
    assert "没有后台任务" in text(other.get(reverse("jobs")))
    assert other.post(reverse("cancel_job", args=[job])).status_code == 404
    assert client.get(reverse("cancel_job", args=[job])).status_code == 405
    assert client.post(reverse("cancel_job", args=[job])).status_code == 302
    assert "已取消" in text(client.get(reverse("job", args=[job])))
    assert client.post(reverse("cancel_job", args=[job])).status_code == 409
    assert jobs.run_due(clock=city.clock, keep_lease=False) == 0
