"""From a recommended list to a signed award, every act through the pages, every refusal with its status."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.core.actor import Actor, Duty, Role
from apps.publicity import selectors as publicity
from apps.review import selectors as review
from tests import worlds
from tests.portals.municipal.desk import Desk, text_of
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.staging import built_once, played


def _build() -> Flow:
    flow = scenes.build(scenes.morning())
    flow.recommended()
    return flow


stage = built_once(_build)
scene = played()


@pytest.fixture
def desk(scene: Flow) -> Desk:
    return Desk(scene)


def _listed(flow: Flow) -> str:
    rows = review.recommendations(actor=flow.be(flow.city.handler))
    return rows[0].public_id


def test_the_list_is_accepted_case_by_case(desk: Desk, scene: Flow) -> None:
    listed = _listed(scene)
    assert text_of(desk.get("recommendations")).count("推荐名单") >= 1
    shown = desk.get("recommendation", listed)
    assert shown.status_code == 200
    assert "受理所选" in text_of(shown)
    done = desk.post("accept_cases", ids=[scene.case], list=listed)
    assert (done.status_code, scene.state()) == (302, "city_accepted")
    again = desk.post("accept_cases", ids=[scene.case], list=listed)
    assert again.status_code == 409
    assert "没有受理" in text_of(again)


def test_a_case_goes_back_only_with_a_reason(desk: Desk, scene: Flow) -> None:
    listed = _listed(scene)
    refused = desk.post("return_case", listed, scene.case, reason=" ")
    assert refused.status_code == 422
    assert "请写明退回原因" in text_of(refused)
    done = desk.post("return_case", listed, scene.case, reason="汇总表与附件不一致。")
    assert (done.status_code, scene.state()) == (302, "prelim_signed")


def test_leaders_do_not_accept_and_unknown_cases_do_not_exist(desk: Desk, scene: Flow) -> None:
    assert desk.post("accept_cases", by=scene.city.leader, ids=[scene.case]).status_code == 403
    assert desk.post("accept_cases", ids=["nosuchcase00"]).status_code == 404
    assert scene.state() == "recommended"


def test_a_panel_needs_three_without_conflict(desk: Desk, scene: Flow) -> None:
    scene.be(scene.city.handler)
    desk.post("accept_cases", ids=[scene.case])
    employed = worlds.expert(
        scene.clock, 77, employer_uscc=scene.case_row().enterprise.uscc, employer="昆山示例材料厂"
    )
    page = desk.get("form_panel", scene.case)
    assert "应回避的专家 1 位" in text_of(page)
    due = (scene.clock.now().on + timedelta(days=14)).isoformat()
    ids = [expert.expert_id for expert in scene.experts[:3]]
    two = desk.post("form_panel", scene.case, expert_ids=ids[:2], leader_id=ids[0], due_on=due)
    assert two.status_code == 422
    assert "R-19" in text_of(two)
    tied = desk.post(
        "form_panel", scene.case, expert_ids=[*ids[:2], employed.expert_id], leader_id=ids[0], due_on=due
    )
    assert tied.status_code == 422
    assert "R-20" in text_of(tied)
    assert desk.post("form_panel", scene.case, expert_ids=ids, leader_id=ids[0], due_on="").status_code == 422
    signer = desk.post(
        "form_panel", scene.case, by=scene.city.leader, expert_ids=ids, leader_id=ids[0], due_on=due
    )
    assert signer.status_code == 403
    done = desk.post("form_panel", scene.case, expert_ids=ids, leader_id=ids[0], due_on=due)
    assert (done.status_code, scene.state()) == (302, "expert_review")
    assert desk.get("panel", scene.case).status_code == 200
    assert (
        desk.post("form_panel", scene.case, expert_ids=ids, leader_id=ids[0], due_on=due).status_code == 409
    )


def test_experts_are_replaced_and_visits_recorded(desk: Desk, scene: Flow) -> None:
    _accept_and_form(scene)
    task = scene.task(scene.experts[1])
    shown = desk.get("replace_expert", scene.case, task)
    assert shown.status_code == 200
    assert desk.get("replace_expert", scene.case, "nosuchtask00").status_code == 404
    refused = desk.post("replace_expert", scene.case, task, reason="", expert_id=scene.experts[4].expert_id)
    assert refused.status_code == 422
    done = desk.post(
        "replace_expert", scene.case, task, reason="时间冲突。", expert_id=scene.experts[4].expert_id
    )
    assert done.status_code == 302
    names = [member.expert_id for member in _panel(scene).members if member.state != "recused"]
    assert scene.experts[4].expert_id in names
    assert scene.experts[1].expert_id not in names

    one = {"visited_on": "2026-11-23", "place": "厂区", "conclusion": "与申报一致。"}
    alone = desk.post("record_visit", scene.case, people="沈卫东", **one)
    assert alone.status_code == 422
    assert "不少于 2 人" in text_of(alone)
    kept = desk.post(
        "record_visit",
        scene.case,
        people="沈卫东、朱明华",
        **one,
        **{"item-1": "光伏装机", "filed-1": "2 MW", "found-1": "2 MW", "agrees-1": "on"},
    )
    assert kept.status_code == 302
    visit = _panel(scene).visits[0]
    assert visit.people == ("沈卫东", "朱明华")
    assert visit.findings[0]["agrees"] is True


def test_reconsideration_reopens_every_sheet(desk: Desk, scene: Flow) -> None:
    _accept_and_form(scene)
    for expert, total in zip(scene.experts, ("74.00", "86.00", "88.00"), strict=False):
        scene.assess(expert, total)
    page = text_of(desk.get("panel", scene.case))
    assert "应当复议" in page
    past = desk.post("reconsider", scene.case, due_on="2026-11-01")
    assert past.status_code == 422
    done = desk.post("reconsider", scene.case, due_on="2026-12-10")
    assert (done.status_code, _panel(scene).state) == (302, "reconsidering")
    assert desk.post("reconsider", scene.case, due_on="2026-12-11").status_code == 409


def test_a_missing_supplement_reopens_the_panel(desk: Desk, scene: Flow) -> None:
    _conclude(scene, opinion="supplement")
    page = text_of(desk.get("panel", scene.case))
    assert "重新评估" in page
    assert desk.post("take_opinion", scene.case).status_code == 409
    assert desk.post("reopen_panel", scene.case, due_on="2026-12-20", reason="").status_code == 422
    done = desk.post("reopen_panel", scene.case, due_on="2026-12-20", reason="企业已补充检测报告。")
    assert (done.status_code, scene.state()) == (302, "expert_review")


def test_an_opinion_against_the_case_is_taken_by_a_signer(desk: Desk, scene: Flow) -> None:
    _conclude(scene, opinion="not_recommend")
    assert desk.post("take_opinion", scene.case).status_code == 403
    done = desk.post("take_opinion", scene.case, by=scene.city.signer)
    assert (done.status_code, scene.state()) == (302, "refused")


def test_from_opinion_to_notice_through_the_pages(desk: Desk, scene: Flow) -> None:
    _conclude(scene)
    assert desk.post("take_opinion", scene.case).status_code == 302
    assert scene.state() == "credit_check"
    # The desk counts what waits for an act: first the query, then the notice.
    waits, cleared = "征信待查询或待处理", "征信已通过，待公示"
    assert (waits in text_of(desk.get("home")), cleared in text_of(desk.get("home"))) == (True, False)

    # The notice waits for credit: the pre-check names the case and the clause.
    checked = desk.post("draft_notice", ids=[scene.case])
    assert checked.status_code == 200
    assert "不能列入 1 家" in text_of(checked)
    assert "R-23" in text_of(checked)

    credit = {"platform": "信用中国", "checked_on": "2026-11-23", "report_no": "XY1", "result": "normal"}
    assert desk.post("credit_check", scene.case, **{**credit, "checked_on": "2026-11-30"}).status_code == 422
    assert desk.post("credit_check", scene.case, **{**credit, "result": "adverse"}).status_code == 422
    assert desk.post("credit_check", scene.case, by=scene.city.leader, **credit).status_code == 403
    assert desk.post("credit_check", scene.case, **credit).status_code == 302
    assert (waits in text_of(desk.get("home")), cleared in text_of(desk.get("home"))) == (False, True)

    ready = desk.post("draft_notice", ids=[scene.case])
    assert "可以列入 1 家" in text_of(ready)
    form = {
        "ids": [scene.case],
        "step": "draft",
        "round": scene.round_id,
        "title": "关于2026年第二批苏州市3A级绿色工厂拟评定名单的公示",
        "basis": "依据与程序。",
        "contact_person": "沈先生",
        "contact_phone": "0512-00000000",
        "supervision_phone": "0512-00000001",
    }
    empty = desk.post("draft_notice", **{**form, "contact_person": ""})
    assert empty.status_code == 422
    assert "请填写联系人" in text_of(empty)
    assert desk.post("draft_notice", **form).status_code == 302
    notice = publicity.notices_page(actor=scene.be(scene.city.handler)).rows[0].public_id

    # Each step of the chain by the one whose it is, none out of turn.
    assert desk.post("sign_notice", notice, by=scene.city.leader, event="approve").status_code == 409
    assert desk.post("sign_notice", notice, by=scene.city.signer, event="submit").status_code == 403
    assert desk.post("sign_notice", notice, event="submit").status_code == 302
    assert desk.post("sign_notice", notice, by=scene.city.signer, event="return", note="").status_code == 422
    assert desk.post("sign_notice", notice, by=scene.city.signer, event="review").status_code == 302
    assert desk.post("sign_notice", notice, by=scene.city.leader, event="approve").status_code == 302
    assert desk.post("sign_notice", notice, event="nonsense").status_code == 404
    own = desk.post("publish_notice", notice)
    assert own.status_code == 422
    assert "经办人不能签批自己办理的事项" in text_of(own)
    publisher = scene.city.publisher
    assert desk.post("publish_notice", notice, by=publisher, starts_on="2026-11-01").status_code == 422
    assert desk.post("publish_notice", notice, by=scene.city.signer).status_code == 403
    assert desk.post("publish_notice", notice, by=publisher).status_code == 302
    assert scene.state() == "on_notice"
    shown = text_of(desk.get("notice", notice))
    assert "公开页面" in shown
    assert "发起更正公示" in shown


def test_from_notice_to_title_through_the_pages(desk: Desk, scene: Flow) -> None:
    _conclude(scene)
    desk.post("take_opinion", scene.case)
    scene.credit()
    scene.publish()
    # Nothing is awarded before the period is over.
    early = desk.post(
        "propose_recognition",
        ids=[scene.case],
        step="propose",
        round=scene.round_id,
        document_no="苏工信〔2026〕9号",
    )
    assert early.status_code == 409
    scene.after_notice()
    scene.sweep()
    assert scene.state() == "confirmable"
    assert "可以" in text_of(desk.get("recognitions"))
    nameless = desk.post(
        "propose_recognition", ids=[scene.case], step="propose", round=scene.round_id, document_no=""
    )
    assert nameless.status_code == 422
    assert "请填写评定文号" in text_of(nameless)
    proposed = desk.post(
        "propose_recognition",
        ids=[scene.case],
        step="propose",
        round=scene.round_id,
        document_no="苏工信节能〔2026〕58号",
    )
    assert proposed.status_code == 302
    listed = publicity.recognitions(actor=scene.be(scene.city.handler))[0].public_id
    leader = scene.city.leader
    page = text_of(desk.get("recognition", listed, by=leader))
    assert "证书编号随即生成" in page
    assert "评定并签发" not in text_of(desk.get("recognition", listed))
    assert desk.post("recognition", listed, by=leader, confirm_code="0000").status_code == 422
    assert desk.post("recognition", listed, confirm_code="026B").status_code == 403
    assert desk.post("recognition", "nosuchlist00", by=leader, confirm_code="026B").status_code == 404
    signed = desk.post("recognition", listed, by=leader, confirm_code="026b")
    assert (signed.status_code, scene.state()) == (302, "awarded")
    assert "SZLC-3A-" in text_of(desk.get("recognition", listed, by=leader))
    assert desk.post("recognition", listed, by=leader, confirm_code="026B").status_code == 409


def test_nobody_signs_what_they_proposed(desk: Desk, scene: Flow) -> None:
    """A leader who is also 经办 may not sign an own list: the rule answers, with its number."""
    _conclude(scene)
    desk.post("take_opinion", scene.case)
    scene.credit()
    scene.publish()
    scene.after_notice()
    scene.sweep()
    both = worlds.staff_member(
        scene.clock, "city_both", "双职", role=Role.MUNICIPAL, duties=[Duty.HANDLER, Duty.LEADER]
    )
    desk.post(
        "propose_recognition",
        by=both,
        ids=[scene.case],
        step="propose",
        round=scene.round_id,
        document_no="苏工信节能〔2026〕59号",
    )
    listed = publicity.recognitions(actor=scene.be(both))[0].public_id
    refused = desk.post("recognition", listed, by=both, confirm_code="026B")
    assert refused.status_code == 422
    assert 'class="verdict"' in text_of(refused)
    assert scene.state() == "confirmable"


def test_the_file_shows_the_whole_case(desk: Desk, scene: Flow) -> None:
    _conclude(scene)
    page = text_of(desk.get("application", scene.case))
    for word in ("三方得分", "86.00", "专家组", "征信", "办理记录", "处理评估意见"):
        assert word in page
    scores = text_of(desk.get("scores", scene.case))
    assert scores.count("<tr") > 97
    task = scene.task(scene.experts[0])
    assert desk.get("review_task", task).status_code == 302
    assert desk.get("application", "nosuchcase00").status_code == 404
    assert desk.get("scores", "nosuchcase00").status_code == 404


def test_other_audiences_are_refused(scene: Flow) -> None:
    desk = Desk(scene)
    people: list[Actor] = [scene.district.handler, scene.enterprise, scene.experts[0]]
    for person in people:
        for name in ("home", "board", "recommendations", "panels", "credit", "notices", "recognitions"):
            assert desk.get(name, by=person).status_code == 403
        assert desk.post("accept_cases", by=person, ids=[scene.case]).status_code == 403
    assert scene.state() == "recommended"


def _accept_and_form(flow: Flow) -> None:
    from apps.review import services

    services.accept_case(actor=flow.be(flow.city.handler), clock=flow.clock, public_id=flow.case)
    flow.form()


def _conclude(flow: Flow, opinion: str = "recommend") -> None:
    _accept_and_form(flow)
    for expert, total in zip(flow.experts, ("84.00", "86.00", "88.00"), strict=False):
        flow.assess(expert, total)
    flow.opine(opinion)


def _panel(flow: Flow) -> review.PanelFile:
    return review.panel_of(actor=flow.be(flow.city.handler), public_id=flow.case)
