"""Remarks, the return list, on-site photos and who is on a case: over HTTP, and refused to everybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.moment import SHANGHAI
from apps.review import selectors as review
from apps.review.casework_models import CaseRemark, SitePhoto
from tests.portals.district import scenes

Browser = Callable[[Actor], Client]
JSON = {"HTTP_ACCEPT": "application/json"}
SWAP = {"HTTP_HX_REQUEST": "true"}


def _id(scene: scenes.Scene, public_id: str) -> int:
    actor = scene.act_as(scene.district.handler)
    return applications.case(actor=actor, public_id=public_id).id


def _remark(
    audience: str = "enterprise", text: str = "请说明照明测试的日期。", key: str = "k1"
) -> dict[str, str]:
    return {"item": "J1-01", "audience": audience, "text": text, "key": key}


def _at(offset: timedelta) -> str:
    return (timezone.now() + offset).isoformat()


def _photo(key: str = "p1", **more: str) -> dict[str, Any]:
    return {
        "item": "J1-01",
        "key": key,
        "taken_at": _at(timedelta(hours=-2)),
        "file": SimpleUploadedFile("现场.png", scenes.PNG, "image/png"),
        **more,
    }


def test_a_remark_is_kept_once_however_often_it_is_sent(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    url = f"/d/scoring/{public_id}/remarks/"
    assert client.post(url, _remark(), **JSON).json() == {"done": True}
    assert client.post(url, _remark(), **JSON).status_code == 200
    shown = client.post(url, _remark("internal", "先查一下照明台账。", "k2"), **SWAP)
    html = shown.content.decode()
    assert "请说明照明测试的日期。" in html
    assert "仅内部" in html
    assert 'id="notes-J1-01"' in html, "the row's count comes along"
    assert CaseRemark.objects.count() == 2


def test_the_enterprise_reads_what_is_meant_for_it_and_may_answer(
    scene: scenes.Scene, browser: Browser
) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    client.post(f"/d/scoring/{public_id}/remarks/", _remark(), **JSON)
    client.post(f"/d/scoring/{public_id}/remarks/", _remark("internal", "内部研究。", "k2"), **JSON)
    application_id = _id(scene, public_id)
    owner = scene.act_as(scene.enterprises[public_id])
    read = review.remarks(actor=owner, application_id=application_id)
    assert [one.text for one in read] == ["请说明照明测试的日期。"]
    assert read[0].who == "属地", "the enterprise is told the office, not the person"


def test_an_empty_remark_is_refused_with_the_reason(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    answer = client.post(f"/d/scoring/{public_id}/remarks/", _remark(text=" "), **JSON)
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"text": ["请填写意见内容。"]}
    whom = client.post(f"/d/scoring/{public_id}/remarks/", _remark("everybody"), **JSON)
    assert whom.json()["errors"] == {"audience": ["请选择企业可见，还是仅内部。"]}


def test_a_remark_is_settled_and_opened_again(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    client.post(f"/d/scoring/{public_id}/remarks/", _remark(), **JSON)
    made = CaseRemark.objects.get().public_id
    url = f"/d/scoring/{public_id}/remarks/{made}/"
    assert "已解决" in client.post(url, {"item": "J1-01", "settled": "yes"}, **SWAP).content.decode()
    client.post(url, {"item": "J1-01", "settled": ""}, **SWAP)
    assert CaseRemark.objects.get().settled_at is None


def test_the_return_list_is_gathered_on_the_desk_and_fills_the_return_page(
    scene: scenes.Scene, browser: Browser
) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    url = f"/d/scoring/{public_id}/returns/"
    html = client.post(
        url, {"item": "J1-01", "on": "yes", "reason": "缺竣工验收文件"}, **SWAP
    ).content.decode()
    assert "已在退回清单" in html
    desk = client.get(f"/d/scoring/{public_id}/?show=returning").content.decode()
    assert desk.count("<tr data-row=") == 1
    assert "退回补正（1）" in desk
    page = client.get(f"/d/applications/{public_id}/return/").content.decode()
    assert "缺竣工验收文件" in page
    client.post(url, {"item": "J1-01", "on": ""}, **SWAP)
    assert not review.return_list(
        actor=scene.act_as(scene.district.handler), application_id=_id(scene, public_id)
    )


def test_a_photo_sent_twice_is_kept_once_with_time_and_place(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    url = f"/d/scoring/{public_id}/photos/"
    first = client.post(url, _photo(latitude="31.38412", longitude="120.98071", accuracy="12"), **JSON)
    assert first.status_code == 200, first.content.decode()
    again = client.post(url, _photo(latitude="31.38412", longitude="120.98071", accuracy="12"), **JSON)
    assert again.json() == first.json()
    photo = SitePhoto.objects.get()
    assert (str(photo.latitude), str(photo.longitude), photo.accuracy_m) == ("31.38412", "120.98071", 12)
    page = client.get(f"/d/scoring/{public_id}/items/J1-01/").content.decode()
    assert f"{photo.taken_at.astimezone(SHANGHAI):%m-%d %H:%M}" in page


def test_photos_that_cannot_be_taken_say_why(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    client = browser(scene.district.handler)
    url = f"/d/scoring/{public_id}/photos/"
    late = client.post(url, _photo(taken_at=_at(timedelta(days=1))), **JSON)
    assert late.json()["errors"] == {"taken_at": ["照片时间晚于现在，请检查手机时间后重新拍摄。"]}
    where = client.post(url, _photo(latitude="NaN", longitude="1e9"), **JSON)
    assert where.json()["errors"] == {"place": ["定位数据有误，请关闭定位后重试。"]}
    what = client.post(url, _photo(item="X9-99"), **JSON)
    assert what.json()["errors"] == {"item": ["评价体系中没有这个条目。"]}
    nothing = client.post(url, {"item": "J1-01", "key": "p9"}, **JSON)
    assert nothing.json()["errors"] == {"file": ["没有收到照片，请重新拍摄。"]}
    assert not SitePhoto.objects.exists()


def test_nothing_beside_a_case_is_open_to_another_district(scene: scenes.Scene, browser: Browser) -> None:
    public_id = scene.scoring(1)
    stranger = browser(scene.other_district.handler)
    here = f"/d/scoring/{public_id}"
    assert stranger.post(f"{here}/remarks/", _remark(), **JSON).status_code == 404
    assert stranger.post(f"{here}/returns/", {"item": "J1-01", "on": "yes"}).status_code == 404
    assert stranger.post(f"{here}/photos/", _photo(), **JSON).status_code == 404
    own = browser(scene.district.handler)
    own.post(f"{here}/remarks/", _remark(), **JSON)
    made = CaseRemark.objects.get().public_id
    assert stranger.post(f"{here}/remarks/{made}/", {"item": "J1-01", "settled": "yes"}).status_code == 404
    enterprise = browser(scene.enterprises[public_id])
    assert enterprise.post(f"{here}/remarks/", _remark(), **JSON).status_code == 403


def test_the_board_shows_the_districts_own_figures(
    scene: scenes.Scene, browser: Browser, django_assert_max_num_queries: Any
) -> None:
    scene.to_sign(1)
    own = browser(scene.district.handler)
    with django_assert_max_num_queries(17):
        html = own.get("/d/board/").content.decode()
    assert 'value="1" max="1"></progress>' in html, "a bar beside the figure, without scripts"
    assert "顾晓岚" in html
    assert (
        "顾晓岚"
        not in browser(scene.other_district.handler).get("/d/board/").content.decode().split("<main")[1]
    )
    assert browser(scene.city.handler).get("/d/board/").status_code == 403
    # Every number leads to its cases, and the same numbers are in the spreadsheet.
    found = re.findall(r'href="(/d/board/cases/[^"]+)"', html)
    assert len(found) >= 4
    for link in found:
        assert own.get(link.replace("&amp;", "&")).status_code == 200
    # Every step of the funnel leads to exactly the cases it counts.
    funnel = re.findall(r'href="(/d/board/stage/[^"]+)"[^>]*><small>[^<]*</small><b>(\d+)</b>', html)
    assert len(funnel) == 7
    assert sum(int(count) for _, count in funnel) == 1
    for link, count in funnel:
        listed = own.get(link).content.decode()
        assert f"共 {count} 件" in listed
        assert len(re.findall(r'<th scope="row"', listed)) == int(count)
    assert own.get("/d/board/stage/?at=9").status_code == 404
    loads = own.get("/d/board/cases/?load=submitted").content.decode()
    assert "共 1 件" in loads
    foreign = browser(scene.other_district.handler)
    assert "共 0 件" in foreign.get("/d/board/cases/?load=submitted").content.decode()
    assert own.get("/d/board/cases/?step=score").content.decode().count(" 天</td>") == 1
    assert own.get("/d/board/cases/?step=%00&page=x&industry=%00").status_code == 200
    assert browser(scene.city.handler).get("/d/board/cases/").status_code == 403
    address = reverse("export_workbook", args=["district_board", "all"])
    sheet = own.get(address)
    assert sheet.status_code == 200
    book = load_workbook(BytesIO(sheet.content)).active
    assert ("人员", "顾晓岚", "待签批", 1) in {tuple(row[:4]) for row in book.values}
    lines = {tuple(row[:3]) for row in book.values}
    assert ("培育", "本属地", "培育名单（家）") in lines, (
        "what the page counts beside the cases is in it, too"
    )
    assert browser(scene.city.handler).get(address).status_code == 403


def test_a_case_is_assigned_by_the_signer_and_to_own_colleagues_only(
    scene: scenes.Scene, browser: Browser
) -> None:
    public_id = scene.submitted(1)
    url = f"/d/applications/{public_id}"
    colleague = scene.second_handler.user_id
    assert browser(scene.district.handler).post(f"{url}/assign/", {"user": colleague}).status_code == 403
    signer = browser(scene.district.signer)
    assert signer.post(f"{url}/assign/", {"user": colleague}).status_code == 302
    assert signer.post(f"{url}/assign/", {"user": scene.other_district.handler.user_id}).status_code == 422
    taken = browser(scene.district.handler).post(f"{url}/take/")
    assert taken.status_code == 409
    assert browser(scene.other_district.handler).post(f"{url}/take/").status_code == 404
