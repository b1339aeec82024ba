"""Recommendation to the province and the nation: picked with reasons, exempted by a second person, signed, on paper."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.documents.services import workbooks
from apps.notifications.models import Message
from apps.titles import selectors as titles
from apps.titles.models import UpwardEntry
from tests.documents.reopening import Written, same_in_two_libraries
from tests.portals.municipal.desk import Desk, text_of
from tests.portals.scenes import signed_in
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.staging import built_once, played


def _build() -> Flow:
    flow = scenes.build(scenes.morning())
    flow.awarded()
    return flow


stage = built_once(_build)
scene = played()
LIST = {"level": "4", "year": "2027", "title": "2027 年度省级绿色工厂推荐名单"}


@pytest.fixture
def desk(scene: Flow) -> Desk:
    return Desk(scene)


def _list(desk: Desk) -> str:
    answer = desk.post("upwards", **LIST)
    assert answer.status_code == 302
    return str(answer.url.rstrip("/").rsplit("/", 1)[1])


def _nominees(scene: Flow, listed: str, q: str = "") -> dict[str, titles.Nominee]:
    actor = scene.be(scene.city.handler)
    found = titles.nominees(actor=actor, public_id=listed, moment=scene.clock.now(), q=q)[1]
    return {one.name: one for one in found}


@pytest.mark.rule("R-09")
def test_a_holder_of_3a_is_recommended_signed_by_the_leader_and_printed(
    desk: Desk, scene: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    for field, value in (("level", "3"), ("year", "20"), ("title", "")):
        refused = desk.post("upwards", **{**LIST, field: value})
        assert refused.status_code == 422
        assert f'id="id_{field}_error"' in text_of(refused) or "有内容需要修改" in text_of(refused)
    assert desk.post("upwards", by=scene.city.leader, **LIST).status_code == 403
    listed = _list(desk)
    (nominee,) = _nominees(scene, listed).values()
    assert nominee.eligible
    assert nominee.held == "3A"
    assert nominee.name in text_of(desk.get("upward", listed))
    assert desk.post("add_upward", listed).status_code == 422
    assert desk.post("add_upward", listed, enterprises="none").status_code == 404
    for _ in range(2):
        assert desk.post("add_upward", listed, enterprises=nominee.public_id).status_code == 302
    assert titles.upward_lists(actor=scene.be(scene.city.handler))[0].count == 1, "nobody is listed twice"

    assert desk.post("sign_upward", listed, document_no="苏工信节能〔2026〕61号").status_code == 403
    assert desk.post("sign_upward", listed, by=scene.city.leader, document_no="").status_code == 422
    number = {"document_no": "苏工信节能〔2026〕61号"}
    assert desk.post("sign_upward", listed, by=scene.city.leader, **number).status_code == 302
    assert desk.post("sign_upward", listed, by=scene.city.leader, **number).status_code == 409
    assert desk.post("add_upward", listed, enterprises=nominee.public_id).status_code == 409
    shown = text_of(desk.get("upward", listed))
    assert "核对（签发时）" in shown
    enter(Actor.system())
    (entry,) = UpwardEntry.objects.all()
    assert entry.frozen["held"] == "3A"
    assert all(line["met"] for line in entry.checked)
    assert Message.objects.filter(template="recommended_upward").count() == 1

    browser = signed_in(scene.city.handler)
    written = Written()
    monkeypatch.setattr(workbooks, "write_table_xlsx", written.write)
    book = browser.get(reverse("export_workbook", args=["upward", listed]))
    assert nominee.name in [cell for row in written.tables[0].rows for cell in row]
    same_in_two_libraries(book.content, written.tables)
    paper = browser.post(reverse("request_document"), {"kind": "upward", "public_id": listed})
    assert paper.status_code == 302
    assert signed_in(scene.district.handler).get(
        reverse("export_workbook", args=["upward", listed])
    ).status_code in {
        403,
        404,
    }


@pytest.mark.rule("R-09")
def test_without_3a_an_exemption_with_a_reason_and_a_second_person_is_needed(desk: Desk, scene: Flow) -> None:
    listed = _list(desk)
    other = next(one for one in _nominees(scene, listed, q="公司").values() if not one.eligible)
    assert other.waivable
    shown = text_of(desk.get("upward", listed, q=other.name))
    assert "可豁免" in shown
    refused = desk.post("add_upward", listed, enterprises=other.public_id, q=other.name)
    assert refused.status_code == 422
    assert "须已获评3A级" in text_of(refused)
    reason = {"exemption_reason": "国家级专精特新企业，省厅点名推荐"}
    assert desk.post("add_upward", listed, enterprises=other.public_id, **reason).status_code == 302
    number = {"document_no": "苏工信节能〔2026〕62号"}
    assert desk.post("sign_upward", listed, by=scene.city.leader, **number).status_code == 422
    (entry,) = titles.upward_list(
        actor=scene.be(scene.city.handler), public_id=listed, moment=scene.clock.now()
    )[1]
    assert desk.post("exempt_upward", listed, entry.public_id).status_code == 403
    assert desk.post("exempt_upward", listed, entry.public_id, by=scene.city.signer).status_code == 302
    assert desk.post("exempt_upward", listed, entry.public_id, by=scene.city.signer).status_code == 409
    assert desk.post("exempt_upward", listed, "none", by=scene.city.signer).status_code == 404
    assert desk.post("sign_upward", listed, by=scene.city.leader, **number).status_code == 302


def test_a_name_is_taken_off_and_a_draft_withdrawn(desk: Desk, scene: Flow) -> None:
    listed = _list(desk)
    (nominee,) = _nominees(scene, listed).values()
    desk.post("add_upward", listed, enterprises=nominee.public_id)
    (entry,) = titles.upward_list(
        actor=scene.be(scene.city.handler), public_id=listed, moment=scene.clock.now()
    )[1]
    assert desk.post("remove_upward", listed, entry.public_id, by=scene.city.signer).status_code == 403
    assert desk.post("remove_upward", listed, entry.public_id).status_code == 302
    assert desk.post("sign_upward", listed, by=scene.city.leader, document_no="甲").status_code == 422
    assert desk.post("withdraw_upward", listed).status_code == 302
    assert desk.post("withdraw_upward", listed).status_code == 409
    assert desk.get("upward", "nosuchlist0000").status_code == 404
    assert signed_in(scene.district.handler).get(reverse("municipal:upwards")).status_code == 403
