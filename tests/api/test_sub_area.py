"""The 板块 step over HTTP: the same gates and refusals as the pages."""

from __future__ import annotations

from tests.api.callers import caller
from tests.unit.review import scenes


def test_the_step_over_http(scene: scenes.Flow) -> None:
    case = scene.submitted()
    handler, signer = caller(scene.district.handler), caller(scene.district.signer)
    today = scene.clock.now().on.isoformat()
    choice = {"sub_area_opinion": True, "effective_from": today, "reason": "镇街先行把关。"}
    handler.post("district-practices/", choice, expect=403)
    caller(scene.city.signer).post("district-practices/", choice, expect=403)
    signer.post("district-practices/", {**choice, "sub_area_opinion": "yes"}, expect=400)
    signer.post("district-practices/", choice, expect=204)
    signer.post("district-practices/", choice, expect=422)
    assert handler.get("district-practices/")["results"][0]["sub_area_opinion"] is True
    handler.post(f"applications/{case}/accept/", {}, expect=422)
    path = f"applications/{case}/sub-area-opinion/"
    said = {"sub_area": "玉山镇", "recommends": False, "given_by": "钱进"}
    caller(scene.other_district.handler).post(path, said, expect=404)
    handler.post(path, said, expect=422)
    handler.post(path, {**said, "reason": "将搬迁。"}, expect=204)
    handler.post(f"applications/{case}/accept/", {}, expect=204)
    handler.post(path, {**said, "reason": "将搬迁。"}, expect=409)
