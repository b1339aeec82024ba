"""Filings, rounds, lists of the province and the nation, experts, schemes, the working calendar: page by page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts import selectors as accounts
from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.deadlines import selectors as deadlines
from apps.notifications import services as notifications
from apps.review import selectors as review
from apps.review import services as review_services
from apps.scoring import selectors as scoring
from apps.titles import selectors as titles
from tests import worlds
from tests.portals.municipal.desk import Desk, text_of
from tests.unit.evidence.samples import pdf
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.staging import built_once, played


def _build() -> Flow:
    flow = scenes.build(scenes.morning())
    flow.ruled()
    handler = flow.be(flow.district.handler)
    listed = review_services.prepare_filing(actor=handler, clock=flow.clock, round_public_id=flow.round_id)
    review_services.send_filing(actor=flow.be(flow.district.signer), clock=flow.clock, public_id=listed)
    return flow


stage = built_once(_build)
scene = played()


@pytest.fixture
def desk(scene: Flow) -> Desk:
    return Desk(scene)


def _filing(flow: Flow) -> str:
    return review.filings(actor=flow.be(flow.city.handler))[0].public_id


def test_a_filing_is_acknowledged_under_a_number(desk: Desk, scene: Flow) -> None:
    filing = _filing(scene)
    assert "昆山市" in text_of(desk.get("filings"))
    assert desk.get("filing", filing).status_code == 200
    assert desk.post("acknowledge_filing", filing, by=scene.city.leader).status_code == 403
    enter(Actor.system())
    title = titles.titles_of(actor=Actor.system(), enterprise_id=scene.enterprise.enterprise_id)[0]
    before = Client().get(f"/directory/{title.public_id}/")
    assert "已备案" not in before.content.decode()
    assert desk.post("acknowledge_filing", filing, concern="").status_code == 302
    assert scene.state() == "filing_acknowledged"
    assert "BA-2026-0001" in text_of(desk.get("filing", filing))
    # The public record says so from then on; a browser that kept the page is given the new one.
    page = Client().get(f"/directory/{title.public_id}/")
    assert "，已备案" in page.content.decode()
    assert page["ETag"] != before["ETag"]
    assert desk.post("acknowledge_filing", filing).status_code == 409
    assert desk.get("filing", "nosuchfiling0").status_code == 404


def test_a_filing_is_returned_with_a_reason(desk: Desk, scene: Flow) -> None:
    filing = _filing(scene)
    assert desk.post("return_filing", filing, reason="").status_code == 422
    assert desk.post("return_filing", filing, reason="文号缺失。").status_code == 302
    assert scene.state() == "to_file"


ROUND = {
    "code": "2027A",
    "name": "2027 年第一批绿色工厂申报",
    "year": "2027",
    "levels": ["1", "2", "3"],
    "opens_at": "2027-03-01T09:00",
    "closes_at": "2027-04-01T17:00",
    "prerequisite": "no",
}


def test_a_round_is_drafted_by_one_and_announced_by_another(desk: Desk, scene: Flow) -> None:
    assert desk.get("new_round").status_code == 200
    for field, value in (
        ("code", "27A"),
        ("opens_at", ""),
        ("closes_at", "2027-02-01T09:00"),
        ("opens_at", "x"),
    ):
        refused = desk.post("new_round", **{**ROUND, field: value})
        assert refused.status_code == 422, field
        assert 'value="2027 年第一批绿色工厂申报"' in text_of(refused)
    empty = text_of(desk.post("new_round", name="只写了名称"))
    for fault in ("批次号为年份", "请选择受理等级", "请填写开始时间", "请填写截止时间"):
        assert fault in empty, fault
    assert 'value="只写了名称"' in empty
    assert desk.post("new_round", **ROUND).status_code == 302
    moment = scene.clock.now()
    row = next(
        one
        for one in applications.rounds(actor=scene.be(scene.city.handler), moment=moment)
        if one.code == "2027A"
    )
    assert desk.get("revise_round", row.public_id).status_code == 200
    changed = desk.post("revise_round", row.public_id, **{**ROUND, "name": "2027 年第一批"})
    assert changed.status_code == 302
    assert desk.post("announce_round", row.public_id).status_code == 403
    assert desk.post("announce_round", row.public_id, by=scene.city.signer).status_code == 302
    assert desk.post("announce_round", row.public_id, by=scene.city.signer).status_code == 409
    assert desk.post("revise_round", row.public_id, **ROUND).status_code == 409
    early = desk.post("close_round", row.public_id)
    assert early.status_code == 422
    assert "2027 年第一批" in text_of(desk.get("rounds"))
    assert desk.get("round", "nosuchround00").status_code == 404


LIST = {
    "kind": "provincial",
    "title": "2026年度省级绿色工厂名单",
    "document_no": "苏工信节能〔2026〕312号",
    "published_on": "2026-11-20",
}


def test_a_list_is_previewed_imported_once_and_matched_by_hand(desk: Desk, scene: Flow) -> None:
    uscc = scene.case_row().enterprise.uscc
    name = scene.case_row().enterprise.name
    near = name.replace("有限公司", "股份有限公司")
    pasted = f"序号\t企业名称\t统一社会信用代码\n1\t{name}\t{uscc}\n新增，{near}，\n2\t无关机构\t"
    preview = desk.post("new_external", **LIST, rows=pasted, step="preview")
    assert preview.status_code == 200
    page = text_of(preview)
    assert "匹配预览：共 3 行" in page
    assert "信用代码一致" in page
    groups = {one["id"]: one["count"] for one in preview.context["groups"]}
    assert groups == {"near": 1, "matched": 1, "none": 1}
    assert preview.context["groups"][0]["rows"][0]["near"][0] == name
    assert titles.external_lists(actor=scene.be(scene.city.handler)) == []
    rows = f"新增,{name},{uscc}\n新增,苏州无名示例有限公司"
    assert desk.post("new_external", **{**LIST, "title": ""}, rows=rows, step="import").status_code == 422
    assert desk.post("new_external", **LIST, rows="", step="import").status_code == 422
    assert (
        desk.post("new_external", **LIST, rows=rows, step="import", by=scene.city.signer).status_code == 403
    )
    wrong = desk.post("new_external", **LIST, rows="新增,某某公司,91320583MA0000000X", step="import")
    assert wrong.status_code == 422
    assert "第 1 行" in text_of(wrong)
    assert desk.post("new_external", **LIST, rows=rows, step="import").status_code == 302
    assert desk.post("new_external", **LIST, rows=rows, step="import").status_code == 302
    lists = titles.external_lists(actor=scene.be(scene.city.handler))
    assert [row.counts["applied"] for row in lists] == [1]
    public_id = lists[0].public_id
    line = next(
        row
        for row in titles.external_list(actor=scene.be(scene.city.handler), public_id=public_id).lines
        if row.state == "unmatched"
    )
    assert desk.get("external_line", public_id, line.public_id).status_code == 200
    assert desk.get("external_line", public_id, "nosuchline00").status_code == 404
    assert desk.post("dismiss_line", public_id, line.public_id, note="").status_code == 422
    other = scene.row(scene.case)
    scene.be(scene.city.handler)
    neighbour = accounts.enterprise_file(
        actor=scene.city.handler, enterprise_id=scene.neighbour.enterprise_id
    ).public_id
    assert desk.post("match_line", public_id, line.public_id, enterprise="nosuchfirm000").status_code == 404
    assert desk.post("match_line", public_id, line.public_id, enterprise=neighbour).status_code == 302
    assert desk.post("dismiss_line", public_id, line.public_id, note="重复").status_code == 409
    held = titles.titles_of(actor=scene.be(scene.city.handler), enterprise_id=other.enterprise_id)
    assert 4 in {title.level for title in held}


def test_a_long_list_is_previewed_in_part_and_read_page_by_page(desk: Desk, scene: Flow) -> None:
    rows = "\n".join(f"外地第{number}号机构" for number in range(1, 121))
    preview = desk.post("new_external", **LIST, rows=rows, step="preview")
    assert "另有 70 行没有列出" in text_of(preview)
    assert "名称相近的企业只对前" not in text_of(preview)
    longer = "\n".join(f"外地第{number}号机构" for number in range(1, 202))
    assert "只对前 200 行未匹配的名称查找" in text_of(
        desk.post("new_external", **LIST, rows=longer, step="preview")
    )
    assert desk.post("new_external", **LIST, rows=rows, step="import").status_code == 302
    (listed,) = titles.external_lists(actor=scene.be(scene.city.handler))
    last = desk.get("external_list", listed.public_id, page="3")
    assert [line.position for line in last.context["lines"].rows] == list(range(101, 121))
    assert desk.get("external_list", listed.public_id, state="applied").context["lines"].total == 0
    waiting = desk.get("external", page="2")
    assert "共 120 行" in text_of(waiting)
    assert len(waiting.context["unmatched"].rows) == 50
    line = waiting.context["unmatched"].rows[0]
    assert desk.get("external_line", line.list_public_id, line.public_id).status_code == 200


def test_a_list_comes_as_a_spreadsheet_text_in_either_encoding(desk: Desk, scene: Flow) -> None:
    name = scene.case_row().enterprise.name
    for encoding in ("utf-8-sig", "gb18030"):
        upload = SimpleUploadedFile("名单.csv", f"企业名称\n{name}\n".encode(encoding), "text/csv")
        page = desk.post("new_external", **LIST, rows="", file=upload, step="preview")
        assert [(one["id"], one["count"]) for one in page.context["groups"]] == [("matched", 1)]
    upload = SimpleUploadedFile("名单.csv", b"\xff\xfe\xff\x00\x81", "text/csv")
    assert desk.post("new_external", **LIST, rows="", file=upload, step="preview").status_code == 422
    large = SimpleUploadedFile("名单.csv", b"a," * (1024 * 1024 + 1), "text/csv")
    assert desk.post("new_external", **LIST, rows="", file=large, step="preview").status_code == 422


def test_experts_are_added_with_their_ties(desk: Desk, scene: Flow) -> None:
    form = {
        "username": "zj_new",
        "name": "新专家",
        "number": "ZJ0100",
        "title": "教授",
        "employer_name": "示例大学",
        "fields": "能源、环境",
        "industries": "26，39",
        "email": "zj0100@example.invalid",
    }
    assert desk.post("new_expert", **{**form, "email": ""}).status_code == 422
    assert desk.post("new_expert", by=scene.city.leader, **form).status_code == 403
    assert desk.post("new_expert", **form).status_code == 302
    row = next(one for one in accounts.experts(actor=scene.be(scene.city.handler)) if one.number == "ZJ0100")
    assert row.industries == ("26", "39")
    _invited_by_mail(desk, scene, row.public_id)
    assert desk.post("add_link", row.public_id, kind="", organisation="示例").status_code == 422
    assert (
        desk.post(
            "add_link", row.public_id, kind="consultant", organisation="示例", ended_on="昨天"
        ).status_code
        == 422
    )
    tie = {"kind": "consultant", "organisation": "示例材料厂", "uscc": worlds.credit_code(3)}
    assert desk.post("add_link", row.public_id, **tie).status_code == 302
    assert "示例材料厂" in text_of(desk.get("expert", row.public_id))
    assert "新专家" in text_of(desk.get("experts", q="新专"))
    assert desk.get("expert", "nosuchexpert0").status_code == 404


def _mails() -> list[mail.EmailMessage]:
    """Return what went to the new expert."""
    return [sent for sent in mail.outbox if sent.to == ["zj0100@example.invalid"]]


def _invited_by_mail(desk: Desk, scene: Flow, public_id: str) -> None:
    """The mail leads to the page that makes the one-time link; with the link the expert sets the first password."""
    assert "专家还没有设置密码" in text_of(desk.get("expert", public_id))
    enter(Actor.system())
    notifications.deliver(clock=scene.clock)
    [invitation] = _mails()
    assert "zj_new" in invitation.body
    [address] = re.findall(r"https?://[^/\s]+(/accounts/password/reset/)", str(invitation.body))
    person = Client()
    assert person.post(address, {"email": "zj0100@example.invalid"}).status_code == 302
    [link] = re.findall(r"(/accounts/password/reset/key/\S+)", str(_mails()[1].body))
    form = person.get(link, follow=True)
    chosen = {"password1": "Chosen-By-Me-2026", "password2": "Chosen-By-Me-2026"}
    assert person.post(form.redirect_chain[-1][0], chosen).status_code == 302
    assert person.login(username="zj_new", password=chosen["password1"])
    assert "专家还没有设置密码" not in text_of(desk.get("expert", public_id))
    assert desk.post("invite_expert", public_id).status_code == 409


def test_schemes_are_readable_item_by_item(desk: Desk) -> None:
    row = next(one for one in scoring.schemes(actor=Actor.system()) if one.code == "SZGF-2023R1")
    assert "重构版" in text_of(desk.get("schemes"))
    page = text_of(desk.get("scheme", row.public_id))
    for item in scoring.scheme_spec(actor=Actor.system(), scheme_id=row.id).items:
        assert item.code in page
    assert desk.get("scheme", "nosuchscheme0").status_code == 404


def test_the_working_calendar_is_kept_with_a_source(
    desk: Desk, scene: Flow, settings: Any, tmp_path: Path
) -> None:
    page = text_of(desk.get("calendar", year="2026"))
    assert "国庆节" in page
    first = {"day": "2026-12-07", "is_workday": "no", "name": "示例放假"}
    assert desk.post("correct_day", **first, reason="").status_code == 422
    assert desk.post("correct_day", **first, reason="示例通知", by=scene.city.leader).status_code == 403
    assert desk.post("correct_day", **{**first, "day": "昨天"}, reason="示例通知").status_code == 422
    assert desk.post("correct_day", **{**first, "day": "2040-01-01"}, reason="示例通知").status_code == 404
    assert desk.post("correct_day", **{**first, "day": "2199-01-01"}, reason="示例通知").status_code == 422
    assert desk.post("correct_day", **first, reason="示例通知").status_code == 302
    assert "示例放假" in text_of(desk.get("calendar", year="2026"))
    known = deadlines.calendar_coverage(on=scene.clock.now().on).years[-1]
    year = {"year": str(known + 1), "source": "示例通知〔示例〕1号", "makeup_days": ""}
    assert desk.post("record_year", **year, holidays="").status_code == 422
    assert desk.post("record_year", **year, holidays=f"{known + 1}-01-01 元旦\n不是日期 x").status_code == 422
    assert (
        desk.post("record_year", **{**year, "source": ""}, holidays=f"{known + 1}-01-01 元旦").status_code
        == 422
    )
    assert desk.post("record_year", **year, holidays=f"{known + 1}-01-01 元旦").status_code == 302
    assert deadlines.calendar_coverage(on=scene.clock.now().on).years[-1] == known + 1
    settings.MEDIA_ROOT = tmp_path
    paper = {"file": SimpleUploadedFile("放假通知.pdf", pdf())}
    assert desk.get("calendar_notice", known + 1).status_code == 404
    assert desk.post("attach_calendar_notice", known + 1).status_code == 422
    assert desk.post("attach_calendar_notice", known + 9, **paper).status_code == 404
    assert not [path for path in tmp_path.rglob("*") if path.is_file()], (
        "stored, then refused: bytes are gone"
    )
    paper["file"].seek(0)
    assert desk.post("attach_calendar_notice", known + 1, **paper).status_code == 302
    assert "放假通知.pdf" in text_of(desk.get("calendar", year=str(known + 1)))
    handed = desk.get("calendar_notice", known + 1)
    assert b"".join(handed.streaming_content).startswith(b"%PDF")
