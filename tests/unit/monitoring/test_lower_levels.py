"""A 2A title under dynamic management: the district that awarded it decides on its end (R-06, R-40)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core.actor import Actor
from apps.core.errors import Forbidden
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.monitoring import services as monitoring
from apps.notifications.models import Message
from apps.parameters import services as parameters
from apps.titles.models import Title
from tests.portals.scenes import signed_in
from tests.unit.monitoring import scenes
from tests.unit.refusals import broken, refused
from tests.unit.staging import built_once, played


def _build() -> scenes.Watch:
    watch = scenes.build(scenes.clock(), level=2)
    public_id = parameters.propose_value(
        actor=watch.be(watch.city.handler),
        clock=watch.clock,
        key="monitor_lower_levels",
        value="true",
        effective_from=watch.clock.now().on,
        reason="试行",
    )
    parameters.approve_value(actor=watch.be(watch.city.signer), clock=watch.clock, public_id=public_id)
    return watch


stage = built_once(_build)
scene = played()


def _decision(scene: scenes.Watch, decision: str) -> dict[str, object]:
    return {
        "clock": scene.clock,
        "public_id": scene.proposal,
        "decision": decision,
        "document_no": "昆工信〔2027〕9号",
        "note": "整改逾期未完成。",
    }


def _proposed(scene: scenes.Watch) -> None:
    """Play to the proposal: a 2A title is kept from 60 points on."""
    order = scene.ordered("55.00")
    deadline = monitoring.serve_rectification(
        actor=scene.be(scene.enterprise), clock=scene.clock, public_id=order
    )
    scene.move(deadline + timedelta(days=1))
    scene.sweep()
    scene.proposal = scene.cancellation_row().public_id


def _heard(scene: scenes.Watch) -> None:
    _proposed(scene)
    scene.move(scene.cancellation_row().statement_due_on + timedelta(days=1))
    scene.sweep()


@pytest.mark.rule("R-40")
@pytest.mark.rule("R-06")
@pytest.mark.parametrize("decision", ["cancel", "drop"])
def test_the_district_signer_decides_on_a_2a_title(scene: scenes.Watch, decision: str) -> None:
    _proposed(scene)
    signer = scene.be(scene.district.signer)
    if decision == "cancel":
        assert broken(monitoring.decide_cancellation, actor=signer, **_decision(scene, decision)) == ["R-40"]
    scene.move(scene.cancellation_row().statement_due_on + timedelta(days=1))
    scene.sweep()
    (owed,) = Obligation.objects.filter(kind__startswith="monitoring.cancellation", state="open")
    assert (owed.kind, owed.district_id) == (
        "monitoring.cancellation_district",
        scene.district.signer.district,
    )
    assert Message.objects.get(template="cancellation_to_decide_district").to_district_id == owed.district_id
    until = monitoring.decide_cancellation(
        actor=scene.be(scene.district.signer), **_decision(scene, decision)
    )
    assert (until is not None) == (decision == "cancel")
    assert scene.title_state() == ("cancelled" if decision == "cancel" else "valid")
    assert not Obligation.objects.filter(kind__startswith="monitoring.cancellation", state="open").exists()


@pytest.mark.rule("R-06")
@pytest.mark.parametrize("decision", ["cancel", "drop"])
def test_nobody_else_decides_on_a_2a_title(scene: scenes.Watch, decision: str) -> None:
    _heard(scene)
    for actor in (scene.city.leader, scene.city.signer, scene.district.handler, scene.enterprise):
        refused(
            Forbidden, monitoring.decide_cancellation, actor=scene.be(actor), **_decision(scene, decision)
        )
    assert scene.title_state() == "cancelling"


@pytest.mark.rule("R-06")
def test_the_district_decides_on_its_page(scene: scenes.Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    _heard(scene)
    monkeypatch.setattr("apps.portals.district.revocations.shown_now", scene.clock.now)
    here = reverse("district:revocation", args=[scene.proposal])
    signer = signed_in(scene.district.signer)
    assert 'value="cancel"' in signer.get(here).content.decode()
    assert 'value="cancel"' not in signed_in(scene.district.handler).get(here).content.decode()
    assert signed_in(scene.other_district.signer).get(here).status_code == 404
    assert signed_in(scene.enterprise).get(here).status_code == 403
    city = signed_in(scene.city.leader).get(reverse("municipal:revocation", args=[scene.proposal]))
    assert "由属地签批负责人决定" in city.content.decode()
    assert 'value="drop"' not in city.content.decode()
    assert signer.post(here, {"decision": "suspend"}).status_code == 404
    assert signer.post(here, {"decision": "drop", "note": "已整改。"}).status_code == 422
    drop = {"decision": "drop", "document_no": "昆工信〔2027〕9号", "note": "已完成整改。"}
    assert signer.post(here, drop).status_code == 302
    assert signer.post(here, drop).status_code == 409
    assert scene.title_state() == "valid"


@pytest.mark.rule("R-40")
@pytest.mark.parametrize(("score", "told"), [("70.00", False), ("69.99", True)])
def test_lower_titles_that_did_not_hold_either_are_pointed_out(
    scene: scenes.Watch,
    score: str,
    told: bool,  # noqa: FBT001  (pytest passes it by name)
) -> None:
    """相应级别: only the level that failed ends; of a 2A title, kept from 70 points on, the district is told."""
    scene.title = scene.award(3).public_id
    scene.ordered(score)
    deadline = monitoring.serve_rectification(
        actor=scene.be(scene.enterprise), clock=scene.clock, public_id=scene.order
    )
    scene.move(deadline + timedelta(days=1))
    scene.sweep()
    scene.proposal = scene.cancellation_row().public_id
    scene.move(scene.cancellation_row().statement_due_on + timedelta(days=1))
    scene.sweep()
    city = scene.be(scene.city.leader)
    assert monitoring.lower_titles_missed(actor=city, public_id=scene.proposal) == ([2] if told else [])
    scene.decide()
    enter(Actor.system())
    assert Message.objects.filter(template="lower_titles_missed").exists() is told
    assert set(Title.objects.values_list("level", "state")) == {(3, "cancelled"), (2, "valid")}
