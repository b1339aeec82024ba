"""属地公示: asked for by a dated setting, frozen, over before the decision, objections settled by a second person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.test import Client

from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import DatabaseClock, Moment
from apps.core.scoping import enter
from apps.notifications.selectors import inbox
from apps.parameters import services as parameters
from apps.policy.award import ObjectionState, may_decide_after_district_notice
from apps.policy.calendar import Term
from apps.portals.district import common
from apps.portals.public import district_notices as public_pages
from apps.review import selectors
from apps.review import services as review
from apps.review.models import DistrictNoticeEntry, DistrictObjection, Ruling
from tests.api.callers import caller
from tests.portals.scenes import signed_in
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played

WORDS = review.DistrictNoticeText("关于拟评定昆山市绿色工厂名单的公示", "顾晓岚", "0512-1", "0512-2")
OBJECTION = {"party": "person", "person": "示例市民", "contact": "0512-00000009", "matter": "夜间噪声较大。"}


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.signed("75.00", 2)
    review.propose_ruling(actor=flow.be(flow.district.handler), clock=flow.clock, public_id=flow.case)
    return flow


stage = built_once(_build)
scene = played()


def switch_on(scene: scenes.Flow) -> None:
    made = parameters.propose_value(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        key="district_publicity",
        value=True,
        effective_from=scene.clock.now().on,
        reason="接受社会监督。",
    )
    parameters.approve_value(actor=scene.be(scene.city.signer), clock=scene.clock, public_id=made)


def publish(scene: scenes.Flow, **changes: Any) -> str:
    arguments: dict[str, Any] = {"public_ids": [scene.case], "text": WORDS, **changes}
    return review.publish_district_notice(
        actor=scene.be(scene.district.signer), clock=scene.clock, **arguments
    )


def sign(scene: scenes.Flow) -> dict[str, Any]:
    return {
        "actor": scene.be(scene.district.signer),
        "clock": scene.clock,
        "public_id": scene.case,
        "document_no": "昆工信〔2026〕12号",
    }


def received(scene: scenes.Flow, **changes: Any) -> dict[str, Any]:
    handler = scene.be(scene.district.handler)
    return {"actor": handler, "clock": scene.clock, "public_id": scene.case, **OBJECTION, **changes}


def wait_until_over(scene: scenes.Flow) -> None:
    enter(Actor.system())
    last = DistrictNoticeEntry.objects.get().notice.ends_on
    scene.clock.set(Moment.in_shanghai(last + timedelta(days=1), 8, 30))


@pytest.mark.rule("R-24", "R-25")
def test_the_rule_at_its_boundaries() -> None:
    term = Term(date(2026, 11, 23), date(2026, 11, 27), date(2026, 11, 27), provisional=False, explanation="")

    def ok(on: int, *objections: ObjectionState, term: Term | None = term, required: bool = True) -> bool:
        return may_decide_after_district_notice(
            required=required, term=term, on=date(2026, 11, on), objections=objections
        ).ok

    assert ok(1, term=None, required=False)
    assert not ok(1, term=None)
    assert not ok(27)
    assert ok(28)
    assert ok(28, ObjectionState.DISMISSED)
    assert not ok(28, ObjectionState.OPEN)
    assert not ok(28, ObjectionState.UPHELD)
    assert not ok(27, required=False)


def test_without_the_setting_nothing_is_published_and_nothing_waits(scene: scenes.Flow) -> None:
    signer = scene.be(scene.district.signer)
    refused(
        WrongStep,
        review.publish_district_notice,
        actor=signer,
        clock=scene.clock,
        public_ids=[scene.case],
        text=WORDS,
    )
    assert review.sign_ruling(**sign(scene)) == "decide_level"


def test_the_decision_waits_for_the_end_of_the_notice(scene: scenes.Flow) -> None:
    switch_on(scene)
    assert broken(review.sign_ruling, **sign(scene)) == ["R-24"]
    made = publish(scene)
    public = selectors.public_notice(actor=Actor.public(), public_id=made)
    assert [(row.level, row.uscc != "") for row in public.entries] == [(2, True)]
    assert (public.line.ends_on - public.line.starts_on).days >= 4
    assert selectors.public_notices(actor=Actor.public()).total == 1
    assert broken(review.sign_ruling, **sign(scene)) == ["R-24"]
    refused(
        WrongStep,
        review.publish_district_notice,
        actor=scene.be(scene.district.signer),
        clock=scene.clock,
        public_ids=[scene.case],
        text=WORDS,
    )
    wait_until_over(scene)
    assert review.sign_ruling(**sign(scene)) == "decide_level"


def test_gates_of_the_notice(scene: scenes.Flow) -> None:
    switch_on(scene)
    wanted: dict[str, Any] = {"clock": scene.clock, "public_ids": [scene.case], "text": WORDS}
    act = review.publish_district_notice
    for stranger in (scene.district.handler, scene.city.signer, scene.enterprise):
        refused(Forbidden, act, actor=scene.be(stranger), **wanted)
    refused(NotVisible, act, actor=scene.be(scene.other_district.signer), **wanted)
    signer = scene.be(scene.district.signer)
    refused(Invalid, act, actor=signer, **{**wanted, "public_ids": []})
    lacking = refused(
        Invalid, act, actor=signer, **{**wanted, "text": review.DistrictNoticeText("", "", "", "")}
    )
    assert set(lacking.errors) == {"title", "contact_person", "contact_phone", "supervision_phone"}  # type: ignore[attr-defined]
    yesterday = scene.clock.now().on - timedelta(days=1)
    assert broken(act, actor=signer, **wanted, starts_on=yesterday) == ["R-24"]
    publish(scene)
    enter(Actor.system())
    with pytest.raises(InternalError), transaction.atomic():
        DistrictNoticeEntry.objects.update(level=1)


def test_an_objection_dismissed_lets_the_decision_pass(scene: scenes.Flow) -> None:
    switch_on(scene)
    refused(WrongStep, review.record_district_objection, **received(scene))
    publish(scene)
    foreign = scene.be(scene.other_district.handler)
    refused(NotVisible, review.record_district_objection, **received(scene, actor=foreign))
    handler = scene.be(scene.district.handler)
    faulty = received(scene, actor=handler, party="anonymous", person="", contact=" ", matter="")
    wrong = refused(Invalid, review.record_district_objection, **faulty)
    assert set(wrong.errors) == {"party", "person", "contact", "matter"}  # type: ignore[attr-defined]
    made = review.record_district_objection(**received(scene))
    stored = DistrictObjection.objects.get(public_id=made)
    assert OBJECTION["person"] not in stored.person_sealed
    wait_until_over(scene)
    assert broken(review.record_district_objection, **received(scene)) == ["R-25"]
    assert broken(review.sign_ruling, **sign(scene)) == ["R-25"]
    end: dict[str, Any] = {"clock": scene.clock, "public_id": made, "upheld": False, "conclusion": "已核查。"}
    act = review.conclude_district_objection
    refused(NotVisible, act, actor=scene.be(scene.other_district.signer), **end)
    refused(Forbidden, act, actor=scene.be(scene.district.handler), **end)
    refused(Invalid, act, actor=scene.be(scene.district.signer), **{**end, "upheld": None, "conclusion": ""})
    act(actor=scene.be(scene.district.signer), **end)
    refused(WrongStep, act, actor=scene.be(scene.district.signer), **end)
    assert review.sign_ruling(**sign(scene)) == "decide_level"


def test_an_objection_upheld_ends_the_case(scene: scenes.Flow) -> None:
    switch_on(scene)
    publish(scene)
    made = review.record_district_objection(**received(scene))
    own = review.record_district_objection(**received(scene, actor=scene.be(scene.district.signer)))
    signer = scene.be(scene.district.signer)
    end: dict[str, Any] = {"actor": signer, "clock": scene.clock, "conclusion": "厂界噪声超标。"}
    assert broken(review.conclude_district_objection, **end, public_id=own, upheld=False) == ["R-15"]
    review.conclude_district_objection(**end, public_id=made, upheld=True)
    assert review.sign_ruling(**sign(scene)) == "refuse_level"
    row = Ruling.objects.get()
    assert (row.level, row.state) == (None, "declined")
    assert "厂界噪声超标" in row.reason
    assert scene.state() == "refused"


def test_over_http(scene: scenes.Flow) -> None:
    switch_on(scene)
    handler, signer = caller(scene.district.handler), caller(scene.district.signer)
    body = {
        "applications": [scene.case],
        "title": WORDS.title,
        "contact_person": "顾晓岚",
        "contact_phone": "0512-1",
        "supervision_phone": "0512-2",
    }
    handler.post("district-notices/", body, expect=403)
    caller(scene.city.signer).post("district-notices/", body, expect=403)
    caller(scene.other_district.signer).post("district-notices/", body, expect=404)
    signer.post("district-notices/", {**body, "applications": "x"}, expect=400)
    signer.post("district-notices/", body, expect=201)
    signer.post("district-notices/", body, expect=409)
    assert handler.get("district-notices/")["results"][0]["count"] == 1
    path = f"applications/{scene.case}/district-objections/"
    caller(scene.other_district.handler).post(path, OBJECTION, expect=404)
    made = handler.post(path, OBJECTION, expect=201)["public_id"]
    end = f"district-objections/{made}/conclude/"
    handler.post(end, {"upheld": False, "conclusion": "已核查。"}, expect=403)
    signer.post(end, {"upheld": False, "conclusion": "已核查。"}, expect=204)
    filing = f"district-notices/{handler.get('district-notices/')['results'][0]['public_id']}/objections/"
    public = caller()
    public.post(filing, {**OBJECTION, "position": 2}, expect=404)
    receipt = public.post(filing, {**OBJECTION, "position": 1}, expect=201)
    assert public.post("objections/status/", receipt, expect=200)["state_label"] == "核查中"
    enter(Actor.system())
    filed = DistrictObjection.objects.get(receipt_no=receipt["receipt_no"]).public_id
    signer.post(
        f"district-objections/{filed}/conclude/", {"upheld": False, "conclusion": "已核查。"}, expect=204
    )
    signer.post(f"applications/{scene.case}/ruling/sign/", {"document_no": "昆工信〔2026〕12号"}, expect=422)


def test_pages(scene: scenes.Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    switch_on(scene)
    monkeypatch.setattr(DatabaseClock, "now", lambda _self: scene.clock.now())
    monkeypatch.setattr(common, "shown_at", lambda: scene.clock.now().at)
    handler, signer = signed_in(scene.district.handler), signed_in(scene.district.signer)
    decision = f"/d/decisions/{scene.case}/"
    assert "签发前须经属地公示" in signer.get(decision).content.decode()
    form = {"ids": [scene.case], "title": "公示", "contact_person": "顾晓岚", "contact_phone": "0512-1"}
    assert handler.post("/d/notices/", form).status_code == 403
    assert signed_in(scene.city.signer).get("/d/notices/").status_code == 403
    assert signed_in(scene.other_district.signer).post("/d/notices/", form).status_code == 422
    faulty = signer.post("/d/notices/", {**form, "starts_on": "明天"})
    assert (faulty.status_code, 'value="顾晓岚"' in faulty.content.decode()) == (422, True)
    assert signer.post("/d/notices/", {**form, "supervision_phone": "0512-2"}).status_code == 302
    (notice,) = selectors.public_notices(actor=Actor.public()).rows
    public = Client().get(f"/district-notices/{notice.public_id}/").content.decode()
    assert "拟评定名单（1 家）" in public
    assert "公示" in Client().get("/district-notices/").content.decode()
    assert Client().get("/district-notices/nosuchnotice0/").status_code == 404
    enter(scene.enterprise)
    assert any("属地公示" in row.title for row in inbox(actor=scene.enterprise).rows)
    # Anybody objects online, and looks it up with what only the objector was told.
    monkeypatch.setattr(public_pages, "shown_at", lambda: scene.clock.now().at)
    page, anybody = f"/district-notices/{notice.public_id}/", Client()
    assert "在线提出异议" in anybody.get(page).content.decode()
    assert "内容校验码" in anybody.get(f"{page}print/").content.decode()
    assert anybody.get("/district-notices/nosuchnotice0/objection/").status_code == 404
    lacking = anybody.post(f"{page}objection/", {**OBJECTION, "position": "1", "contact": ""})
    assert (lacking.status_code, 'value="示例市民"' in lacking.content.decode()) == (422, True)
    for wrong in ({"position": "7"}, {"position": ""}, {"position": "1", "party": "anonymous"}):
        assert anybody.post(f"{page}objection/", {**OBJECTION, **wrong}).status_code == 422
    assert anybody.post(f"{page}objection/", {**OBJECTION, "position": "1"}).status_code == 302
    kept = anybody.session["objection_receipt"]
    assert kept["receipt_no"].startswith("SD-")
    assert "核查中" in Client().post("/objection/status/", kept).content.decode()
    guessed = Client().post("/objection/status/", {**kept, "query_code": "AAAAAAAA"})
    assert "没有找到" in guessed.content.decode()
    assert handler.post(f"{decision}objections/", {**OBJECTION, "matter": ""}).status_code == 422
    assert handler.post(f"{decision}objections/", OBJECTION).status_code == 302
    enter(Actor.system())
    end = f"/d/objections/{DistrictObjection.objects.get(receipt_no=None).public_id}/"
    assert signed_in(scene.other_district.signer).post(end, {}).status_code == 404
    assert signer.post(end, {"upheld": "dismissed", "conclusion": ""}).status_code == 422
    assert signer.post(end, {"upheld": "dismissed", "conclusion": "已核查。"}).status_code == 302
    assert signer.post(f"{decision}sign/", {"document_no": "昆工信〔2026〕12号"}).status_code == 422
