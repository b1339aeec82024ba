"""The library and the files at their places: filters, validity, pages, replacement, and the same file twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core.scoping import enter
from apps.evidence import selectors as evidence
from tests.portals import scenes
from tests.portals.scenes import Scene
from tests.unit.evidence import samples

JSON = {"Accept": "application/json"}
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    """Keep files and pages of a test out of the working folder."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.GF_PAGE_CACHE_DIR = tmp_path / "pages"


@pytest.fixture
def draft(scene: Scene) -> str:
    """Return an application that is being filled in."""
    return scenes.draft_application(scene)


def _sent(pages: int = 1, name: str = "证书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.pdf(pages), "application/pdf")


def _place(draft: str, code: str = "K5-01") -> str:
    return f"/e/applications/{draft}/evidence/item/{code}/"


def _uses(scene: Scene, draft: str, code: str = "K5-01") -> list[evidence.UseRow]:
    from apps.applications import selectors as applications

    enter(scene.enterprise)
    case = applications.case(actor=scene.enterprise, public_id=draft)
    return evidence.uses_of(actor=scene.enterprise, application_id=case.id, place="item", code=code)


def test_the_same_file_again_is_used_and_said_so(scene: Scene, browser: Client, draft: str) -> None:
    first = browser.post(_place(draft), {"files": _sent(3)}, headers=JSON).json()
    again = browser.post(_place(draft), {"files": _sent(3, "另一个名字.pdf")}, headers=JSON)
    assert again.status_code == 201
    assert again.json()["message"] == "已上传过（证书.pdf），直接使用"
    [use] = _uses(scene, draft)
    for html in (first["html"], again.json()["html"]):
        assert f'id="use-{use.public_id}"' in html  # the script puts the line in the place of the older one
    elsewhere = browser.post(_place(draft, "K5-02"), {"files": _sent(3)}, headers=JSON).json()
    assert "直接使用" in elsewhere["message"]
    assert evidence.library(actor=scene.enterprise).total == 1


def test_several_files_without_a_script(scene: Scene, browser: Client, draft: str) -> None:
    bad = SimpleUploadedFile("坏.pdf", b"not a pdf", "application/pdf")
    answer = browser.post(_place(draft), {"files": [_sent(1, "甲.pdf"), bad, _sent(2, "乙.pdf")]})
    assert answer.status_code == 422
    assert "坏.pdf：文件内容不是 PDF" in answer.content.decode()
    assert [use.file.name for use in _uses(scene, draft)] == ["甲.pdf", "乙.pdf"]  # the good ones stay


def test_pages_and_validity_are_noted_at_the_place(scene: Scene, browser: Client, draft: str) -> None:
    browser.post(_place(draft), {"files": _sent(5)}, headers=JSON)
    [use] = _uses(scene, draft)
    url = f"/e/applications/{draft}/uses/{use.public_id}/"
    form = {"place": "item", "code": "K5-01"}
    shown = browser.get(url, form)
    assert shown.status_code == 200
    assert "共 5 页" in shown.content.decode()
    good = {**form, "page_from": "2", "page_to": "3", "valid_until": "2027-05-01"}
    assert browser.post(url, good).status_code == 302
    [use] = _uses(scene, draft)
    assert (use.page_from, use.page_to, f"{use.file.valid_until}") == (2, 3, "2027-05-01")
    for wrong, words in (
        ({"page_from": "2", "page_to": "9"}, "共 5 页"),
        ({"page_from": "x"}, "不小于 1 的整数"),
        ({"valid_until": "2027-13-01"}, "有效期至"),
        ({"page_from": "4", "page_to": "2"}, "不大于终止页"),
    ):
        answer = browser.post(url, {**form, **wrong})
        assert answer.status_code == 422, wrong
        html = answer.content.decode()
        assert words in html, wrong
        assert all(f'value="{typed}"' in html for typed in wrong.values()), wrong  # what was typed stays
    assert browser.post(url, {**form, "code": "K5-02"}).status_code == 404
    assert scenes.signed_in(scene.neighbour).post(url, good).status_code == 404
    [use] = _uses(scene, draft)
    assert (use.page_from, use.page_to) == (2, 3)


def test_the_library_filters_by_validity_and_use(scene: Scene, browser: Client, draft: str) -> None:
    browser.post(_place(draft), {"files": _sent(1, "在用.pdf")}, headers=JSON)
    for pages, name in ((2, "快到期.pdf"), (3, "过期.pdf"), (4, "长期.pdf")):
        assert browser.post("/e/library/", {"files": _sent(pages, name)}).status_code == 302
    enter(scene.enterprise)
    ids = {row.name: row.public_id for row in evidence.library(actor=scene.enterprise).rows}
    for name, days in (("快到期.pdf", 60), ("过期.pdf", -1), ("长期.pdf", 61)):
        until = TODAY() + timedelta(days=days)
        url = f"/e/files/{ids[name]}/about/"
        assert browser.post(url, {"valid_until": until.isoformat()}).status_code == 302
    for show, names in (
        ("all", {"在用.pdf", "快到期.pdf", "过期.pdf", "长期.pdf"}),
        ("expiring", {"快到期.pdf"}),
        ("expired", {"过期.pdf"}),
        ("unused", {"快到期.pdf", "过期.pdf", "长期.pdf"}),
        ("nonsense", {"在用.pdf", "快到期.pdf", "过期.pdf", "长期.pdf"}),
    ):
        context = browser.get("/e/library/", {"show": show}).context
        assert {row.name for row in context["library"].rows} == names, show
        counted = {row["url"]: row["count"] for row in context["filters"]}
        assert counted.get(f"?show={show}", 4) == len(names), show
    enter(scene.enterprise)
    soon = evidence.expiring(actor=scene.enterprise, on=TODAY(), within_days=60)
    assert [row.name for row in soon] == ["过期.pdf", "快到期.pdf"]


def test_a_faulty_day_keeps_what_was_typed(scene: Scene, browser: Client) -> None:
    browser.post("/e/library/", {"files": _sent()})
    enter(scene.enterprise)
    [row] = evidence.library(actor=scene.enterprise).rows
    answer = browser.post(f"/e/files/{row.public_id}/about/", {"valid_until": "2027-02-30"})
    assert answer.status_code == 422
    assert 'value="2027-02-30"' in answer.content.decode()
    other = scenes.signed_in(scene.neighbour)
    assert other.get(f"/e/files/{row.public_id}/about/").status_code == 404
    assert other.post(f"/e/files/{row.public_id}/about/", {"valid_until": ""}).status_code == 404


def test_an_expiring_certificate_is_replaced_where_it_may_be(
    scene: Scene, browser: Client, draft: str
) -> None:
    for code in ("K5-01", "K5-02"):
        browser.post(_place(draft, code), {"files": _sent(3)}, headers=JSON)
    [use] = _uses(scene, draft)
    url = f"/e/files/{use.file.public_id}/replace/"
    assert browser.post(url, {}).status_code == 422
    same = browser.post(url, {"file": _sent(3)})
    assert same.status_code == 422
    assert "内容相同" in same.content.decode()
    assert scenes.signed_in(scene.neighbour).post(url, {"file": _sent(4)}).status_code == 404
    done = browser.post(url, {"file": _sent(4, "新证书.pdf"), "newer_until": "2029-01-01"}, follow=True)
    assert "2 处引用已更换" in done.content.decode()
    for code in ("K5-01", "K5-02"):
        [use] = _uses(scene, draft, code)
        assert (use.file.name, f"{use.file.valid_until}") == ("新证书.pdf", "2029-01-01")


def test_the_library_asks_the_same_for_one_file_and_for_many(scene: Scene, browser: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/e/library/").status_code == 200
        return len(captured)

    browser.post("/e/library/", {"files": _sent()})
    few = asked()
    for pages in range(2, 9):
        browser.post("/e/library/", {"files": _sent(pages, f"{pages}.pdf")})
    assert asked() == few


def test_own_files_are_looked_at_page_by_page(scene: Scene, browser: Client) -> None:
    browser.post("/e/library/", {"files": _sent(13)})
    enter(scene.enterprise)
    [row] = evidence.library(actor=scene.enterprise).rows
    html = browser.get(f"/e/files/{row.public_id}/view/", {"page": "13"}).content.decode()
    assert html.count("data-viewer-page=") == 1  # the second dozen of thumbnails
    assert browser.get(f"/e/files/{row.public_id}/pages/13.jpg").status_code == 200
    for path in ("view/", "pages/1.jpg"):
        assert scenes.signed_in(scene.neighbour).get(f"/e/files/{row.public_id}/{path}").status_code == 404


@pytest.mark.parametrize(
    ("place", "code"),
    [("item", "K9-99"), ("requirement", "V-99"), ("section", "nowhere"), ("item", "V-01")],
)
def test_a_place_the_application_does_not_have_takes_no_file(
    scene: Scene, browser: Client, draft: str, place: str, code: str
) -> None:
    at = f"/e/applications/{draft}/evidence/{place}/{code}/"
    told = browser.post(at, {"files": _sent()}, headers=JSON)
    assert told.status_code == 404
    assert f"“{code}”，材料没有附上" in told.json()["error"]
    assert browser.post(at, {"files": _sent()}).status_code == 404
    assert browser.get(at).status_code == 404
    assert browser.get(f"{at}choose/").status_code == 404
    assert evidence.library(actor=scene.enterprise).total == 0  # the refused file is not kept, either
    browser.post(_place(draft), {"files": _sent()}, headers=JSON)
    [kept] = evidence.library(actor=scene.enterprise).rows
    answer = browser.post(
        f"/api/v1/applications/{draft}/evidence/attach/",
        {"file": kept.public_id, "place": place, "code": code},
        content_type="application/json",
    )
    assert answer.status_code == 404
    assert f"“{code}”，材料没有附上" in answer.content.decode()
    assert len(_uses(scene, draft)) == 1
