"""Corrections, objections and their conclusions through the pages; only the enterprise concerned waits."""

from __future__ import annotations

import pytest

from apps.publicity import selectors as publicity
from apps.publicity import services as publicity_services
from tests.portals.municipal.desk import Desk, text_of
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.staging import built_once, played


def _build() -> Flow:
    flow = scenes.build(scenes.morning())
    flow.on_notice()
    return flow


stage = built_once(_build)
scene = played()


@pytest.fixture
def desk(scene: Flow) -> Desk:
    return Desk(scene)


def test_a_correction_takes_the_entry_off(desk: Desk, scene: Flow) -> None:
    nothing = desk.post("correct_notice", scene.notice, reason="名称有误。")
    assert nothing.status_code == 422
    assert "请选择本公示中需要更正的企业" in text_of(nothing)
    assert desk.post("correct_notice", scene.notice, ids=[scene.case], reason="").status_code == 422
    assert (
        desk.post(
            "correct_notice", scene.notice, by=scene.city.signer, ids=[scene.case], reason="x"
        ).status_code
        == 403
    )
    done = desk.post("correct_notice", scene.notice, ids=[scene.case], reason="名称有误。")
    assert (done.status_code, scene.state()) == (302, "credit_check")
    rows = publicity.notices_page(actor=scene.be(scene.city.handler)).rows
    correction = next(row for row in rows if row.kind == "correction")
    page = text_of(desk.get("notice", correction.public_id))
    assert "查看原公示" in page
    assert "送处室审核" in page


def test_an_objection_is_accepted_and_concluded_by_two(desk: Desk, scene: Flow) -> None:
    objection = scene.object()
    page = text_of(desk.get("objection", objection))
    assert "示例市民" in page
    assert "受理异议" in page
    listed = text_of(desk.get("objections"))
    assert "示例市民" not in listed
    assert desk.post("accept_objection", objection, by=scene.city.leader).status_code == 403
    assert desk.post("accept_objection", objection, note="予以核查。").status_code == 302
    assert scene.state() == "objection"
    assert desk.post("accept_objection", objection).status_code == 409
    assert desk.post("decline_objection", objection, reason="x").status_code == 409
    unsaid = desk.post("conclude_objection", objection, by=scene.city.signer, conclusion="已核查。")
    assert unsaid.status_code == 422
    assert "请选择异议成立或不成立" in text_of(unsaid)
    handler = desk.post("conclude_objection", objection, upheld="no", conclusion="已核查。")
    assert handler.status_code == 403
    done = desk.post(
        "conclude_objection", objection, by=scene.city.signer, upheld="no", conclusion="已核查。"
    )
    assert (done.status_code, scene.state()) == (302, "on_notice")


def test_an_empty_conclusion_is_told_of_both_things_it_lacks(desk: Desk, scene: Flow) -> None:
    objection = scene.object()
    publicity_services.accept_objection(
        actor=scene.be(scene.city.handler), clock=scene.clock, public_id=objection
    )
    empty = desk.post("conclude_objection", objection, by=scene.city.signer)
    assert empty.status_code == 422
    assert "请选择异议成立或不成立。" in text_of(empty)
    assert "请填写核查结论。" in text_of(empty)
    unchosen = desk.post("conclude_objection", objection, by=scene.city.signer, conclusion="已核查。")
    assert unchosen.status_code == 422
    assert "已核查。" in text_of(unchosen)
    assert "作出结论" in text_of(desk.get("objection", objection, by=scene.city.signer))


def test_an_upheld_objection_ends_the_case(desk: Desk, scene: Flow) -> None:
    objection = scene.object(party="unit")
    desk.post("accept_objection", objection)
    done = desk.post(
        "conclude_objection", objection, by=scene.city.signer, upheld="yes", conclusion="情况属实。"
    )
    assert (done.status_code, scene.state()) == (302, "refused")


