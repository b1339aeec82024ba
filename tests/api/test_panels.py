"""The acts around a panel over HTTP: draw, override, end of scoring, visits, absences; each refusal with its status."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import Expert
from apps.core.actor import Actor
from apps.core.moment import Moment
from apps.core.scoping import enter
from tests import worlds
from tests.api.callers import Caller, caller
from tests.api.conftest import at_scene_time
from tests.portals.district.scenes import PNG
from tests.unit.review import scenes
from tests.unit.staging import built_once

LINE = [[[10, 10], [200, 300], [400, 100], [600, 350]]]


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning(), experts=0)
    flow.experts = [worlds.expert(flow.clock, n, employer=f"示例单位{n}") for n in range(1, 7)]
    flow.accepted_by_city()
    return flow


stage = built_once(_build)


@pytest.fixture
def scene(stage: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> scenes.Flow:
    enter(Actor.system())
    flow: scenes.Flow = copy.deepcopy(stage)
    at_scene_time(flow.clock, monkeypatch)
    return flow


def public_id_of(expert: Actor) -> str:
    enter(Actor.system())
    return str(Expert.objects.get(pk=expert.expert_id).public_id)


def conditions(scene: scenes.Flow, **changed: Any) -> dict[str, Any]:
    now = scene.clock.now()
    return {
        "seats": [{"industry": "26"}, {"field": "能源"}, {}],
        "public_source": "中国福利彩票双色球第2026135期",
        "known_from": (now.at + timedelta(hours=11)).isoformat(),
        "due_on": (now.on + timedelta(days=14)).isoformat(),
        **changed,
    }


@pytest.mark.rule("R-19")
def test_a_panel_is_drawn(scene: scenes.Flow) -> None:
    city, second = caller(scene.city.handler), caller(scene.city.signer)
    at = f"applications/{scene.case}/panel/"
    caller(scene.experts[0]).post(at + "commit-draw/", conditions(scene), expect=403)
    city.post("applications/nosuchcase00/panel/commit-draw/", conditions(scene), expect=404)
    second.post(at + "commit-draw/", conditions(scene), expect=403)
    city.post(at + "commit-draw/", conditions(scene, seats=[{}, {}]), expect=422)
    city.post(at + "commit-draw/", conditions(scene, known_from="明晚"), expect=400)
    city.post(at + "commit-draw/", conditions(scene, surprise=1), expect=400)
    draw = city.post(at + "commit-draw/", conditions(scene), expect=201)["public_id"]
    second.post(f"draws/{draw}/reveal/", {"public_value": "1"}, expect=422)
    scene.clock.set(Moment.of(scene.clock.now().at + timedelta(hours=13)))
    city.post(f"draws/{draw}/reveal/", {"public_value": "1"}, expect=422)
    second.post("draws/nosuchdraw00/reveal/", {"public_value": "1"}, expect=404)
    result = second.post(f"draws/{draw}/reveal/", {"public_value": "03 11 19"})
    assert [pick["seat"] for pick in result["picks"]] == [0, 1, 2]
    second.post(f"draws/{draw}/reveal/", {"public_value": "2"}, expect=409)
    assert city.get(at + "draws/")["results"][0]["state"] == "drawn"
    city.post(f"draws/{draw}/confirm/", {"leader": "ZJ9999"}, expect=422)
    city.post(f"draws/{draw}/confirm/", {}, expect=201)
    city.post(f"draws/{draw}/confirm/", {}, expect=409)
    panel = city.get(at)
    assert panel["drawn"]
    codes = [member["expert_number"] for member in panel["members"]]
    assert codes == [pick["code"] for pick in result["picks"]]
    member = panel["members"][0]["public_id"]
    city.post(f"assignments/{member}/substitute/", {"reason": " "}, expect=422)
    second.post(f"assignments/{member}/substitute/", {"reason": "因病。"}, expect=403)
    city.post(f"assignments/{member}/substitute/", {"reason": "因病。"})
    city.post("assignments/nosuchtask00/substitute/", {"reason": "因病。"}, expect=404)


@pytest.mark.rule("R-20")
def test_a_conflict_is_set_aside_by_a_second_person(scene: scenes.Flow) -> None:
    scene.be(scene.city.handler)
    tied = worlds.expert(scene.clock, 77, employer_uscc=scene.case_row().enterprise.uscc)
    city, second = caller(scene.city.handler), caller(scene.city.signer)
    at = f"applications/{scene.case}/panel/"
    ask = {"expert": public_id_of(tied), "reason": "仅挂名。"}
    city.post(at + "request-override/", {**ask, "expert": "nobody"}, expect=422)
    city.post(at + "request-override/", {**ask, "reason": ""}, expect=422)
    wish = city.post(at + "request-override/", ask, expect=201)["public_id"]
    city.post(at + "request-override/", ask, expect=409)
    city.post(f"overrides/{wish}/decide/", {"approve": True}, expect=403)
    second.post(f"overrides/{wish}/decide/", {"approve": False}, expect=422)
    second.post(f"overrides/{wish}/decide/", {"approve": "yes"}, expect=400)
    second.post("overrides/nosuchwish00/decide/", {"approve": True}, expect=404)
    second.post(f"overrides/{wish}/decide/", {"approve": True}, expect=204)
    second.post(f"overrides/{wish}/decide/", {"approve": True}, expect=409)
    [row] = city.get(at + "overrides/")["results"]
    assert (row["state"], row["reason"]) == ("approved", "仅挂名。")
    free = city.get(at + "candidates/")["results"]
    assert next(one for one in free if one["public_id"] == ask["expert"])["conflicts"] == []


def _panel(scene: scenes.Flow, size: int = 3) -> tuple[Caller, list[Caller]]:
    scene.form(size)
    return caller(scene.city.handler), [caller(expert) for expert in scene.experts[:size]]


@pytest.mark.rule("R-21")
def test_wishes_visits_and_signatures(scene: scenes.Flow) -> None:
    city, experts = _panel(scene)
    task = scene.declare(scene.experts[0])
    material = experts[0].get(f"assignments/{task}/material/")
    assert all(material[part] for part in ("profile", "basics", "report"))
    told = {line["code"]: line["value"] for line in material["profile"]}
    assert told["factory_name"]
    assert "13800000000" not in str(told)
    experts[1].get(f"assignments/{task}/material/", expect=404)
    unsigned = scene.task(scene.experts[1])
    experts[1].get(f"assignments/{unsigned}/material/", expect=404)
    city.get(f"assignments/{task}/material/", expect=403)
    at = f"assignments/{task}/request-visit/"
    experts[1].post(at, {"reason": "越权。"}, expect=404)
    city.post(at, {"reason": "代写。"}, expect=403)
    experts[0].post(at, {"reason": "读数不一致。"}, expect=204)
    visits = f"applications/{scene.case}/panel/site-visits/"
    body = {
        "visited_on": scene.clock.now().on.isoformat(),
        "place": "厂区",
        "people": ["专家1", "沈卫东"],
        "conclusion": "相符。",
        "findings": [{"item": "K1-01", "filed": "0.85", "found": "0.86", "agrees": True}],
    }
    experts[0].post(visits, {**body, "people": ["专家1"]}, expect=422)
    experts[0].post(visits, {**body, "findings": [{"item": "K1-01", "found": " "}]}, expect=422)
    experts[1].post(visits, body, expect=404)
    visit = experts[0].post(visits, body, expect=201)["public_id"]
    photo = {"file": SimpleUploadedFile("a.png", PNG, "image/png")}
    experts[1].send(f"site-visits/{visit}/photos/", photo, expect=404)
    experts[1].get(f"site-visits/{visit}/", expect=404)
    caller(scene.district.handler).get(f"site-visits/{visit}/", expect=403)
    city.send(f"site-visits/{visit}/photos/", {}, expect=400)
    photo = {"file": SimpleUploadedFile("a.png", PNG, "image/png")}
    experts[0].send(f"site-visits/{visit}/photos/", photo, expect=201)
    assert len(experts[0].get(f"site-visits/{visit}/")["photos"]) == 1
    sign = {"side": "checkers", "name": "专家1", "strokes": LINE}
    experts[1].post(f"site-visits/{visit}/sign/", sign, expect=404)
    experts[0].post(f"site-visits/{visit}/sign/", {**sign, "strokes": []}, expect=422)
    experts[0].post(f"site-visits/{visit}/sign/", sign, expect=204)
    refusal = {"side": "factory", "name": "周敏", "refused": True}
    city.post(f"site-visits/{visit}/sign/", refusal, expect=422)
    city.post(f"site-visits/{visit}/sign/", {**refusal, "note": "有异议。"}, expect=204)
    panel = city.get(f"applications/{scene.case}/panel/")
    assert panel["visits"][0]["complete"]
    assert panel["visits"][0]["findings"][0]["found"] == "0.86"
    assert panel["members"][0]["site_visit_reason"] == "读数不一致。"


@pytest.mark.rule("R-22")
def test_closing_calibration_and_dissent(scene: scenes.Flow) -> None:
    city, experts = _panel(scene, 5)
    for expert in scene.experts[:3]:
        scene.assess(expert, "85.00")
    at = f"applications/{scene.case}/panel/"
    experts[0].post(at + "close-scoring/", {"reason": "逾期。"}, expect=403)
    city.post(at + "close-scoring/", {"reason": ""}, expect=422)
    assert city.post(at + "close-scoring/", {"reason": "逾期。"}) == {"removed": 2}
    city.post(at + "close-scoring/", {"reason": "逾期。"}, expect=409)
    report = city.get("panels/calibration/")
    assert len(report["results"]) == 3
    experts[4].get("panels/calibration/", expect=403)
    scene.draft_opinion()
    experts[1].post(
        f"assignments/{scene.task(scene.experts[1])}/sign-opinion/", {"dissent": "依据不足。"}, expect=204
    )
    dissents = [member["dissent"] for member in experts[0].get(at)["members"][:3]]
    assert dissents == ["", "依据不足。", ""]


@pytest.mark.rule("R-19")
def test_absences_and_arrangements(scene: scenes.Flow) -> None:
    expert, other, city = (caller(actor) for actor in (*scene.experts[:2], scene.city.handler))
    on = scene.clock.now().on
    days = {"from_on": on.isoformat(), "until_on": (on + timedelta(days=3)).isoformat(), "note": "出差"}
    expert.post("absences/", {**days, "until_on": (on - timedelta(days=1)).isoformat()}, expect=422)
    made = expert.post("absences/", days, expect=201)["public_id"]
    assert [row["note"] for row in expert.get("absences/")["results"]] == ["出差"]
    assert other.get("absences/")["results"] == []
    city.post("absences/", days, expect=403)
    other.post(f"absences/{made}/withdraw/", expect=404)
    expert.post(f"absences/{made}/withdraw/", expect=204)
    expert.post(f"absences/{made}/withdraw/", expect=404)
    at = f"rounds/{scene.round_id}/experts/"
    city.post(at, {"shows_scores": False, "cases_max": 0}, expect=422)
    city.post(at, {"shows_scores": False, "cases_max": 4}, expect=204)
    assert city.get(at) == {"shows_scores": False, "cases_max": 4}
    caller(scene.city.leader).post(at, {"shows_scores": None, "cases_max": None}, expect=403)
    expert.post(at, {"shows_scores": True, "cases_max": 9}, expect=403)


@pytest.mark.rule("R-20")
def test_the_pool_is_kept_by_the_city_and_each_expert_for_itself(scene: scenes.Flow) -> None:
    city, expert, other = (caller(actor) for actor in (scene.city.handler, *scene.experts[:2]))
    new = {
        "username": "zj_new",
        "name": "新专家",
        "number": "ZJ0900",
        "title": "教授级高级工程师",
        "employer_name": "示例研究院",
        "email": "new@example.com",
        "specialities": ["能源"],
        "industries": ["26"],
    }
    expert.post("experts/", new, expect=403)
    city.post("experts/", {**new, "number": " "}, expect=422)
    city.post("experts/", {**new, "password": "x"}, expect=400)
    made = city.post("experts/", new, expect=201)["public_id"]
    city.post("experts/", new, expect=422)
    city.post("experts/", {**new, "username": "zj_b", "number": "ZJ0901", "email": "邮箱"}, expect=422)
    assert city.get(f"experts/{made}/")["fields_"] == ["能源"]
    assert city.get(f"experts/{made}/")["has_password"] is False
    city.post(f"experts/{made}/invite/", expect=204)
    expert.post(f"experts/{made}/invite/", expect=403)
    city.post(f"experts/{public_id_of(scene.experts[0])}/invite/", expect=409)
    expert.get(f"experts/{made}/", expect=404)
    details = {"title": "研究员", "employer_name": "示例研究院", "is_available": False}
    expert.post(f"experts/{made}/", details, expect=404)
    caller(scene.city.leader).post(f"experts/{made}/", details, expect=403)
    city.post(f"experts/{made}/", {**details, "industries": ["二六"]}, expect=422)
    city.post(f"experts/{made}/", details, expect=204)
    assert city.get(f"experts/{made}/")["is_available"] is False
    own = public_id_of(scene.experts[0])
    tie = {"kind": "consultant", "organisation": "示例企业"}
    other.post(f"experts/{own}/ties/", tie, expect=404)
    expert.post(f"experts/{own}/ties/", {**tie, "kind": "friend"}, expect=400)
    expert.post(f"experts/{own}/ties/", tie, expect=204)
    [row] = expert.get(f"experts/{own}/")["links"]
    on = scene.clock.now().on
    end = {"link": row["id"], "ended_on": on.isoformat()}
    expert.post(
        f"experts/{own}/ties/end/", {**end, "ended_on": (on + timedelta(days=1)).isoformat()}, expect=422
    )
    other.post(f"experts/{own}/ties/end/", end, expect=404)
    expert.post(f"experts/{own}/ties/end/", end, expect=204)


@pytest.mark.rule("R-22")
def test_a_panel_is_reopened_after_a_supplement(scene: scenes.Flow) -> None:
    city, experts = _panel(scene)
    at = f"applications/{scene.case}/panel/reopen/"
    body = {"due_on": (scene.clock.now().on + timedelta(days=9)).isoformat(), "reason": "已补交报告。"}
    city.post(at, body, expect=409)
    for expert in scene.experts[:3]:
        scene.assess(expert, "85.00")
    scene.opine("supplement")
    experts[0].post(at, body, expect=403)
    city.post(at, {**body, "reason": " "}, expect=422)
    city.post(at, body, expect=204)
    assert city.get(f"applications/{scene.case}/panel/")["state"] == "reconsidering"
