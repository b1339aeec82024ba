"""4A/5A are not the city's to cancel: they are suspended and reported upward (R-40)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.monitoring import services as monitoring
from apps.titles import services as titles
from apps.titles.models import Title
from tests import worlds
from tests.unit.monitoring import scenes
from tests.unit.refusals import broken
from tests.unit.staging import built_once, played


def _build() -> scenes.Watch:
    watch = scenes.build(scenes.clock())
    row = worlds.enterprise_row(watch.enterprise)
    titles.import_external_list(
        actor=watch.be(watch.city.handler),
        clock=watch.clock,
        data=titles.ListData(
            kind="provincial",
            title="2026年度省级绿色工厂名单",
            document_no="苏工信节能〔2026〕1号",
            published_on=watch.clock.now().on,
            rows=[titles.ListRow(action="add", name=row.name, uscc=row.uscc)],
        ),
    )
    enter(Actor.system())
    watch.title = Title.objects.get(level=4).public_id
    return watch


stage = built_once(_build)
scene = played()


@pytest.mark.rule("R-40")
def test_a_failed_4a_is_suspended_and_may_not_be_cancelled(scene: scenes.Watch) -> None:
    scene.proposed()
    due = scene.cancellation_row().statement_due_on
    scene.move(due + timedelta(days=1))
    proposal = scene.cancellation_row().public_id
    arguments = {
        "clock": scene.clock,
        "public_id": proposal,
        "document_no": "苏工信节能〔2027〕9号",
        "note": "整改逾期未完成，报告省厅。",
    }
    leader = scene.be(scene.city.leader)
    assert broken(monitoring.decide_cancellation, actor=leader, decision="cancel", **arguments) == ["R-40"]
    assert monitoring.decide_cancellation(actor=leader, decision="suspend", **arguments) is None
    assert (scene.title_state(), scene.cancellation_row().state) == ("suspended", "suspended")
    enter(Actor.system())
    # the 3A title of the same enterprise stands
    assert list(Title.objects.filter(level=3).values_list("state", flat=True)) == ["valid"]