def test_an_anonymous_objection_is_declined_with_a_reason(desk: Desk, scene: Flow) -> None:
    objection = scene.object(party="anonymous")
    refused = desk.post("accept_objection", objection)
    assert refused.status_code == 422
    assert "R-25" in text_of(refused)
    assert desk.post("decline_objection", objection, reason=" ").status_code == 422
    assert desk.post("decline_objection", objection, reason="匿名，无法核实。").status_code == 302
    assert scene.state() == "on_notice"
    assert desk.get("objection", "nosuchobject0").status_code == 404


def test_the_board_holds_back_the_objected_case(desk: Desk, scene: Flow) -> None:
    scene.object()
    page = text_of(desk.get("board", stage="notice"))
    assert "有 1 件异议未办结" in page
    assert "暂缓" in page
    home = text_of(desk.get("home"))
    assert "异议待受理" in home
    assert "公示期" in home


def test_adverse_credit_ends_a_case_by_a_signer(desk: Desk, scene: Flow) -> None:
    desk.post("correct_notice", scene.notice, ids=[scene.case], reason="名称有误。")
    credit = {"platform": "信用中国", "checked_on": "2026-11-23", "report_no": "XY2", "result": "adverse"}
    assert desk.post("credit_check", scene.case, **credit, matters="列入失信名单。").status_code == 302
    page = text_of(desk.get("board", stage="credit"))
    assert "1 异常" in page
    assert "列入失信名单" in page
    assert desk.post("refuse_for_credit", scene.case, reason="列入失信名单。").status_code == 403
    assert desk.post("refuse_for_credit", scene.case, by=scene.city.signer, reason="").status_code == 422
    done = desk.post("refuse_for_credit", scene.case, by=scene.city.signer, reason="列入失信名单。")
    assert (done.status_code, scene.state()) == (302, "refused")
    assert desk.get("credit").status_code == 200


def test_the_board_filters_and_keeps_nonsense_harmless(desk: Desk, scene: Flow) -> None:
    assert "昆山示例" in text_of(desk.get("board", stage="notice", q="昆山"))
    assert "这里没有企业" in text_of(desk.get("board", stage="notice", district="320506"))
    for query in (
        {"stage": "zzz"},
        {"page": "abc"},
        {"page": "999999999999"},
        {"round": "'; --"},
        {"sort": "x"},
    ):
        assert desk.get("board", **query).status_code == 200


def test_a_draft_can_be_reworded_by_the_drafter_until_it_is_sent(desk: Desk, scene: Flow) -> None:
    desk.post("correct_notice", scene.notice, ids=[scene.case], reason="名称有误。")
    rows = publicity.notices_page(actor=scene.be(scene.city.handler)).rows
    correction = next(row for row in rows if row.kind == "correction").public_id
    assert 'name="supervision_phone"' in desk.get("notice", correction).content.decode()
    words = {
        "form": "revise",
        "title": "关于更正拟评定名单的公示",
        "basis": "经核对，对名单作如下更正。",
        "contact_person": "沈先生",
        "contact_phone": "0512-00000000",
        "supervision_phone": "0512-00000001",
    }
    assert desk.post("revise_notice", correction, by=scene.city.signer, **words).status_code == 403
    refused = desk.post("revise_notice", correction, **{**words, "title": ""})
    assert refused.status_code == 422
    assert "经核对，对名单作如下更正。" in text_of(refused)
    relisted = desk.post("revise_notice", correction, **words, listed="1", ids=[scene.case])
    assert "更正公示的名单由更正时确定" in text_of(relisted)
    assert desk.post("revise_notice", correction, **words).status_code == 302
    assert "关于更正拟评定名单的公示" in text_of(desk.get("notice", correction))
    desk.post("sign_notice", correction, event="submit")
    assert desk.post("revise_notice", correction, **words).status_code == 409
    assert 'name="supervision_phone"' not in desk.get("notice", correction).content.decode()
