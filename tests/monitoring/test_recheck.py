"""R-42: what the public or another authority reports may lead to an on-site recheck, with its source on record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.accounts import membership
from apps.accounts import services as accounts
from apps.accounts.states import BOUNDARY, INCIDENT, PAUSE, RENAME, SUCCESSION
from apps.audit.models import AuditEvent
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.scoping import enter
from apps.monitoring import services as monitoring
from apps.monitoring.planning import recheck_plan
from apps.monitoring.workload import watched
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


def _risks(scene: scenes.Watch) -> tuple[str, ...]:
    handler = scene.be(scene.district.handler)
    rows = recheck_plan(actor=handler, on=scene.clock.now().on)
    return next(row.risks for row in rows if row.title_public_id == scene.title)


@pytest.mark.rule("R-33")
def test_a_visit_that_did_not_take_place_on_its_day_counts_as_late(scene: scenes.Watch) -> None:
    scene.plan()
    planned = scene.recheck_row().planned_on
    handler = scene.be(scene.district.handler)
    for on, missed in ((planned, False), (planned + timedelta(days=1), True)):
        row = next(row for row in recheck_plan(actor=handler, on=on) if row.title_public_id == scene.title)
        assert (row.overdue, row.missed) == (False, missed)
        assert watched(actor=handler, on=on).rechecks_late == missed


def _declare(scene: scenes.Watch, kind: str, **fields: str) -> str:
    return accounts.request_change(
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        data=accounts.Change(
            kind=kind,
            effective_on=scene.clock.now().on,
            document="f" * 14,
            document_name="说明.pdf",
            **{"reason": "见所附说明。", **fields},
        ),
    )


@pytest.mark.rule("R-33", "R-42", "R-43")
@pytest.mark.parametrize(
    ("kind", "words", "fields"),
    [
        (BOUNDARY, "组织边界变更", {}),
        (PAUSE, "临时停产或恢复生产", {}),
        (INCIDENT, "事故、处罚或失信报告", {}),
        (RENAME, "企业更名", {"name": "昆山示例新材料有限公司"}),
    ],
)
def test_what_happens_to_a_factory_speaks_for_a_recheck(
    scene: scenes.Watch, kind: str, words: str, fields: dict[str, str]
) -> None:
    """Reported at once, it stands in the plan; turned down or looked at on site, it does so no more."""
    scene.move(scene.clock.now().on + timedelta(days=30))
    assert _risks(scene) == ()
    report = _declare(scene, kind, **fields)
    assert [risk.partition("（")[0] for risk in _risks(scene)] == [words]
    accounts.confirm_change(actor=scene.be(scene.district.handler), clock=scene.clock, public_id=report)
    assert len(_risks(scene)) == 1
    row = membership.change(actor=scene.be(scene.enterprise), public_id=report)
    assert (row.kind_label, row.state) == (words, "confirmed")
    scene.move(scene.clock.now().on + timedelta(days=1))
    scene.passed()
    assert _risks(scene) == ()


def test_a_report_that_is_turned_down_or_needs_no_look_is_no_reason(scene: scenes.Watch) -> None:
    scene.move(scene.clock.now().on + timedelta(days=30))
    report = _declare(scene, INCIDENT)
    accounts.decline_change(
        actor=scene.be(scene.district.handler), clock=scene.clock, public_id=report, reason="与本企业无关。"
    )
    _declare(scene, SUCCESSION, legal_representative="示例新法人")
    assert _risks(scene) == ()
    refused(
        Invalid,
        accounts.request_change,
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        data=accounts.Change(kind=INCIDENT, effective_on=scene.clock.now().on, document="f" * 14),
    )
