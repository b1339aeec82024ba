"""The city's pages around a panel: draw, override, end of scoring, visits, arrangement; each refusal with its status."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.review import selectors as review
from apps.review.models import ConflictOverride
from tests import worlds
from tests.portals.district.scenes import PNG
from tests.portals.municipal.desk import Desk, text_of
from tests.portals.scenes import signed_in
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.staging import built_once, played

SOURCE, VALUE = "中国福利彩票双色球第2026135期开奖号码", "03 11 19 22 27 30 09"
LINE = json.dumps([[[10, 10], [200, 300], [400, 100], [600, 350]]])


def _build() -> Flow:
    flow = scenes.build(scenes.morning(), experts=0)
    flow.experts = [worlds.expert(flow.clock, n, employer=f"示例单位{n}") for n in range(1, 7)]
    flow.accepted_by_city()
    return flow


stage = built_once(_build)
scene = played()


@pytest.fixture
def desk(scene: Flow) -> Desk:
    return Desk(scene)


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def conditions(flow: Flow, **changed: str) -> dict[str, str]:
    now = flow.clock.now()
    return {
        "size": "3",
        "seat-1": "industry:26",
        "seat-2": "field:能源",
        "source": SOURCE,
        "known_from": f"{now.at + timedelta(hours=11):%Y-%m-%dT%H:%M}",
        "due_on": (now.on + timedelta(days=14)).isoformat(),
        **changed,
    }


def committed(desk: Desk) -> str:
    assert desk.post("draw", desk.flow.case, **conditions(desk.flow)).status_code == 302
    return review.draws_of(actor=desk.flow.be(desk.flow.city.handler), public_id=desk.flow.case)[0].public_id


def drawn(desk: Desk) -> str:
    draw = committed(desk)
    desk.flow.clock.set(Moment.of(desk.flow.clock.now().at + timedelta(hours=13)))
    done = desk.post("reveal_draw", draw, by=desk.flow.city.signer, public_value=VALUE)
    assert done.status_code == 302
    return draw


# ------------------------------------------------------------------ who is let in
def test_only_the_city_is_let_in(scene: Flow) -> None:
    for actor in (scene.district.handler, scene.enterprise, scene.experts[0]):
        browser = signed_in(actor)
        for path in (
            f"/m/panels/{scene.case}/draw/",
            "/m/panels/calibration/",
            f"/m/rounds/{scene.round_id}/experts/",
            "/m/visits/nothing/",
            "/m/draws/nothing/record.json",
        ):
            assert browser.get(path).status_code == 403, (actor.role, path)
        for path in (
            "/m/draws/nothing/reveal/",
            "/m/draws/nothing/confirm/",
            "/m/overrides/nothing/",
            f"/m/panels/{scene.case}/override/",
            f"/m/panels/{scene.case}/close/",
            "/m/visits/nothing/sign/",
            "/m/visits/nothing/photos/",
        ):
            assert browser.post(path).status_code == 403, (actor.role, path)
    assert Client().get(f"/m/panels/{scene.case}/draw/").status_code == 302, "strangers sign in first"


def test_what_does_not_exist_is_404(desk: Desk) -> None:
    for name in ("draw", "arrange_round", "site_visit", "draw_record"):
        assert desk.get(name, "nosuchrow000").status_code == 404, name
    for name in (
        "draw",
        "reveal_draw",
        "confirm_draw",
        "decide_override",
        "ask_override",
        "close_scoring",
        "sign_visit",
        "visit_photo",
        "arrange_round",
    ):
        sent = {**conditions(desk.flow), "public_value": VALUE, "reason": "原因。", "expert_id": "1"}
        assert desk.post(name, "nosuchrow000", **sent).status_code == 404, name


# ------------------------------------------------------------------ draw
@pytest.mark.rule("R-19")
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"size": "4"}, "请选择专家人数"),
        ({"size": "三"}, "请选择专家人数"),
        ({"size": "7"}, "R-19"),
        ({"source": " "}, "请填写公开数值来源和期次"),
        ({"source": "源" * 201}, "200"),
        ({"known_from": ""}, "请填写公布时间"),
        ({"known_from": "明天晚上"}, "请填写公布时间"),
        ({"known_from": "2026-11-22T21:15"}, "公布时间应晚于现在"),
        ({"due_on": "2026-11-23"}, "评审截止日应晚于今天"),
        ({"due_on": "2026-02-30"}, "评审截止日"),
    ],
)
def test_a_draw_is_committed_whole_or_not_at_all(
    desk: Desk, scene: Flow, changed: dict[str, str], said: str
) -> None:
    answer = desk.post("draw", scene.case, **conditions(scene, **changed))
    assert answer.status_code == 422
    assert said in text_of(answer)
    if "source" not in changed:
        assert SOURCE in text_of(answer), "what was typed stays"
    assert review.draws_of(actor=scene.be(scene.city.handler), public_id=scene.case) == []


def test_every_fault_of_a_form_is_said_at_once(desk: Desk, scene: Flow) -> None:
    said = text_of(desk.post("draw", scene.case, size="3", source="", known_from="", due_on="2020-01-01"))
    for fault in ("请填写公开数值来源和期次", "请填写公布时间", "评审截止日应晚于今天"):
        assert fault in said
    said = text_of(desk.post("form_panel", scene.case, due_on=""))
    for fault in ("请选择专家", "请从所选专家中指定组长", "请填写评审截止日"):
        assert fault in said


@pytest.mark.rule("R-19")
def test_a_draw_from_commitment_to_panel(desk: Desk, scene: Flow) -> None:
    shown = text_of(desk.get("draw", scene.case))
    assert "封存并公开摘要" in shown
    leader_page = text_of(desk.get("draw", scene.case, by=scene.city.leader))
    assert "封存并公开摘要" not in leader_page
    refused = desk.post("draw", scene.case, by=scene.city.signer, **conditions(scene))
    assert refused.status_code == 403
    draw = committed(desk)
    assert desk.post("draw", scene.case, **conditions(scene)).status_code == 422, "a redraw needs its reason"
    early = desk.post("reveal_draw", draw, by=scene.city.signer, public_value=VALUE)
    assert early.status_code == 422
    assert desk.post("confirm_draw", draw).status_code == 409
    scene.clock.set(Moment.of(scene.clock.now().at + timedelta(hours=13)))
    same = desk.post("reveal_draw", draw, public_value=VALUE)
    assert same.status_code == 422
    assert "R-19" in text_of(same)
    assert "由另一名工作人员录入" in text_of(desk.get("draw", scene.case))
    empty = desk.post("reveal_draw", draw, by=scene.city.signer, public_value=" 。")
    assert empty.status_code == 422
    assert desk.post("reveal_draw", draw, by=scene.city.signer, public_value=VALUE).status_code == 302
    again = desk.post("reveal_draw", draw, by=scene.city.signer, public_value="1")
    assert again.status_code == 409
    record = desk.get("draw_record", draw)
    assert record.json()["public_value"] == VALUE
    assert record["Content-Disposition"].startswith("attachment")
    assert desk.post("confirm_draw", draw, by=scene.city.signer).status_code == 403
    stranger = desk.post("confirm_draw", draw, leader="ZJ9999")
    assert stranger.status_code == 422
    assert "组长应为抽中的专家" in text_of(stranger)
    assert desk.post("confirm_draw", draw).status_code == 302
    assert desk.post("confirm_draw", draw).status_code == 409
    assert desk.post("draw", scene.case, **conditions(scene, reason="重抽。")).status_code == 409
    page = text_of(desk.get("panel", scene.case))
    assert "随机抽取" in page


@pytest.mark.rule("R-19")
def test_a_redraw_voids_the_first_and_keeps_it(desk: Desk, scene: Flow) -> None:
    first = drawn(desk)
    done = desk.post("draw", scene.case, **conditions(scene, reason="两名专家因病不能参加。"))
    assert done.status_code == 302
    page = text_of(desk.get("draw", scene.case))
    assert "第 1 次抽取（已作废）" in page
    assert "两名专家因病不能参加。" in page
    assert desk.post("confirm_draw", first).status_code == 409
    assert desk.get("draw_record", first).status_code == 200


@pytest.mark.rule("R-19")
def test_the_public_reads_the_commitment_but_not_yet_the_names(desk: Desk, scene: Flow) -> None:
    draw = drawn(desk)
    listed = Client().get("/draws/")
    assert listed.status_code == 200
    assert SOURCE in text_of(listed)
    record = Client().get(f"/draws/{draw}.json").json()
    assert record["commitment"]
    assert "picks" not in record
    page = text_of(Client().get(f"/draws/{draw}/"))
    assert record["commitment"] in page
    assert "名册和结果尚未公开" in page
    row = review.draws_of(actor=scene.be(scene.city.handler), public_id=scene.case)[0]
    assert not [pick.code for pick in row.picks if pick.code in page]
    assert {Client().get(f"/draws/nosuchdraw00{end}").status_code for end in ("/", ".json")} == {404}


@pytest.mark.rule("R-19")
def test_the_page_of_a_draw_hands_out_the_script_that_repeats_it(desk: Desk, scene: Flow) -> None:
    """The city and the auditor read the whole record before it is open to everybody; others do not."""
    draw = drawn(desk)
    page = text_of(desk.get("draw_reading", draw))
    row = review.draws_of(actor=scene.be(scene.city.handler), public_id=scene.case)[0]
    assert all(text in page for text in (row.seed, row.commitment, "递补第 1", row.picks[0].code))
    script = b"".join(Client().get("/draws/scripts/replay_draw.py").streaming_content)
    assert sha256(script).hexdigest() in page
    assert Client().get("/draws/scripts/settings.py").status_code == 404
    assert desk.get("draw_reading", draw, by=scene.district.handler).status_code == 403
    assert desk.get("draw_reading", "nosuchdraw0000").status_code == 404


@pytest.mark.rule("R-19")
def test_the_next_reserve_takes_a_seat(desk: Desk, scene: Flow) -> None:
    draw = drawn(desk)
    desk.post("confirm_draw", draw)
    city = scene.be(scene.city.handler)
    member = review.panel_of(actor=city, public_id=scene.case).members[0]
    arguments = (scene.case, member.public_id)
    assert "递补" in text_of(desk.get("replace_expert", *arguments))
    assert desk.post("substitute_expert", *arguments, reason=" ").status_code == 422
    assert (
        desk.post("substitute_expert", *arguments, by=scene.city.signer, reason="因病。").status_code == 403
    )
    assert desk.post("substitute_expert", scene.case, "nosuchtask00", reason="因病。").status_code == 404
    assert desk.post("substitute_expert", *arguments, reason="因病。").status_code == 302
    next_one = review.draws_of(actor=scene.be(scene.city.handler), public_id=scene.case)[0].reserves[0]
    codes = [
        row.expert_number
        for row in review.panel_of(actor=scene.be(scene.city.handler), public_id=scene.case).members
        if row.state != "recused"
    ]
    assert next_one in codes
    city = scene.be(scene.city.handler)
    gone = next(
        row for row in review.panel_of(actor=city, public_id=scene.case).members if row.state == "recused"
    )
    nobody = desk.post("replace_expert", scene.case, gone.public_id)
    assert nobody.status_code == 422
    assert "请选择接替的专家" in text_of(nobody), "a seat that is empty is not emptied again"


# ------------------------------------------------------------------ overrides
@pytest.mark.rule("R-20")
def test_a_conflict_is_set_aside_by_two_persons(desk: Desk, scene: Flow) -> None:
    scene.be(scene.city.handler)
    tied = worlds.expert(
        scene.clock, 77, employer_uscc=scene.case_row().enterprise.uscc, employer="昆山示例材料厂"
    )
    ask = {"expert_id": tied.expert_id}
    free = {"expert_id": scene.experts[0].expert_id, "reason": "说明。"}
    assert desk.post("ask_override", scene.case, **free).status_code == 422
    assert desk.post("ask_override", scene.case, **ask, reason=" ").status_code == 422
    assert (
        desk.post("ask_override", scene.case, by=scene.city.signer, **ask, reason="挂名。").status_code == 403
    )
    assert desk.post("ask_override", scene.case, **ask, reason="仅挂名，无实际往来。").status_code == 302
    waiting = desk.post("ask_override", scene.case, **ask, reason="再次。")
    assert waiting.status_code == 409
    enter(Actor.system())
    wish = str(ConflictOverride.objects.get().public_id)
    assert desk.post("decide_override", wish, decision="approve").status_code == 403
    unexplained = desk.post("decide_override", wish, by=scene.city.signer, decision="decline")
    assert unexplained.status_code == 422
    assert "请写明不同意的原因" in text_of(unexplained)
    done = desk.post("decide_override", wish, by=scene.city.signer, decision="approve")
    assert done.status_code == 302
    late = desk.post("decide_override", wish, by=scene.city.leader, decision="decline", note="晚了。")
    assert late.status_code == 409
    page = text_of(desk.get("form_panel", scene.case))
    assert "应回避的专家" not in page
    ids = [tied.expert_id, *(expert.expert_id for expert in scene.experts[:2])]
    due = (scene.clock.now().on + timedelta(days=14)).isoformat()
    formed = desk.post("form_panel", scene.case, expert_ids=ids, leader_id=ids[1], due_on=due)
    assert formed.status_code == 302


# ------------------------------------------------------------------ end of scoring, calibration, arrangement
@pytest.mark.rule("R-19")
def test_scoring_is_ended_without_the_late_ones(desk: Desk, scene: Flow) -> None:
    scene.form(5)
    few = desk.post("close_scoring", scene.case, reason="逾期。")
    assert few.status_code == 422
    for expert, total in zip(scene.experts[:3], ("82.00", "86.00", "90.00"), strict=True):
        scene.assess(expert, total)
    assert desk.post("close_scoring", scene.case, by=scene.city.signer, reason="逾期。").status_code == 403
    silent = desk.post("close_scoring", scene.case, reason=" ")
    assert silent.status_code == 422
    assert "请写明原因" in text_of(silent)
    assert desk.post("close_scoring", scene.case, reason="逾期。").status_code == 302
    assert "2 名逾期专家已退出" in text_of(desk.get("panel", scene.case))
    late = desk.post("close_scoring", scene.case, reason="逾期。")
    assert late.status_code == 409
    assert re.search(
        r"评分已经结束。\S+已于\d+月\d+日 \d\d:\d\d办理“(调整专家|提交评审意见)”", text_of(late)
    ), "who was first, and when"
    report = desk.get("calibration")
    assert report.status_code == 200
    assert all(f"专家{number}" in text_of(report) for number in (1, 2, 3))
    assert desk.get("calibration", round="2099Z").status_code == 200
    overview = desk.get("panels", sort="line", state="assessed")
    assert scene.case in text_of(overview)
    assert desk.get("panels", sort="nonsense", state="nonsense", page="x", size="y").status_code == 200


def test_a_round_is_arranged(desk: Desk, scene: Flow) -> None:
    assert desk.get("arrange_round", scene.round_id).status_code == 200
    for wrong in ("两", "0", "-3", "1.5", "201"):
        answer = desk.post("arrange_round", scene.round_id, shows_scores="no", cases_max=wrong)
        assert answer.status_code == 422, wrong
        assert f'value="{wrong}"' in text_of(answer), "what was typed stays"
    leader = desk.post(
        "arrange_round", scene.round_id, by=scene.city.leader, shows_scores="no", cases_max="3"
    )
    assert leader.status_code == 403
    assert desk.post("arrange_round", scene.round_id, shows_scores="no", cases_max="3").status_code == 302
    row = review.arrangement(actor=scene.be(scene.city.handler), public_id=scene.round_id)
    assert (row.shows_scores, row.cases_max) == (False, 3)
    assert desk.post("arrange_round", scene.round_id, shows_scores="", cases_max="").status_code == 302
    row = review.arrangement(actor=scene.be(scene.city.handler), public_id=scene.round_id)
    assert (row.shows_scores, row.cases_max) == (None, None)


# ------------------------------------------------------------------ on site
@pytest.mark.rule("R-21")
def test_a_visit_is_signed_and_photographed(desk: Desk, scene: Flow) -> None:
    scene.form()
    kept = desk.post(
        "record_visit",
        scene.case,
        visited_on="2026-11-23",
        place="厂区",
        people="沈卫东、朱明华",
        conclusion="与申报一致。",
    )
    visit = kept["Location"].rstrip("/").rsplit("/", 1)[1]
    assert desk.get("site_visit", visit).status_code == 200
    nothing = desk.post("sign_visit", visit, side="checkers", name="沈卫东")
    assert nothing.status_code == 422
    assert "请手写签名" in text_of(nothing)
    for broken in ("[[", '{"a":1}', "[[[1]]]", '[[["x","y"]]]', "9" * 200_001):
        answer = desk.post("sign_visit", visit, side="checkers", name="沈卫东", strokes=broken)
        assert answer.status_code == 422
        assert "手写签名无法识别" in text_of(answer)
    ours = {"side": "checkers", "name": "沈卫东", "strokes": LINE}
    assert desk.post("sign_visit", visit, by=scene.city.signer, **ours).status_code == 403
    assert desk.post("sign_visit", visit, **ours).status_code == 302
    scan = SimpleUploadedFile("签名.png", PNG, "image/png")
    theirs = desk.post("sign_visit", visit, side="factory", name="周敏", scan=scan)
    assert theirs.status_code == 302
    assert desk.post("visit_photo", visit).status_code == 422
    wrong = desk.post("visit_photo", visit, files=SimpleUploadedFile("病毒.exe", b"MZ" + b"0" * 64))
    assert wrong.status_code == 422
    assert "病毒.exe" in text_of(wrong)
    photo = SimpleUploadedFile("现场.png", PNG + b"1", "image/png")
    assert desk.post("visit_photo", visit, files=photo).status_code == 302
    page = text_of(desk.get("site_visit", visit))
    assert "现场.png" in page
    assert "M10 10L200 300" in page
