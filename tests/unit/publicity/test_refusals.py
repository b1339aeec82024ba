"""不予评定 after the notice: the leader's act, the list it leaves, what the enterprise reads (R-25, R-27)."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from apps.applications.models import Application
from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.notifications.models import Message
from apps.publicity import services as publicity
from apps.publicity.models import NoticeEntry, Recognition, RecognitionEntry
from tests.api.callers import caller
from tests.portals.municipal.desk import Desk, text_of
from tests.unit.refusals import refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.in_credit()
    flow.credit()
    flow.other = flow.second()
    flow.publish(flow.case, flow.other)
    flow.after_notice()
    flow.sweep()
    return flow


stage = built_once(_build)
scene = played()
WHY = "公示期满后查实发生较大安全事故。"


def leader(scene: scenes.Flow) -> Actor:
    return scene.be(scene.city.leader or Actor.public())


def decision(scene: scenes.Flow, **changes: Any) -> dict[str, Any]:
    return {"clock": scene.clock, "public_id": scene.case, "rule": "R-10", "reason": WHY, **changes}


def test_gates(scene: scenes.Flow) -> None:
    for stranger in (scene.city.handler, scene.city.signer, scene.district.handler, scene.enterprise):
        refused(Forbidden, publicity.refuse_award, actor=scene.be(stranger), **decision(scene))
    refused(NotVisible, publicity.refuse_award, actor=scene.be(scene.neighbour), **decision(scene))
    wrong = refused(
        Invalid, publicity.refuse_award, actor=leader(scene), **decision(scene, rule="R-45", reason=" ")
    )
    assert set(wrong.errors) == {"rule", "reason"}  # type: ignore[attr-defined]
    publicity.refuse_award(actor=leader(scene), **decision(scene))
    refused(WrongStep, publicity.refuse_award, actor=leader(scene), **decision(scene))
    listed = scene.propose(scene.other)
    publicity.sign_recognition(actor=leader(scene), clock=scene.clock, public_id=listed)
    refused(WrongStep, publicity.refuse_award, actor=leader(scene), **decision(scene, public_id=scene.other))


@pytest.mark.rule("R-25")
def test_the_enterprise_reads_clause_and_reason_and_the_notice_stays(scene: scenes.Flow) -> None:
    publicity.refuse_award(actor=leader(scene), **decision(scene))
    enter(Actor.system())
    row = Application.objects.get(public_id=scene.case)
    assert (row.state, row.decision_note) == ("refused", f"{WHY}（依据：五（二），R-10）")
    assert WHY in Message.objects.get(key=f"not-awarded:{scene.case}").body
    assert NoticeEntry.objects.get(application=row).state == "elapsed"
    trail = AuditEvent.objects.filter(subject_id=row.pk, event="application.refuse_award")
    assert trail.get().rule == "R-27"


@pytest.mark.rule("R-27")
def test_a_case_leaves_the_list_that_waits_for_signature(scene: scenes.Flow) -> None:
    listed = scene.propose(scene.case, scene.other)
    publicity.refuse_award(actor=leader(scene), **decision(scene))
    (left,) = RecognitionEntry.objects.filter(recognition__public_id=listed)
    assert left.application.public_id == scene.other
    publicity.refuse_award(actor=leader(scene), **decision(scene, public_id=scene.other, rule="R-23"))
    assert not Recognition.objects.filter(public_id=listed).exists()
    enter(Actor.system())
    events = AuditEvent.objects.filter(event__startswith="recognition.").order_by("pk")
    assert list(events.values_list("event", flat=True)) == [
        "recognition.propose",
        "recognition.strike",
        "recognition.withdraw",
    ]


def test_over_http(scene: scenes.Flow) -> None:
    path = f"applications/{scene.case}/refuse-award/"
    body = {"rule": "R-25", "reason": WHY}
    caller(scene.city.handler).post(path, body, expect=403)
    lead = caller(leader(scene))
    lead.post("applications/nothing/refuse-award/", body, expect=404)
    lead.post(path, {"rule": "R-25"}, expect=400)
    lead.post(path, {"rule": "R-01", "reason": WHY}, expect=422)
    lead.post(path, body, expect=204)
    lead.post(path, body, expect=409)
    assert scene.state(scene.case) == "refused"


def test_the_page_of_the_leader(scene: scenes.Flow) -> None:
    desk = Desk(scene)
    lead = scene.city.leader
    assert "不予评定" not in text_of(desk.get("recognitions")).split("</main>")[0].split("<main")[1]
    assert reverse("municipal:refuse_award", args=[scene.case]) in text_of(desk.get("recognitions", by=lead))
    assert "由局领导作出" in text_of(desk.get("refuse_award", scene.case))
    assert desk.get("refuse_award", "nosuchcase00", by=lead).status_code == 404
    assert desk.post("refuse_award", scene.case, rule="R-10", reason=WHY).status_code == 403
    empty = desk.post("refuse_award", scene.case, by=lead, rule="R-10", reason="")
    assert empty.status_code == 422
    assert "请写明不予评定的理由" in text_of(empty)
    assert desk.post("refuse_award", scene.case, by=lead, rule="R-10", reason=WHY).status_code == 302
    assert desk.post("refuse_award", scene.case, by=lead, rule="R-10", reason=WHY).status_code == 409
