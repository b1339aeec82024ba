"""R-42: what the public or another authority reports may lead to an on-site recheck, with its source on record."""

from __future__ import annotations

import pytest

from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.scoping import enter
from apps.monitoring import services as monitoring
from tests.unit.monitoring import scenes
from tests.unit.refusals import refused
from tests.unit.staging import built_once, played


def _build() -> scenes.Watch:
    return scenes.build(scenes.clock())


stage = built_once(_build)
scene = played()


@pytest.mark.rule("R-42")
def test_a_report_leads_to_a_recheck_and_names_its_source(scene: scenes.Watch) -> None:
    scene.plan(trigger="report", note="12345 工单反映夜间偷排。")
    row = scene.recheck_row()
    assert (row.trigger, row.trigger_note) == ("report", "12345 工单反映夜间偷排。")
    event = AuditEvent.objects.get(event="recheck.plan")
    assert (event.rule, event.note) == ("R-42", "12345 工单反映夜间偷排。")
    assert scene.title_state() == "rechecking"


@pytest.mark.rule("R-42")
@pytest.mark.parametrize("trigger", ["report", "risk", "change"])
def test_a_recheck_without_a_cycle_needs_its_reason(scene: scenes.Watch, trigger: str) -> None:
    refused(
        Invalid,
        monitoring.plan_recheck,
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        title_public_id=scene.title,
        planned_on=scene.clock.now().on,
        trigger=trigger,
        note=" ",
    )
    enter(Actor.system())
    assert AuditEvent.objects.filter(event="recheck.plan").count() == 0
