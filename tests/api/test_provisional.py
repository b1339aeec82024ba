"""Provisional decisions and the draft that follows them, over HTTP: the same gates and refusals as the pages."""

from __future__ import annotations

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.documents.services.deciding import DECIDE_JOB
from apps.publicity.models import Notice
from tests.api.callers import caller
from tests.unit.review import scenes


def test_decisions_over_http(scene: scenes.Flow) -> None:
    case = scene.in_credit()
    handler, signer = caller(scene.city.handler), caller(scene.city.signer)
    intention = f"applications/{case}/provisional-decision/"
    listing = f"rounds/{scene.round_id}/provisional-decisions/"
    assert handler.get(listing)["results"][0]["decision"] is None
    handler.post(intention, {"decision": "propose"}, expect=422)
    handler.post(intention, {"decision": "defer"}, expect=422)
    handler.post(intention, {"decision": "refuse", "reasons": "x"}, expect=400)
    handler.post("applications/nothing/provisional-decision/", {"decision": "propose"}, expect=404)
    signer.post(intention, {"decision": "refuse", "reason": "数据不实。"}, expect=403)
    caller(scene.district.handler).post(intention, {"decision": "propose"}, expect=403)
    caller(scene.district.handler).get(listing, expect=403)
    handler.post(intention, {"decision": "refuse", "reason": "数据不实。"}, expect=204)
    (intended,) = handler.get(listing)["results"]
    assert (intended["application"], intended["decision"]) == (case, "refuse")
    settle = f"rounds/{scene.round_id}/settle-refusals/"
    handler.post(settle, {}, expect=403)
    assert signer.post(settle, {}) == {"refused": 1}
    signer.post(settle, {}, expect=422)
    handler.post(intention, {"decision": "defer", "reason": "晚了。"}, expect=409)
    assert scene.state(case) == "refused"


def test_a_draft_notice_is_revised_with_its_list(scene: scenes.Flow) -> None:
    scene.in_credit()
    scene.credit()
    handler, notice = caller(scene.city.handler), scene.drafted()
    words = {
        "title": "关于拟评定名单的公示（修改稿）",
        "contact_person": "陈工",
        "contact_phone": "0512-00000001",
        "supervision_phone": "0512-00000002",
        "basis": "依据实施方案。",
    }
    place = f"notices/{notice}/revise/"
    handler.post(place, {**words, "title": ""}, expect=422)
    handler.post(place, {**words, "applications": []}, expect=422)
    handler.post("notices/nothing/revise/", words, expect=404)
    caller(scene.city.leader).post(place, words, expect=403)
    caller(scene.district.handler).post(place, words, expect=403)
    handler.post(place, words, expect=204)
    enter(Actor.system())
    row = Notice.objects.get(public_id=notice)
    assert (row.title, row.contact_person, row.entries.count()) == (words["title"], "陈工", 1)
    scene.approve(notice)
    handler.post(place, words, expect=409)


def test_many_decisions_are_a_job(scene: scenes.Flow) -> None:
    case = scene.in_credit()
    handler, place = caller(scene.city.handler), f"rounds/{scene.round_id}/provisional-decisions/"
    body = {"applications": [case], "decision": "defer", "reason": "待补充材料。"}
    handler.post(place, {**body, "applications": ["nothing"]}, expect=404)
    handler.post(place, {**body, "reason": ""}, expect=422)
    handler.post(place, {**body, "applications": []}, expect=422)
    caller(scene.city.signer).post(place, body, expect=403)
    caller(scene.district.handler).post(place, body, expect=403)
    job = handler.post(place, body, expect=202)["job"]
    assert handler.get(f"jobs/{job}/")["kind"] == DECIDE_JOB
