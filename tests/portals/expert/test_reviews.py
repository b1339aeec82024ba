"""The expert's pages: nothing opens before the declaration, nobody sees another's sheet, the panel concludes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.core.actor import Actor
from apps.review import selectors as review
from apps.scoring import selectors as sheets
from tests.portals.expert.conftest import Panel

Browser = Callable[[Actor], Client]
JSON = {"HTTP_ACCEPT": "application/json"}
#: The request's own transaction: a savepoint in tests, BEGIN and COMMIT in life.
TRANSACTION = 2


def test_nothing_opens_before_the_declaration(panel: Panel, browser: Browser) -> None:
    client = browser(panel.experts[0])
    url = f"/x/reviews/{panel.tasks[0]}/"
    html = client.get(url).content.decode()
    assert "无利益冲突声明" in html
    assert "data-row" not in html
    assert client.get(f"{url}items/J1-01/").status_code == 404
    assert client.get(f"{url}material/").status_code == 404
    assert client.post(f"{url}items/J1-01/", {"p-J1-01": "1", "v-J1-01": "1"}, **JSON).status_code in {
        404,
        409,
    }
    assert client.post(f"{url}declare/", {}).status_code == 422
    assert client.post(f"{url}declare/", {"agreed": "on"}).status_code == 302
    assert client.get(url).content.decode().count("<tr data-row=") == 97
    assert client.get(f"{url}material/").status_code == 200
    assert client.post(f"{url}declare/", {"agreed": "on"}).status_code == 409


@pytest.mark.rule("R-20")
def test_another_experts_task_does_not_exist(panel: Panel, browser: Browser) -> None:
    panel.declared(0, 1)
    client = browser(panel.experts[1])
    foreign = f"/x/reviews/{panel.tasks[0]}/"
    for path in ("", "items/J1-01/", "submit/", "panel/", "material/", "sums/"):
        assert client.get(f"{foreign}{path}").status_code == 404
    for path in ("declare/", "recuse/", "save/", "adopt/", "submit/", "panel/sign/"):
        assert client.post(f"{foreign}{path}", {"agreed": "on", "reason": "无"}).status_code == 404
    for actor in (panel.scene.district.handler, panel.scene.city.handler):
        assert browser(actor).get(foreign).status_code == 403


@pytest.mark.rule("R-20")
def test_a_tie_the_system_derives_closes_pages_and_interface(panel: Panel, browser: Browser) -> None:
    panel.declared(0)
    client, task = browser(panel.experts[0]), panel.tasks[0]
    opened = [
        *(f"/x/reviews/{task}/{path}" for path in ("", "items/J1-01/", "material/", "submit/", "panel/")),
        f"/api/v1/assignments/{task}/",
    ]
    assert {client.get(path).status_code for path in opened} == {200}
    factory = review.my_task(actor=panel.scene.act_as(panel.experts[0]), public_id=task).case
    moved = client.post(
        "/x/links/employer/",
        {"employer_name": factory.enterprise_name, "employer_uscc": factory.uscc, "title": "高级工程师"},
    )
    assert moved.status_code == 302
    assert {path: client.get(path).status_code for path in opened} == dict.fromkeys(opened, 404)
    listed = client.get("/x/").content.decode()
    assert "冲突待处理" in listed
    assert "已填内容保留，等待市局处理" in listed
    for path in ("save/", "adopt/", "submit/", "panel/sign/"):
        assert client.post(f"/x/reviews/{task}/{path}").status_code == 404
    for path, body in (("adopt/", "{}"), ("submit/", "{}"), ("scores/", '{"answers": {}}')):
        sent = client.post(f"/api/v1/assignments/{task}/{path}", body, content_type="application/json")
        assert sent.status_code == 404, path


def test_recusal_needs_a_reason_and_closes_the_case(panel: Panel, browser: Browser) -> None:
    panel.declared(0)
    client = browser(panel.experts[0])
    url = f"/x/reviews/{panel.tasks[0]}/"
    assert client.post(f"{url}recuse/", {"reason": ""}).status_code == 422
    assert client.post(f"{url}recuse/", {"reason": "曾为该企业提供咨询。"}).status_code == 302
    assert client.get(url).status_code == 404
    listed = client.get("/x/").content.decode()
    assert panel.tasks[0] not in listed
    assert "曾为该企业提供咨询。" in listed
    assert client.get(f"{url}material/").status_code == 404
    assert client.post(f"{url}declare/", {"agreed": "on"}).status_code == 404


def test_the_desk_compares_with_the_district(panel: Panel, browser: Browser) -> None:
    panel.declared(0)
    client = browser(panel.experts[0])
    url = f"/x/reviews/{panel.tasks[0]}/"
    html = client.get(url).content.decode()
    assert "区级初评" in html
    saved = client.post(f"{url}items/J1-01/", {"p-J1-01": "1.60", "v-J1-01": "1", "r-J1-01": ""}, **JSON)
    assert saved.status_code == 200
    assert saved.json()["live"]["answered"] == "1"
    assert client.post(f"{url}adopt/").status_code == 302
    early = client.post(f"{url}items/J1-01/", {"p-J1-01": "9", "v-J1-01": "2", "r-J1-01": ""}, **JSON)
    assert early.status_code == 422


def test_an_unfinished_sheet_cannot_be_handed_in(panel: Panel, browser: Browser) -> None:
    panel.declared(0)
    client = browser(panel.experts[0])
    url = f"/x/reviews/{panel.tasks[0]}/"
    refused = client.post(f"{url}submit/", {"strengths": "管理规范。"})
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "管理规范。" in html
    assert "项未评分" in html
    assert 'href="#id_J1-01"' not in html, "an item has no field on this page; the desk is one link away"
    client.post(f"{url}adopt/")
    assert client.post(f"{url}submit/", {"strengths": "管理规范。"}).status_code == 302
    again = client.post(f"{url}items/J1-01/", {"p-J1-01": "0.5", "v-J1-01": "2", "r-J1-01": "改"}, **JSON)
    assert again.status_code == 409
    late = client.post(f"{url}submit/", {"problems": "台账不连续，又写了一句。"})
    assert late.status_code == 409
    assert "台账不连续，又写了一句。" in late.content.decode(), "the form is gone, the words are not"


@pytest.mark.rule("R-20")
def test_totals_stay_hidden_until_everybody_has_submitted(panel: Panel, browser: Browser) -> None:
    panel.submitted(0, 1)
    client = browser(panel.experts[0])
    waiting = client.get(f"/x/reviews/{panel.tasks[0]}/panel/").content.decode()
    assert "等待其他专家提交" in waiting
    assert "专家2" not in waiting
    panel.submitted(2)
    shown = client.get(f"/x/reviews/{panel.tasks[0]}/panel/").content.decode()
    assert "专家2" in shown
    assert "分差" in shown


@pytest.mark.rule("R-22")
def test_the_opinion_is_drafted_signed_and_issued(panel: Panel, browser: Browser) -> None:
    panel.submitted(0, 1, 2)
    leader, members = browser(panel.experts[0]), [browser(expert) for expert in panel.experts[1:]]
    own = f"/x/reviews/{panel.tasks[0]}/panel/"
    early = members[0].post(f"/x/reviews/{panel.tasks[1]}/panel/sign/")
    assert early.status_code == 409
    foreign = members[0].post(
        f"/x/reviews/{panel.tasks[1]}/panel/draft/",
        {"opinion": "recommend", "reasons": "达到要求。", "site_visited": "no"},
    )
    assert foreign.status_code == 403
    typed = {"opinion": "recommend", "reasons": "达到 3A 级要求。", "site_visited": "", "site_reason": ""}
    unanswered = leader.post(f"{own}draft/", typed)
    assert unanswered.status_code == 422
    assert "达到 3A 级要求。" in unanswered.content.decode()
    full = {**typed, "site_visited": "no", "site_reason": "材料充分，分差小。"}
    assert leader.post(f"{own}draft/", full).status_code == 302
    missing = leader.post(f"{own}conclude/")
    assert missing.status_code == 422
    assert "（R-22）" in missing.content.decode()
    for number, member in enumerate(members, 1):
        assert member.post(f"/x/reviews/{panel.tasks[number]}/panel/sign/").status_code == 302
    assert leader.post(f"{own}conclude/").status_code == 302
    assert panel.scene.state(panel.application) == "panel_concluded"
    assert leader.post(f"{own}conclude/").status_code == 409


def test_a_site_visit_is_recorded_by_the_leader(panel: Panel, browser: Browser) -> None:
    panel.submitted(0, 1, 2)
    leader = browser(panel.experts[0])
    url = f"/x/reviews/{panel.tasks[0]}/panel/visit/"
    typed = {
        "visited_on": "2026-10-14",
        "place": "示例路 2 号",
        "people": "专家1",
        "findings": "J1-01 与填报一致",
        "conclusion": "情况属实。",
    }
    alone = leader.post(url, typed)
    assert alone.status_code == 422
    assert "情况属实。" in alone.content.decode()
    assert leader.post(url, {**typed, "visited_on": "昨天"}).status_code == 422
    both = {**typed, "people": "专家1\n专家2"}
    member = browser(panel.experts[1])
    other = f"/x/reviews/{panel.tasks[1]}/panel/visit/"
    early = member.get(other)
    assert early.status_code == 403, "not after filling in the whole form"
    assert "专家组长登记" in early.content.decode()
    assert member.post(other, both).status_code == 403
    assert leader.post(url, both).status_code == 302
    assert "情况属实。" in leader.get(f"/x/reviews/{panel.tasks[0]}/panel/").content.decode()


def test_ties_are_declared(panel: Panel, browser: Browser) -> None:
    client = browser(panel.experts[0])
    assert client.post("/x/links/", {"kind": "", "organisation": "甲"}).status_code == 422
    faulty = client.post("/x/links/", {"kind": "consultant", "organisation": "甲", "uscc": "123"})
    assert faulty.status_code == 422
    assert client.post("/x/links/", {"kind": "consultant", "organisation": "示例咨询公司"}).status_code == 302
    assert "示例咨询公司" in client.get("/x/links/").content.decode()
    assert browser(panel.experts[1]).get("/x/links/").content.decode().count("示例咨询公司") == 0


def test_the_pages_stay_within_their_budget(
    panel: Panel, browser: Browser, django_assert_max_num_queries: Any
) -> None:
    panel.declared(0)
    client = browser(panel.experts[0])
    url = f"/x/reviews/{panel.tasks[0]}/"
    with django_assert_max_num_queries(12 + TRANSACTION):
        client.get("/x/")
    with django_assert_max_num_queries(12 + TRANSACTION):
        client.get(url)
    with django_assert_max_num_queries(15 + TRANSACTION):
        client.post(f"{url}items/J1-01/", {"p-J1-01": "1.60", "v-J1-01": "1", "r-J1-01": ""}, **JSON)


def test_districts_do_not_see_the_experts_points(panel: Panel) -> None:
    panel.submitted(0)
    handler = panel.scene.act_as(panel.scene.district.handler)
    own = panel.scene.sheet(panel.application)
    view = sheets.compare_view(actor=handler, public_id=own)
    assert [column.kind for column in view.columns] == ["self"]


@pytest.mark.rule("R-20")
def test_what_was_typed_for_a_task_taken_back_meanwhile_stays_on_the_page(
    panel: Panel, browser: Browser
) -> None:
    panel.declared(1)
    client = browser(panel.experts[1])
    url = f"/x/reviews/{panel.tasks[1]}/"
    client.post(f"{url}recuse/", {"reason": "曾为该企业提供咨询。"})
    sent = {"p-J1-02": "0.37", "r-J1-02": "验收意见缺一页。", "problems": "台账不连续。"}
    for path in ("save/", "adopt/", "items/J1-02/", "submit/"):
        late = client.post(f"{url}{path}", sent)
        assert late.status_code == 409, path
        html = late.content.decode()
        assert "评审任务已结束" in html
        for words in ("J1-02 评分", "0.37", "验收意见缺一页。", "台账不连续。"):
            assert words in html, (path, words)
    assert client.post(f"/x/reviews/{panel.tasks[0]}/save/", sent).status_code == 404, "a colleague's task"
