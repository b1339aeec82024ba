"""Rechecks, spot checks, rectification and cancellation over HTTP: the same services, each refusal with its status."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.actor import Actor, Role
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.monitoring import services as monitoring
from tests.api.callers import Caller, caller
from tests.api.conftest import at_scene_time
from tests.portals.district.scenes import PNG
from tests.unit.evidence.samples import pdf
from tests.unit.monitoring import annual_scenes, scenes
from tests.unit.staging import built_once
from tests.worlds import staff_member


def _build() -> scenes.Watch:
    return scenes.build(scenes.clock())


stage = built_once(_build)


@pytest.fixture
def scene(stage: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> scenes.Watch:
    enter(Actor.system())
    watch: scenes.Watch = copy.deepcopy(stage)
    at_scene_time(watch.clock, monkeypatch)
    return watch


def found(scene: scenes.Watch, score: str, **changed: Any) -> dict[str, Any]:
    finding = {"code": "K5-01", "problem": "缺两台电表。", "requirement": "补装。"}
    return {
        "visited_on": scene.clock.now().on.isoformat(),
        "place": "厂区",
        "people": ["顾晓岚", "陆志远"],
        "score": score,
        "conclusion": "见核查条目。",
        "findings": [finding],
        **changed,
    }


@pytest.mark.rule("R-33", "R-37", "R-40")
def test_from_the_recheck_to_the_cancellation(scene: scenes.Watch) -> None:
    handler, signer = caller(scene.district.handler), caller(scene.district.signer)
    enterprise = caller(scene.enterprise)
    stranger = caller(scene.other_district.handler)
    plan = {"planned_on": scene.clock.now().on.isoformat(), "trigger": "cycle"}
    at = f"titles/{scene.title}/plan-recheck/"
    enterprise.post(at, plan, expect=403)
    stranger.post(at, plan, expect=404)
    handler.post(at, {**plan, "trigger": "spot"}, expect=400)
    handler.post(at, {**plan, "trigger": "risk"}, expect=422)
    at = f"rechecks/{handler.post(at, plan, expect=201)['public_id']}/"
    stranger.get(at, expect=404)
    signer.post(at + "sign/", {}, expect=409)
    handler.post(at + "record/", found(scene, "75.00", people=["一人"]), expect=422)
    _checklist(at + "checklist/", scene)
    handler.post(at + "record/", found(scene, "75.00"), expect=204)
    handler.post(at + "record/", found(scene, "75.00"), expect=409)
    signer.post(at + "return/", {"note": "补充照片说明。"}, expect=204)
    handler.post(at + "record/", found(scene, "75.00"), expect=204)
    signer.post(at + "sign/", {}, expect=422)
    order = signer.post(at + "sign/", {"order_no": scenes.ORDER_NO})["rectification"]
    assert handler.get("rechecks/")["results"][0]["passed"] is False

    at = f"rectifications/{order}/"
    stranger.post(at + "serve/", {"service": "送达回证"}, expect=404)
    enterprise.post(at + "submit/", expect=409)
    enterprise.post(at + "serve/", {})
    enterprise.post(at + "submit/", expect=422)
    handler.post(at + "answer/", {"answers": []}, expect=403)
    one = {"position": 1, "answer": "已补装。"}
    caller(scene.neighbour).post(at + "answer/", {"answers": [one]}, expect=404)
    enterprise.post(at + "answer/", {"answers": [{**one, "position": 9}]}, expect=422)
    enterprise.post(at + "answer/", {"answers": [{"position": 1, "answer": "已补装。"}]}, expect=204)
    _proofs(at, enterprise, strangers=(handler, caller(scene.neighbour)))
    enterprise.post(at + "submit/", expect=204)
    enterprise.post(at + "answer/", {"answers": [one]}, expect=409)
    enterprise.send(at + "items/1/files/", {"file": _paper()}, expect=409)
    handler.post(at + "verify/", {"passed": False, "note": "未见凭证。"}, expect=403)
    signer.post(at + "verify/", {"passed": False, "note": "未见凭证。"}, expect=204)
    caller(scene.city.signer).post(at + "extend/", {"extra_days": 5, "reason": "高温停工"}, expect=422)
    deadline = enterprise.get(at)
    assert deadline["attempts"][0]["passed"] is False
    scene.move(scene.order_deadline(order) + timedelta(days=1))
    scene.sweep()
    _cancelled(scene)


def _paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("凭证.pdf", pdf(), content_type="application/pdf")


def _proofs(at: str, enterprise: Caller, *, strangers: tuple[Caller, Caller]) -> None:
    """Put files beside the first item and take one off."""
    files, (handler, neighbour) = at + "items/1/files/", strangers
    enterprise.send(files, {}, expect=400)
    enterprise.send(at + "items/x/files/", {"file": _paper()}, expect=404)
    handler.send(files, {"file": _paper()}, expect=403)
    neighbour.send(files, {"file": _paper()}, expect=404)
    proof = enterprise.send(files, {"file": _paper()}, expect=201)["public_id"]
    enterprise.post(files + "detach/", {"file": proof}, expect=204)
    enterprise.post(files + "detach/", {"file": proof}, expect=404)
    enterprise.send(files, {"file": _paper()}, expect=201)


def _cancelled(scene: scenes.Watch) -> None:
    """Play from the proposal to the decision, which the public sees at once."""
    handler, signer = caller(scene.district.handler), caller(scene.district.signer)
    enterprise, leader = caller(scene.enterprise), caller(scene.city.leader)
    stranger, public = caller(scene.other_district.handler), caller()
    row = enterprise.get("cancellations/")["results"][0]
    at = f"cancellations/{row['public_id']}/"
    decision = {"decision": "cancel", "document_no": "苏工信节能〔2027〕9号", "note": "整改逾期未完成。"}
    stranger.get(at, expect=404)
    public.get(at, expect=401)
    enterprise.post(at + "decide/", decision, expect=403)
    signer.post(at + "decide/", decision, expect=403)
    leader.post(at + "decide/", decision, expect=422)
    handler.post(at + "state/", {"statement": "代为申辩。"}, expect=403)
    enterprise.post(at + "state/", {"statement": "已订购电表。"}, expect=204)
    assert leader.post(at + "decide/", decision)["ban_until"]
    leader.post(at + "decide/", decision, expect=409)
    assert public.get(f"titles/verify/?certificate_no={scene.row(scene.title).certificate_no}")["status"] == (
        "cancelled"
    )


def _checklist(at: str, scene: scenes.Watch) -> None:
    """Enter into the checklist of a title that was not awarded here, and take it back: nothing of it is recorded."""
    handler, enterprise = caller(scene.district.handler), caller(scene.enterprise)
    caller(scene.other_district.handler).get(at, expect=404)
    enterprise.get(at, expect=403)
    page = handler.get(at)
    assert (page["before_total"], page["unscored"] > 0, page["scheme"] != "") == ("—", True, True)
    entry = {"item_code": "J1-01", "version": 0, "points": "0.5"}
    caller(scene.district.signer).post(at, {"entries": [entry]}, expect=403)
    handler.post(at, {"entries": [{**entry, "points": "999"}]}, expect=422)
    handler.post(at, {"entries": [{**entry, "item_code": "Z9"}]}, expect=422)
    assert handler.post(at, {"entries": [entry]})["items"][0]["version"] == 1
    handler.post(at.removesuffix("checklist/") + "record/", found(scene, "88.00"), expect=422)
    handler.post(at, {"entries": [{**entry, "version": 1, "points": ""}]})


@pytest.mark.rule("R-35")
def test_spot_checks(scene: scenes.Watch) -> None:
    scene.passed()
    handler, signer = caller(scene.city.handler), caller(scene.city.signer)
    now = scene.clock.now()
    terms = {
        "from_on": (now.on - timedelta(days=5)).isoformat(),
        "until_on": now.on.isoformat(),
        "public_source": "中国福利彩票双色球第2026135期",
        "known_from": (now.at + timedelta(hours=11)).isoformat(),
    }
    caller(scene.district.handler).post("spot-check-draws/commit/", terms, expect=403)
    handler.post("spot-check-draws/commit/", {**terms, "public_source": " "}, expect=422)
    draw = handler.post("spot-check-draws/commit/", terms, expect=201)["public_id"]
    at = f"spot-check-draws/{draw}/"
    signer.post(at + "reveal/", {"public_value": "1"}, expect=422)
    signer.post("spot-check-draws/nosuchdraw00/reveal/", {"public_value": "1"}, expect=404)
    scene.clock.set(Moment.of(now.at + timedelta(hours=12)))
    assert signer.post(at + "reveal/", {"public_value": "03 11"}) == {"drawn": 1}
    signer.post(at + "void/", {"reason": "重抽"}, expect=409)
    assert caller().get("spot-check-draws/")["results"][0]["public_id"] == draw
    row = handler.get("spot-checks/")["results"][0]
    assert caller(scene.other_district.handler).get("spot-checks/")["results"] == []
    at = f"spot-checks/{row['public_id']}/"
    handler.post(at + "waive/", {"reason": "停产"}, expect=403)
    day = {"planned_on": scene.clock.now().on.isoformat()}
    handler.post(at + "arrange/", {"planned_on": "2020-01-01"}, expect=422)
    visit = handler.post(at + "arrange/", day, expect=201)["public_id"]
    handler.post(at + "arrange/", day, expect=409)
    caller(scene.district.handler).post(f"rechecks/{visit}/record/", found(scene, "84.00"), expect=403)
    handler.post(f"rechecks/{visit}/record/", found(scene, "84.00"), expect=204)
    assert signer.post(f"rechecks/{visit}/sign/", {}) == {"rectification": None}
    assert handler.get("spot-checks/")["results"][0]["agrees"] is True


@pytest.mark.rule("R-30", "R-31", "R-32")
def test_annual_forms(scene: scenes.Watch) -> None:
    scene.move(annual_scenes.OPENS, 10)
    monitoring.open_annual_forms(clock=scene.clock)
    enterprise, handler = caller(scene.enterprise), caller(scene.district.handler)
    stranger = caller(scene.other_district.handler)
    form = enterprise.get("annual-forms/mine/")["results"][0]["public_id"]
    at = f"annual-forms/{form}/"
    stranger.get(at, expect=404)
    handler.get("annual-forms/mine/", expect=403)
    assert [row["public_id"] for row in handler.get("annual-forms/", year=2027)["results"]] == [form]
    assert stranger.get("annual-forms/", year=2027)["results"] == []
    assert stranger.post("annual-forms/urge/", {"year": 2027}) == {"urged": 0}
    assert handler.post("annual-forms/urge/", {"year": 2027}) == {"urged": 1}
    enterprise.post(at + "file/", {"committed": True}, expect=422)
    body = {"typed": annual_scenes.typed(), "version": enterprise.get(at)["version"]}
    handler.post(at + "save/", body, expect=403)
    handler.post(at + "take/", expect=403)
    caller(scene.neighbour).post(at + "take/", expect=404)
    enterprise.post(at + "save/", {**body, "typed": {"figure-output_value-2026": "很多"}}, expect=422)
    enterprise.post(at + "save/", body)
    enterprise.post(at + "save/", body, expect=409)
    handler.post(at + "approve/", {}, expect=409)
    assert enterprise.post(at + "file/", {"committed": True}) == {"in_time": True}
    enterprise.post(at + "save/", body, expect=409)
    enterprise.post(at + "take/", expect=409)
    handler.post(at + "return/", {"parts": {}}, expect=422)
    handler.post(at + "return/", {"parts": {"summary": "请补充减排成效。"}}, expect=204)
    assert enterprise.get(at)["returned"] == {"summary": "请补充减排成效。"}
    enterprise.post(at + "file/", {"committed": True})
    stranger.post(at + "approve/", {}, expect=404)
    handler.post(at + "approve/", {}, expect=204)


@pytest.mark.rule("R-42")
def test_anybody_tells_about_a_factory_and_asks_what_came_of_it(scene: scenes.Watch) -> None:
    cache.clear()
    public = caller()
    body = {
        "title": scene.title,
        "party": "person",
        "person": "王某",
        "contact": "13800000000",
        "matter": "浓烟。",
    }
    public.post("incidents/", {**body, "matter": ""}, expect=422)
    public.post("incidents/", {**body, "title": "nosuchtitle00"}, expect=404)
    receipt = public.post("incidents/", body, expect=201)
    public.get("incidents/", expect=401)
    caller(scene.enterprise).get("incidents/", expect=403)
    photo = SimpleUploadedFile("1.png", PNG)
    public.send("incidents/", {**body, "papers": [photo]}, expect=201)
    assert public.post("incidents/status/", receipt)["state_label"] == "待办理"
    public.post("incidents/status/", {**receipt, "query_code": "AAAAAAAA"}, expect=404)
    (one, _) = caller(scene.district.handler).get("incidents/")["results"]
    assert one["matter"] == "浓烟。"
    # With the page it shares one limit for an address: the sixth of an hour waits.
    public.post("incidents/", body, expect=201)
    public.post("incidents/", body, expect=429)


def test_the_engine_is_read_by_administrators_only(scene: scenes.Watch) -> None:
    today = scene.clock.now().on
    scene.award(4)
    scene.award(5)
    enter(Actor.system())
    monitoring.watch_recheck_cycles(clock=scene.clock)
    admin = caller(staff_member(scene.clock, "xitong", "系统甲", role=Role.SYSTEM_ADMIN, duties=[]))
    asked = {
        "start": today.isoformat(),
        "end": (today + timedelta(days=1100)).isoformat(),
        "kind": "monitoring.cycle",
    }
    found = admin.get("engine/timeline/", page_size=2, **asked)
    assert found["total"] > 2
    assert {line["kind_label"] for line in found["results"]} == {"现场复核周期"}
    assert found["results"][0]["told"]
    admin.get("engine/timeline/", start=(today - timedelta(days=1)).isoformat(), expect=422)
    admin.get("engine/timeline/", start="gestern", expect=400)
    admin.post("engine/deliveries/1/resend/", expect=404)
    admin.post("engine/jobs/nothing/retry/", expect=404)
    caller(scene.city.handler).get("engine/timeline/", expect=403)
    caller(scene.city.handler).post("engine/deliveries/1/resend/", expect=403)
    caller(scene.city.handler).post("engine/jobs/nothing/retry/", expect=403)


def test_a_visit_after_a_suspension_is_the_citys(scene: scenes.Watch) -> None:
    at = f"titles/{scene.title}/plan-suspended-recheck/"
    body = {"planned_on": scene.clock.now().on.isoformat(), "note": "已整改。"}
    caller(scene.district.handler).post(at, body, expect=403)
    city = caller(scene.city.handler)
    city.post(at, {**body, "note": ""}, expect=422)
    city.post("titles/nosuchtitle00/plan-suspended-recheck/", body, expect=404)
    # the title stands: there is nothing to restore
    city.post(at, body, expect=409)
