"""Put off for later, papers beside the application, expiry, the preview of the report: what clerks rely on day by day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts import membership
from apps.accounts import services as accounts
from apps.accounts.states import MOVE
from apps.applications import selectors
from apps.applications import services as applications
from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.deadlines.selectors import obligations_for
from apps.evidence import services as evidence
from apps.parameters import services as parameters
from apps.scoring.models import ScoreEntry
from tests import worlds
from tests.api.callers import caller
from tests.portals import scenes
from tests.portals.scenes import Scene
from tests.unit.evidence.samples import pdf

pytestmark = pytest.mark.django_db
_PLEDGE = {"token": "0123456789", "pledge": "on", "signatory": "周敏"}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _scan(content: bytes | None = None, name: str = "证书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content)


def _put_off(public_id: str, code: str) -> bool:
    enter(Actor.system())
    return ScoreEntry.objects.get(sheet__application__public_id=public_id, item_code=code).later


def test_an_item_put_off_is_found_by_its_filter_until_it_is_finished(scene: Scene, browser: Client) -> None:
    case = scenes.draft_application(scene)
    item = f"/e/applications/{case}/evaluate/items/J1-01/"
    moved = browser.post(item, {"version": "1", "sheet_version": "1", "later": "J1-02"})
    assert moved["Location"].endswith("?item=J1-02")
    page = browser.get(f"/e/applications/{case}/evaluate/?item=J1-01&filter=later").content.decode()
    assert "1 项标记了稍后处理" in page
    assert page.count('aria-label="稍后处理"') == 1
    # An autosave leaves the mark; the button that finishes the item takes it away.
    browser.post(item, {"version": "1", "put_off": "1"}, HTTP_ACCEPT="application/json")
    assert _put_off(case, "J1-01")
    browser.post(item, {"version": "1", "put_off": "1", "go": "J1-02"})
    assert not _put_off(case, "J1-01")


def test_putting_off_over_http_keeps_to_the_same_walls(scene: Scene) -> None:
    case = scenes.draft_application(scene)
    path = f"applications/{case}/answers/J1-01/later/"
    caller(scene.neighbour).post(path, {"later": True}, expect=404)
    caller(scene.district.handler).post(path, {"later": True}, expect=403)
    caller(scene.enterprise).post(path, {"later": True}, expect=204)
    assert _put_off(case, "J1-01")
    handed_in = scenes.submitted_application(scene, 2)
    caller(scene.enterprise).post(
        f"applications/{handed_in}/answers/J1-01/later/", {"later": True}, expect=409
    )


@pytest.mark.rule("R-12")
def test_the_stamped_commitment_is_demanded_when_the_bureau_says_so(scene: Scene, browser: Client) -> None:
    case = scenes.filled_application(scene)
    page = f"/e/applications/{case}/"
    assert "可以提交" in browser.get(f"{page}check/").content.decode()
    _choose(scene, "commitment_scan_required", value=True)
    checked = browser.get(f"{page}check/").content.decode()
    assert "须上传与当前申报内容一致的盖章承诺书扫描件" in checked
    assert f"{page}report/#commitment" in checked
    assert "提交前必须上传" in browser.get(f"{page}report/").content.decode()
    refused = browser.post(f"{page}submit/", _PLEDGE)
    assert refused.status_code == 422
    assert "盖章承诺书扫描件" in refused.content.decode()
    digest = selectors.commitment(actor=scene.be(scene.enterprise), public_id=case).digest
    browser.post(f"{page}report/commitment/", {"digest": digest, "scan": _scan()})
    assert browser.post(f"{page}submit/", _PLEDGE).status_code == 302


@pytest.mark.rule("R-12")
def test_a_supplement_brings_a_commitment_stamped_for_its_new_content(scene: Scene, browser: Client) -> None:
    case = scenes.returned_application(
        scene, [applications.ReturnItem("report", "缺少设备清单", "请补充", "overview")]
    )
    _choose(scene, "commitment_scan_required", value=True)
    page = f"/e/applications/{case}/"
    file = selectors.application_file(actor=scene.be(scene.enterprise), public_id=case)
    version = str(file.part_versions.get("report:overview", 0))
    browser.post(f"{page}report/?section=overview", {"version": version, "text": "补充了设备清单。"})
    [item] = [row for row in file.returned if row.turn == file.case.turn]
    browser.post(f"{page}supplement/{item.public_id}/", {"answer": "已补充"})
    shown = browser.get(f"{page}supplement/").content.decode()
    assert "重新提交前必须上传" in shown
    assert f"{page}report/#commitment" in shown
    refused = browser.post(f"{page}supplement/submit/", _PLEDGE)
    assert refused.status_code == 422
    assert "须上传与当前申报内容一致的盖章承诺书扫描件" in refused.content.decode()
    digest = selectors.commitment(actor=scene.be(scene.enterprise), public_id=case).digest
    browser.post(f"{page}report/commitment/", {"digest": digest, "scan": _scan()})
    assert "与当前内容一致" in browser.get(f"{page}supplement/").content.decode()
    assert browser.post(f"{page}supplement/submit/", _PLEDGE).status_code == 302


def test_an_exemption_brings_its_document_to_the_district(db: None) -> None:
    scene = scenes.build(prerequisite_required=True)
    browser = scenes.signed_in(scene.enterprise)
    case = scenes.draft_application(scene)
    path = f"/e/applications/{case}/exemption/"
    typed = {"rule": "R-08", "reason": "连续两年绿色技改投入较大。"}
    refused = browser.post(path, {**typed, "document": _scan(b"no paper at all", "说明.pdf")})
    assert refused.status_code == 422
    assert "连续两年绿色技改投入较大。" in refused.content.decode()
    assert browser.post(path, {**typed, "document": _scan(name="技改立项.pdf")}).status_code == 302
    assert "附 技改立项.pdf" in browser.get(f"/e/applications/{case}/").content.decode()
    [asked] = selectors.exemptions(actor=scene.be(scene.district.handler))
    official = scenes.signed_in(scene.district.handler)
    assert "技改立项.pdf" in official.get(f"/d/exemptions/{asked.public_id}/").content.decode()
    # The file itself by the service: a response that streams ends the test's connection when it is closed.
    handler = scene.be(scene.district.handler)
    opened = evidence.open_file(actor=handler, clock=scene.clock, public_id=asked.file_public_id)
    assert opened.path.read_bytes().startswith(b"%PDF-")
    elsewhere = scenes.signed_in(scene.other_district.handler)
    assert elsewhere.get(f"/d/evidence/{asked.file_public_id}/").status_code == 404
    kept = browser.post(f"/e/files/{asked.file_public_id}/remove/")
    assert kept.status_code == 409


@pytest.mark.rule("R-39")
def test_a_certificate_is_reminded_of_until_the_new_one_is_entered(scene: Scene, browser: Client) -> None:
    today = scene.clock.now().on
    form = {"kind": "energy", "number": "EN-1", "valid_until": (today + timedelta(days=20)).isoformat()}
    assert browser.post("/e/file/holdings/", {**form, "scan": _scan()}).status_code == 302
    [row] = selectors.holdings(actor=scene.be(scene.enterprise), on=today)
    assert row.file_name == "证书.pdf"
    assert "能源管理体系认证 EN-1" in browser.get("/e/").content.decode()
    assert _due(scene) == [today + timedelta(days=20)]
    change = f"/e/file/holdings/{row.public_id}/"
    later = {**form, "valid_until": (today + timedelta(days=900)).isoformat(), "file": row.file_public_id}
    assert browser.post(change, later).status_code == 302
    assert _due(scene) == [today + timedelta(days=900)]
    assert "能源管理体系认证 EN-1" not in browser.get("/e/").content.decode()
    city = scene.be(scene.city.handler)
    assert "record.expiry" not in {one.kind for one in obligations_for(actor=city).rows}
    assert browser.post(change, {**later, "file": "nosuchfile1234"}).status_code == 422
    assert browser.post(f"{change}remove/").status_code == 302
    assert _due(scene) == []


def test_a_file_of_the_library_is_reminded_of_until_it_is_replaced(scene: Scene, browser: Client) -> None:
    today = scene.clock.now().on
    browser.post("/e/library/", {"files": _scan(name="检测报告.pdf")})
    file = browser.get("/e/library/").content.decode().split("/e/files/")[1].split("/")[0]
    browser.post(f"/e/files/{file}/about/", {"valid_until": (today + timedelta(days=9)).isoformat()})
    assert "检测报告.pdf" in browser.get("/e/").content.decode()
    browser.post(f"/e/files/{file}/replace/", {"file": _scan(pdf(2), "检测报告新.pdf")})
    assert _due(scene, "evidence.expiry") == []


@pytest.mark.rule("R-43")
def test_what_a_moved_enterprise_owes_follows_it(scene: Scene) -> None:
    case = scenes.draft_application(scene)
    boss, there = scene.be(scene.enterprise), scene.other_district
    change = accounts.request_change(
        actor=boss,
        clock=scene.clock,
        data=_move(scene.clock.now().on),
    )
    accounts.confirm_change(actor=scene.be(there.handler), clock=scene.clock, public_id=change)
    enter(Actor.system())
    [owed] = Obligation.objects.filter(subject_public_id=case, kind="application.window")
    assert owed.district_id == worlds.WUZHONG
    assert [line.kind for line in membership.changes(actor=scene.be(there.handler))] == [MOVE]


def _move(on: date) -> accounts.Change:
    return accounts.Change(
        kind=MOVE, effective_on=on, district=worlds.WUZHONG, site_address="木渎镇示例路 9 号"
    )


def test_the_preview_is_the_printed_text_and_escapes_what_was_typed(scene: Scene, browser: Client) -> None:
    case = scenes.draft_application(scene)
    path = f"/e/applications/{case}/report/preview/"
    assert "还缺 9 节" in browser.get(path).content.decode()
    browser.post(
        f"/e/applications/{case}/report/",
        {"version": "0", "section": "overview", "text": "<b>主要产品</b>为改性塑料。"},
    )
    shown = browser.get(path).content.decode()
    assert "<p>&lt;b&gt;主要产品&lt;/b&gt;为改性塑料。</p>" in shown
    assert "还缺 8 节" in shown
    assert scenes.signed_in(scene.neighbour).get(path).status_code == 404
    assert scenes.signed_in(scene.district.handler).get(path).status_code == 403


def _choose(scene: Scene, key: str, *, value: object) -> None:
    """Let the city choose a parameter from today on: proposed by one, approved by another."""
    proposed = parameters.propose_value(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        key=key,
        value=value,
        effective_from=scene.clock.now().on,
        reason="局长办公会议定",
    )
    parameters.approve_value(actor=scene.be(scene.city.signer), clock=scene.clock, public_id=proposed)


def _due(scene: Scene, kind: str = "record.expiry") -> list[date]:
    del scene
    enter(Actor.system())
    return list(
        Obligation.objects.filter(kind=kind, closed_at=None)
        .order_by("due_on")
        .values_list("due_on", flat=True)
    )
