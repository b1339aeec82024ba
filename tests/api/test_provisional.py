"""Provisional decisions over HTTP: the same gates and refusals as the pages."""

from __future__ import annotations

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
