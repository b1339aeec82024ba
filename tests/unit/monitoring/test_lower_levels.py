"""A 2A title under dynamic management: the district that awarded it decides on its end (R-06, R-40)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.core.errors import Forbidden
from apps.deadlines.models import Obligation
from apps.monitoring import services as monitoring
from apps.notifications.models import Message
from apps.parameters import services as parameters
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
