"""Who is on a case, remarks and the return list over HTTP: the same rules as the pages, refused to everybody else."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.callers import caller
from tests.portals.district.scenes import PNG
from tests.unit.review import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(scene: scenes.Flow) -> str:
    """Return the path of a case in its form check, nobody on it."""
    return f"applications/{scene.in_check()}"


def _mark(code: str = "K5-01", part: str = "item") -> dict[str, str]:
    return {"part": part, "code": code, "reason": "佐证过期。", "wanted": "补 2025 年度报告。"}


def _remark(key: str = "k1", audience: str = "enterprise") -> dict[str, str]:
    return {"item_code": "K5-01", "audience": audience, "text": "请说明测试日期。", "key": key}


def test_a_case_is_taken_given_back_and_assigned(scene: scenes.Flow, case: str) -> None:
    handler, second = caller(scene.district.handler), caller(scene.second_handler)
    handler.post(f"{case}/take/", expect=204)
    second.post(f"{case}/take/", expect=409)
    second.post(f"{case}/release/", expect=403)
    handler.post(f"{case}/release/", expect=204)
    handler.post(f"{case}/release/", expect=204)  # nobody on it: nothing to do
    handler.post(f"{case}/assign/", {"user_id": scene.second_handler.user_id}, expect=403)
    signer = caller(scene.district.signer)
    signer.post(f"{case}/assign/", {"user_id": scene.other_district.handler.user_id}, expect=422)
    signer.post(f"{case}/assign/", {"user_id": 0}, expect=400)
    signer.post(f"{case}/assign/", {"user_id": scene.second_handler.user_id}, expect=204)
    handler.post(f"{case}/take/", expect=409)


def test_who_is_on_a_case_is_the_districts_alone(scene: scenes.Flow, case: str) -> None:
    foreign, city = caller(scene.other_district.handler), caller(scene.city.handler)
    enterprise = caller(scene.enterprise)
    for act in ("take", "release"):
        foreign.post(f"{case}/{act}/", expect=404)
        city.post(f"{case}/{act}/", expect=403)
        enterprise.post(f"{case}/{act}/", expect=403)
    body = {"user_id": scene.other_district.handler.user_id}
    caller(scene.other_district.signer).post(f"{case}/assign/", body, expect=404)
    city.post(f"{case}/assign/", body, expect=403)


def test_a_remark_sent_twice_is_kept_once_and_settled(scene: scenes.Flow, case: str) -> None:
    handler = caller(scene.district.handler)
    made = handler.post(f"{case}/remarks/add/", _remark(), expect=201)["public_id"]
    assert handler.post(f"{case}/remarks/add/", _remark(), expect=201)["public_id"] == made
    handler.post(f"{case}/remarks/add/", _remark("k2", "internal"), expect=201)
    handler.post(f"{case}/remarks/add/", _remark("k3", "everybody"), expect=400)
    handler.post(f"{case}/remarks/add/", {**_remark("k4"), "text": " "}, expect=422)
    handler.post(f"{case}/remarks/add/", {**_remark("k4"), "item_code": "NO-99"}, expect=422)
    listed = handler.get(f"{case}/remarks/")["results"]
    assert [(row["public_id"] == made, row["internal"], row["settled"]) for row in listed] == [
        (True, False, False),
        (False, True, False),
    ]
    handler.post(f"{case}/remarks/{made}/settle/", {"settled": True}, expect=204)
    assert handler.get(f"{case}/remarks/")["results"][0]["settled"] is True
    foreign = caller(scene.other_district.handler)
    foreign.get(f"{case}/remarks/", expect=404)
    foreign.post(f"{case}/remarks/add/", _remark("k5"), expect=404)
    foreign.post(f"{case}/remarks/{made}/settle/", {"settled": False}, expect=404)
    # the enterprise reads what is meant for it, from the office and not from a person, and settles nothing
    enterprise = caller(scene.enterprise)
    [told] = enterprise.get(f"{case}/remarks/")["results"]
    assert (told["public_id"], told["internal"], told["who"]) == (made, False, "属地")
    enterprise.post(f"{case}/remarks/{made}/settle/", {"settled": False}, expect=403)
    caller(scene.experts[0]).get(f"{case}/remarks/", expect=403)


def test_the_return_list_is_gathered_place_by_place(scene: scenes.Flow, case: str) -> None:
    handler = caller(scene.district.handler)
    handler.post(f"{case}/return-list/add/", _mark(), expect=204)
    handler.post(f"{case}/return-list/add/", {**_mark(), "reason": "佐证缺页。"}, expect=204)
    handler.post(f"{case}/return-list/add/", _mark(part="sheet"), expect=400)
    handler.post(f"{case}/return-list/add/", _mark("NO-99"), expect=422)
    assert [(row["code"], row["reason"]) for row in handler.get(f"{case}/return-list/")["results"]] == [
        ("K5-01", "佐证缺页。")
    ]
    place = {"part": "item", "code": "K5-01"}
    foreign = caller(scene.other_district.handler)
    foreign.get(f"{case}/return-list/", expect=404)
    foreign.post(f"{case}/return-list/add/", _mark(), expect=404)
    foreign.post(f"{case}/return-list/remove/", place, expect=404)
    caller(scene.city.handler).get(f"{case}/return-list/", expect=403)
    caller(scene.enterprise).post(f"{case}/return-list/add/", _mark(), expect=403)
    handler.post(f"{case}/return-list/remove/", place, expect=204)
    assert handler.get(f"{case}/return-list/")["results"] == []


def test_everything_somebody_is_on_is_handed_over(scene: scenes.Flow, case: str) -> None:
    handler, signer = caller(scene.district.handler), caller(scene.district.signer)
    handler.post(f"{case}/take/", expect=204)
    [line] = handler.get("open-work/")["results"]
    assert case.endswith(line["application"])
    assert line["holder_id"] == scene.district.handler.user_id
    assert caller(scene.other_district.handler).get("open-work/")["results"] == []
    body = {"from_id": line["holder_id"], "to_id": scene.second_handler.user_id, "reason": "调离。"}
    handler.post("open-work/hand-over/", body, expect=403)
    caller(scene.city.handler).post("open-work/hand-over/", body, expect=403)
    signer.post("open-work/hand-over/", {**body, "reason": " "}, expect=422)
    signer.post("open-work/hand-over/", {**body, "to_id": scene.other_district.handler.user_id}, expect=422)
    assert signer.post("open-work/hand-over/", body) == {"moved": 1}
    signer.post("open-work/hand-over/", body, expect=409)


def test_a_site_photo_sent_twice_is_kept_once(scene: scenes.Flow) -> None:
    at = f"applications/{scene.in_prelim()}/site-photos/"
    handler = caller(scene.district.handler)
    item = handler.get(at.replace("site-photos", "preliminary"))["desk"]["rows"][0]["code"]

    def shot(**changed: str) -> dict[str, object]:
        taken = scene.clock.now().at.isoformat()
        picture = SimpleUploadedFile("a.png", PNG, "image/png")
        return {"item_code": item, "key": "k1", "taken_at": taken, "file": picture, **changed}

    caller(scene.other_district.handler).send(at + "add/", shot(), expect=404)
    caller(scene.city.handler).send(at + "add/", shot(), expect=403)
    handler.send(at + "add/", shot(item_code="NO-99"), expect=422)
    made = handler.send(at + "add/", shot(), expect=201)
    assert handler.send(at + "add/", shot(), expect=201) == made
    assert [row["public_id"] for row in handler.get(at)["results"]] == [made["public_id"]]
