"""Records of on-site visits: signatures drawn, scanned or refused, photos kept once, closed with the opinion (F-10)."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.evidence import selectors as evidence
from apps.review import selectors
from apps.review import services as review
from apps.review.models import SiteSignature
from apps.review.selectors import SiteVisitRow
from tests.portals.district.scenes import PNG
from tests.unit.refusals import refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played

pytestmark = pytest.mark.rule("R-21")
LINE = [[[10, 10], [200, 300], [400, 100], [600, 350]]]


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.panel()
    flow.declare(flow.experts[0])
    flow.declare(flow.experts[1])
    return flow


stage = built_once(_build)
scene = played()


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def visit(scene: scenes.Flow) -> str:
    return review.record_site_visit(
        actor=scene.be(scene.experts[0]),
        clock=scene.clock,
        public_id=scene.case,
        visit=review.Visit(
            visited_on=scene.clock.now().on,
            place="昆山示例路 1 号",
            people=["谭立群", "俞海燕", "谭立群"],
            accompanied_by="周敏",
            opening_at=time(9, 30),
            closing_at=time(16, 0),
            findings=[{"item": "K1-01", "filed": "0.85", "found": "0.86", "agrees": True}],
            conclusion="与申报材料相符。",
        ),
    )


def picture(name: str = "现场.png", *, tail: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PNG + tail, "image/png")


def sign(scene: scenes.Flow, visit: str, **changed: Any) -> None:
    given: dict[str, Any] = {"side": "checkers", "name": "谭立群", "strokes": LINE, **changed}
    by = given.pop("by", scene.experts[0])
    review.sign_site_visit(
        actor=scene.be(by), clock=scene.clock, public_id=visit, signing=review.Signing(**given)
    )


def shown(scene: scenes.Flow, visit: str) -> SiteVisitRow:
    return selectors.site_visit(actor=scene.be(scene.city.handler), public_id=visit)[0]


def test_a_drawn_line_and_a_scan_are_signatures(scene: scenes.Flow, visit: str) -> None:
    assert shown(scene, visit).people == ("谭立群", "俞海燕"), "a name counts once"
    sign(scene, visit)
    assert shown(scene, visit).missing_sides == ("企业",)
    sign(scene, visit, side="factory", name="周敏", position="总经理", strokes=[], scan=picture("签名.png"))
    row = shown(scene, visit)
    assert row.complete
    drawn, scanned = row.signatures
    assert drawn.paths == ("M10 10L200 300L400 100L600 350",)
    assert (scanned.position, scanned.scan_name, scanned.paths) == ("总经理", "签名.png", ())
    enter(Actor.system())
    with pytest.raises(DatabaseError), transaction.atomic():
        SiteSignature.objects.filter(visit__public_id=visit).update(strokes=[], refused=False, scan=None)


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"side": "nobody"}, "side", "请选择签名方"),
        ({"name": " "}, "name", "请填写签名人姓名"),
        ({"name": "路人"}, "name", "路人不在核实人员中"),
        ({"strokes": []}, "strokes", "请手写签名"),
        ({"strokes": [[[1, 1], [2, 2]]]}, "strokes", "请手写签名"),
        ({"strokes": [[[1, 1], [2, 2], [3, 3], [1001, 4]]]}, "strokes", "无法识别"),
        ({"strokes": [[[1, 1, 1], [2, 2, 2]]]}, "strokes", "无法识别"),
        ({"strokes": [LINE[0]] * 61}, "strokes", "无法识别"),
        ({"refused": True, "note": "不便签名"}, "note", "核实人员须签名"),
        ({"side": "factory", "name": "周敏", "refused": True}, "note", "请写明情况"),
    ],
)
def test_what_is_not_a_signature_is_named(
    scene: scenes.Flow, visit: str, changed: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(Invalid) as caught:
        sign(scene, visit, **changed)
    assert said in caught.value.errors[field][0]
    assert shown(scene, visit).signatures == ()


def test_the_enterprise_may_refuse_and_nobody_signs_twice(scene: scenes.Flow, visit: str) -> None:
    sign(scene, visit)
    with pytest.raises(Invalid) as caught:
        sign(scene, visit)
    assert caught.value.errors == {"name": ["谭立群已经签名。"]}
    sign(scene, visit, side="factory", name="周敏", refused=True, note="对能耗数据有异议，拒绝签名。")
    row = shown(scene, visit)
    assert row.complete
    assert (row.signatures[1].refused, row.signatures[1].paths) == (True, ())


def test_photos_are_evidence_of_the_case_and_kept_once(scene: scenes.Flow, visit: str) -> None:
    add = {"clock": scene.clock, "public_id": visit}
    leader = scene.experts[0]
    first = review.add_visit_photo(actor=scene.be(leader), upload=picture(), **add)
    again = review.add_visit_photo(actor=scene.be(leader), upload=picture("同一张.png"), **add)
    review.add_visit_photo(actor=scene.be(scene.city.handler), upload=picture("二.png", tail=b"2"), **add)
    assert first == again
    assert [photo.name for photo in shown(scene, visit).photos] == ["现场.png", "二.png"]
    wrong = SimpleUploadedFile("说明.txt", b"text", "text/plain")
    refused(Invalid, review.add_visit_photo, actor=scene.be(leader), upload=wrong, **add)
    refused(NotVisible, review.add_visit_photo, actor=scene.be(scene.neighbour), upload=picture(), **add)
    scene.be(scene.city.handler)
    places = {
        use.code for use in evidence.uses_of(actor=scene.city.handler, application_id=scene.case_row().pk)
    }
    assert f"site-visit-{visit}" in places


def test_only_leader_and_city_write_and_strangers_see_nothing(scene: scenes.Flow, visit: str) -> None:
    member = scene.experts[1]
    assert selectors.site_visit(actor=scene.be(member), public_id=visit)[1] == scene.case
    given = {
        "clock": scene.clock,
        "public_id": visit,
        "signing": review.Signing("checkers", "俞海燕", strokes=LINE),
    }
    refused(Forbidden, review.sign_site_visit, actor=scene.be(member), **given)
    refused(Forbidden, review.sign_site_visit, actor=scene.be(scene.city.signer), **given)
    for stranger in (scene.experts[5], scene.other_district.handler, scene.neighbour):
        refused(NotVisible, selectors.site_visit, actor=scene.be(stranger), public_id=visit)
        refused(NotVisible, review.sign_site_visit, actor=scene.be(stranger), **given)


def test_the_record_is_closed_with_the_opinion(scene: scenes.Flow, visit: str) -> None:
    for expert in scene.experts[:2]:
        scene.assess(expert, "85.00", again=True)
    scene.assess(scene.experts[2], "85.00")
    sign(scene, visit)
    sign(scene, visit, side="factory", name="周敏")
    scene.draft_opinion(visited=True)
    scene.sign_all()
    review.conclude_panel(actor=scene.be(scene.experts[0]), clock=scene.clock, public_id=scene.case)
    for by in (scene.experts[0], scene.city.handler):
        with pytest.raises(WrongStep):
            sign(scene, visit, name="俞海燕", by=by)
        refused(
            WrongStep,
            review.add_visit_photo,
            actor=scene.be(by),
            clock=scene.clock,
            public_id=visit,
            upload=picture(),
        )
