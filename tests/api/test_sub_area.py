"""The 板块 step over HTTP: the same gates and refusals as the pages."""

from __future__ import annotations

from tests.api.callers import caller
from tests.unit.review import scenes
from tests.worlds import sub_area_staff


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


def test_a_sub_area_answers_over_http(scene: scenes.Flow) -> None:
    case = scene.submitted()
    yushan = caller(sub_area_staff(scene.clock, "yushan", "玉山镇"))
    handler = caller(scene.district.handler)
    ask, give = f"applications/{case}/ask-sub-area/", f"applications/{case}/give-sub-area-opinion/"
    yushan.post(give, {"recommends": True}, expect=404)
    handler.get("sub-area-cases/", expect=403)
    yushan.get(f"applications/{case}/", expect=403)
    caller(scene.other_district.handler).post(ask, {"sub_area": "玉山镇"}, expect=404)
    handler.post(ask, {"sub_area": "木渎镇"}, expect=422)
    handler.post(ask, {"sub_area": "玉山镇"}, expect=204)
    assert [row["public_id"] for row in yushan.get("sub-area-cases/")["results"]] == [case]
    handler.post(give, {"recommends": True}, expect=403)
    yushan.post(give, {"recommends": False}, expect=422)
    yushan.post(give, {"recommends": True, "letter_no": "玉政〔2026〕8号"}, expect=204)
    assert yushan.get("sub-area-cases/")["results"][0]["opinion"]["given_by"] == "钱进"
    handler.post(f"applications/{case}/accept/", {}, expect=204)
    yushan.post(give, {"recommends": True}, expect=409)
