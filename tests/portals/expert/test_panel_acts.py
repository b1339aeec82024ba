"""The expert's acts around scoring: availability, a request for a visit, dissent, the on-site record on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.review import selectors as review
from tests.portals.district.scenes import PNG
from tests.portals.expert.conftest import Panel

Browser = Callable[[Actor], Client]
LINE = json.dumps([[[10, 10], [200, 300], [400, 100], [600, 350]]])
DISSENT = "余热回收的测算依据不足。"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


# ------------------------------------------------------------------ availability
@pytest.mark.rule("R-19")
def test_times_away_are_the_experts_own(panel: Panel, browser: Browser) -> None:
    client, url = browser(panel.experts[0]), "/x/availability/"
    on = Moment.of(timezone.now()).on
    wrong = [
        ({"from_on": "", "until_on": ""}, "开始日期"),
        ({"from_on": "2026-02-30", "until_on": "2026-03-01"}, "开始日期"),
        ({"from_on": (on + timedelta(days=9)).isoformat(), "until_on": on.isoformat()}, "不能早于开始日期"),
        ({"from_on": "2020-01-01", "until_on": "2020-01-05"}, "已经过去"),
        (
            {"from_on": on.isoformat(), "until_on": (on + timedelta(days=401)).isoformat()},
            "最长 400 天",
        ),
    ]
    for sent, said in wrong:
        answer = client.post(url, {**sent, "note": "出国"})
        assert answer.status_code == 422, sent
        assert said in answer.content.decode()
        assert "出国" in answer.content.decode(), "what was typed stays"
    days = {"from_on": on.isoformat(), "until_on": (on + timedelta(days=5)).isoformat(), "note": "出差"}
    assert client.post(url, {**days, "note": "长" * 101}).status_code == 422
    assert client.post(url, days).status_code == 302
    assert "出差" in client.get(url).content.decode()
    [row] = review.absences(actor=panel.scene.act_as(panel.experts[0]), on=on)
    other = browser(panel.experts[1])
    assert "出差" not in other.get(url).content.decode()
    assert other.post(f"{url}{row.public_id}/withdraw/").status_code == 404
    assert browser(panel.scene.city.handler).get(url).status_code == 403
    assert client.post(f"{url}{row.public_id}/withdraw/").status_code == 302
    assert client.post(f"{url}{row.public_id}/withdraw/").status_code == 404
    assert "出差" not in client.get(url).content.decode()


# ------------------------------------------------------------------ asking for a visit
@pytest.mark.rule("R-21")
def test_a_visit_is_asked_for_with_a_reason(panel: Panel, browser: Browser) -> None:
    client, url = browser(panel.experts[0]), f"/x/reviews/{panel.tasks[0]}/site-visit/"
    assert client.get(url).status_code == 302, "first the declaration"
    panel.declared(0, 1)
    assert client.get(url).status_code == 200
    silent = client.post(url, {"reason": " "})
    assert silent.status_code == 422
    assert "请写明为什么需要现场核实" in silent.content.decode()
    long = client.post(url, {"reason": "因" * 1001})
    assert long.status_code == 422
    assert client.post(url, {"reason": "计量表读数不一致。"}).status_code == 302
    assert "计量表读数不一致。" in client.get(url).content.decode()
    assert browser(panel.experts[1]).post(url, {"reason": "越权。"}).status_code == 404
    assert browser(panel.scene.city.handler).post(url, {"reason": "代写。"}).status_code == 403
    assert client.post(url, {"withdraw": "1"}).status_code == 302
    client.post(f"/x/reviews/{panel.tasks[0]}/adopt/")
    client.post(f"/x/reviews/{panel.tasks[0]}/submit/", {"strengths": "好。"})
    assert client.post(url, {"reason": "晚了。"}).status_code == 409


# ------------------------------------------------------------------ dissent
@pytest.mark.rule("R-22")
def test_a_member_signs_with_dissent_and_everybody_reads_it(panel: Panel, browser: Browser) -> None:
    panel.submitted(0, 1, 2)
    leader, member = browser(panel.experts[0]), browser(panel.experts[1])
    urls = [f"/x/reviews/{task}/panel/" for task in panel.tasks]
    draft = {
        "opinion": "recommend",
        "reasons": "达到 3A 级要求。",
        "site_visited": "no",
        "site_reason": "材料充分。",
    }
    leader.post(f"{urls[0]}draft/", draft)
    long = member.post(f"{urls[1]}sign/", {"dissent": "异" * 1001})
    assert long.status_code == 422
    assert member.post(f"{urls[0]}sign/", {"dissent": DISSENT}).status_code == 404
    assert member.post(f"{urls[1]}sign/", {"dissent": DISSENT}).status_code == 302
    for client, url in ((leader, urls[0]), (browser(panel.experts[2]), urls[2])):
        assert DISSENT in client.get(url).content.decode()
    assert browser(panel.experts[2]).post(f"{urls[2]}sign/").status_code == 302
    assert leader.post(f"{urls[0]}conclude/").status_code == 302
    assert member.post(f"{urls[1]}sign/", {"dissent": "再补充。"}).status_code == 409
    city = browser(panel.scene.city.handler)
    assert DISSENT in city.get(f"/m/panels/{panel.application}/").content.decode()


# ------------------------------------------------------------------ on site
@pytest.mark.rule("R-21")
def test_the_leader_takes_signatures_and_photos_on_site(panel: Panel, browser: Browser) -> None:
    panel.declared(0, 1)
    leader, member = browser(panel.experts[0]), browser(panel.experts[1])
    made = leader.post(
        f"/x/reviews/{panel.tasks[0]}/panel/visit/",
        {
            "visited_on": "2026-10-14",
            "place": "示例路 2 号",
            "people": "专家1\n专家2",
            "conclusion": "情况属实。",
            "item-1": "能源计量器具配备",
            "filed-1": "配备率 100%",
            "found-1": "三级计量缺 6 台",
        },
    )
    url = made["Location"]
    assert "三级计量缺 6 台" in leader.get(url).content.decode()
    assert member.get(url).status_code == 200
    assert "签名" in leader.get(url).content.decode()
    assert browser(panel.experts[2]).get(url).status_code == 404, "not declared: nothing to see yet"
    assert browser(panel.scene.district.handler).get(url).status_code == 403
    ours = {"side": "checkers", "name": "专家2", "strokes": LINE}
    assert member.post(f"{url}sign/", ours).status_code == 403
    assert leader.post(f"{url}sign/", {**ours, "name": "路人"}).status_code == 422
    assert leader.post(f"{url}sign/", ours).status_code == 302
    twice = leader.post(f"{url}sign/", ours)
    assert twice.status_code == 422
    assert "专家2已经签名。" in twice.content.decode()
    refusal = {"side": "factory", "name": "周敏", "refused": "on"}
    assert leader.post(f"{url}sign/", refusal).status_code == 422
    assert leader.post(f"{url}sign/", {**refusal, "note": "对数据有异议。"}).status_code == 302
    shown = leader.get(url).content.decode()
    assert "对数据有异议。" in shown
    photo = SimpleUploadedFile("现场.png", PNG, "image/png")
    assert leader.post(f"{url}photos/", {"files": photo}).status_code == 302
    assert leader.get(url).content.decode().count("现场.png") >= 1
    assert leader.post(f"{url}photos/").status_code == 422
