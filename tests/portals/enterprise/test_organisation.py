"""Pages about the enterprise itself: licence, members and their links, dated changes (own, foreign, wrong role)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import Enterprise, EnterpriseChange, User
from apps.core.actor import Actor
from apps.core.scoping import enter
from tests.portals import scenes
from tests.unit.evidence.samples import pdf

pytestmark = pytest.mark.django_db
JOINING = {
    "username": "haiyan",
    "person_name": "吴海燕",
    "phone": "13900000000",
    "email": "haiyan@example.invalid",
    "password": "Tests-Only-2026",
    "password2": "Tests-Only-2026",
    "consent": "on",
}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    return scenes.build()


@pytest.fixture
def boss(scene: scenes.Scene) -> Client:
    return scenes.signed_in(scene.enterprise)


def link_in(page: str) -> str:
    found = re.search(r'id="invite-link"[^>]*value="https?://[^/]+([^"]+)"', page)
    assert found
    return found[1]


def test_a_person_invited_joins_once(boss: Client, client: Client) -> None:
    answer = boss.post("/e/org/members/invite/", {"name": "吴海燕", "duties": ["clerk"]})
    link = link_in(answer.content.decode())
    assert link not in boss.get("/e/org/members/").content.decode()
    page = client.get(link)
    assert page["Referrer-Policy"] == "same-origin"
    assert "吴海燕" in page.content.decode()
    assert client.post(link, JOINING).status_code == 302
    assert client.get(link).status_code == 404
    assert "haiyan" in boss.get("/e/org/members/").content.decode()


def test_a_faulty_form_keeps_what_was_typed(boss: Client, client: Client) -> None:
    link = link_in(boss.post("/e/org/members/invite/", {"name": "吴", "duties": ["clerk"]}).content.decode())
    for wrong in ({"password2": "another"}, {"phone": "123"}, {"consent": ""}):
        answer = client.post(link, {**JOINING, **wrong})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="haiyan"' in text
        assert "Tests-Only-2026" not in text
    assert client.get("/join/nothing-of-the-kind/").status_code == 404


def test_invitation_without_a_name_says_so(boss: Client) -> None:
    answer = boss.post("/e/org/members/invite/", {"name": "", "duties": []})
    assert answer.status_code == 422
    assert "请填写受邀人姓名。" in answer.content.decode()
    assert "请至少选择一项职责。" in answer.content.decode()


def test_members_of_another_enterprise_do_not_exist(scene: scenes.Scene, boss: Client) -> None:
    foreign = scene.neighbour.user_id
    assert boss.post(f"/e/org/members/{foreign}/active/", {"active": "no"}).status_code == 404
    assert boss.post(f"/e/org/members/{foreign}/duties/", {"duties": ["clerk"]}).status_code == 404
    assert boss.post("/e/org/members/hand-over/", {"successor": str(foreign)}).status_code == 404
    staff = scenes.signed_in(scene.district.handler)
    assert staff.get("/e/org/members/").status_code == 403


def test_the_last_responsible_person_stays(scene: scenes.Scene, boss: Client) -> None:
    mine = scene.enterprise.user_id
    answer = boss.post(f"/e/org/members/{mine}/duties/", {"duties": ["clerk"]})
    assert answer.status_code == 422
    assert "企业至少要有一位启用的负责人" in answer.content.decode()
    assert boss.post(f"/e/org/members/{mine}/active/", {"active": "no"}).status_code == 422


def test_a_licence_is_checked_and_shown_to_the_district(scene: scenes.Scene, boss: Client) -> None:
    refused = boss.post("/e/org/licence/", {"licence": SimpleUploadedFile("执照.pdf", b"<html></html>")})
    assert refused.status_code == 422
    assert "文件内容不是 PDF" in refused.content.decode()
    assert boss.post("/e/org/licence/", {}).status_code == 422
    assert boss.post("/e/org/licence/", {"licence": SimpleUploadedFile("执照.pdf", pdf())}).status_code == 302
    enter(Actor.system())
    row = Enterprise.objects.get(pk=scene.enterprise.enterprise_id)
    staff = scenes.signed_in(scene.district.handler)
    assert f"/d/evidence/{row.licence}/" in staff.get(f"/d/enterprises/{row.public_id}/").content.decode()
    handed_out = staff.get(f"/d/evidence/{row.licence}/")
    assert b"".join(handed_out.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert scenes.signed_in(scene.neighbour).get(f"/e/files/{row.licence}/").status_code == 404


def declare(client: Client, kind: str = "rename", **fields: Any) -> Any:
    values = {
        "name": "昆山改名材料有限公司",
        "effective_on": "2026年1月5日",
        "document": SimpleUploadedFile("通知书.pdf", pdf()),
        **fields,
    }
    return client.post(f"/e/org/changes/new/{kind}/", {k: v for k, v in values.items() if v is not None})


def test_a_change_goes_to_the_district_and_back(scene: scenes.Scene, boss: Client) -> None:
    assert declare(boss).status_code == 302
    enter(Actor.system())
    change = EnterpriseChange.objects.get()
    staff = scenes.signed_in(scene.district.handler)
    assert "昆山改名材料有限公司" in staff.get(f"/d/changes/{change.public_id}/").content.decode()
    assert f"/d/changes/{change.public_id}/" in staff.get("/d/enterprises/").content.decode()
    assert staff.post(f"/d/changes/{change.public_id}/decline/", {"reason": ""}).status_code == 422
    assert staff.post(f"/d/changes/{change.public_id}/confirm/").status_code == 302
    assert staff.post(f"/d/changes/{change.public_id}/confirm/").status_code == 409
    assert "曾用名" in boss.get("/e/org/").content.decode()
    assert "已确认" in boss.get("/e/org/changes/").content.decode()


def test_changes_have_their_walls(scene: scenes.Scene, boss: Client) -> None:
    declare(boss)
    enter(Actor.system())
    change = EnterpriseChange.objects.get().public_id
    stranger = scenes.signed_in(scene.neighbour)
    assert stranger.post(f"/e/org/changes/{change}/withdraw/").status_code == 404
    far = scenes.signed_in(scene.other_district.handler)
    assert far.get(f"/d/changes/{change}/").status_code == 404
    assert far.post(f"/d/changes/{change}/confirm/").status_code == 404
    assert boss.get(f"/d/changes/{change}/").status_code == 403
    assert boss.get("/e/org/changes/new/merger/").status_code == 404
    assert boss.post(f"/e/org/changes/{change}/withdraw/").status_code == 302
    assert boss.post(f"/e/org/changes/{change}/withdraw/").status_code == 409


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"effective_on": "2026-02-30"}, "变更日期“2026年2月30日”不存在，请核对。"),
        ({"effective_on": "20266-01-01"}, "变更日期不是有效日期，请按“2026-12-05”填写。"),
        ({"effective_on": "9999-12-31"}, "变更日期应在 1900 年至 2100 年之间。"),
        ({"effective_on": "0000-01-01"}, "不存在"),
        ({"effective_on": "2099-12-31"}, "变更日期不能晚于今天"),
        ({"effective_on": ""}, "请填写变更日期。"),
        ({"document": None}, "请上传证明材料"),
        ({"name": "字" * 132}, "新的企业名称最多 100 字，当前 132 字。"),
        ({"name": "昆山\u200b公司"}, "不可见或控制字符"),
    ],
)
def test_bad_input_is_explained_and_kept(boss: Client, fields: dict[str, Any], message: str) -> None:
    answer = declare(boss, reason="股权变更", **fields)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert message in text
    assert "股权变更" in text
    enter(Actor.system())
    assert not EnterpriseChange.objects.exists()


@pytest.mark.rule("R-43")
def test_a_report_speaks_of_the_day_it_happened_and_is_read_in_the_record(boss: Client) -> None:
    reported = {"effective_on": "2099-12-31", "reason": "收到行政处罚决定书。"}
    refused = boss.post("/e/org/changes/new/incident/", reported)
    assert "发生日期不能晚于今天" in refused.content.decode()
    refused = boss.post("/e/org/changes/new/incident/", {**reported, "effective_on": ""})
    assert "请填写发生日期。" in refused.content.decode()
    kept = {**reported, "effective_on": "2026-01-05", "document": SimpleUploadedFile("决定书.pdf", pdf())}
    assert boss.post("/e/org/changes/new/incident/", kept).status_code == 302
    page = boss.get("/e/org/changes/").content.decode()
    assert "发生日期 2026 年 1 月 5 日" in page
    assert "说明：收到行政处罚决定书。" in page
    assert "变更日期" not in page


def test_rare_characters_and_two_forms_of_days_are_taken(boss: Client) -> None:
    assert declare(boss, name="昆山𠮷䶮新材料有限公司", effective_on="２０２６.1.5").status_code == 302
    enter(Actor.system())
    row = EnterpriseChange.objects.get()
    assert (row.after["name"], row.effective_on.isoformat()) == ("昆山𠮷䶮新材料有限公司", "2026-01-05")


def test_queries_do_not_grow_with_members(scene: scenes.Scene, boss: Client) -> None:
    def count() -> int:
        with scenes.statements() as found:
            assert boss.get("/e/org/members/").status_code == 200
        return len(found)

    boss.get("/e/org/members/")
    few = count()
    enter(Actor.system())
    for number in range(8):
        User.objects.create_user(
            username=f"more{number}",
            password=None,
            name=f"成员{number}",
            role="enterprise",
            duties=["clerk"],
            enterprise_id=scene.enterprise.enterprise_id,
            created_at=scene.clock.now().at,
        )
    assert count() == few
