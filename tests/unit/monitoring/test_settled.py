"""When a cancellation is decided nobody is reminded of the rectification any more, whatever was decided."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.foundation import rows
from tests.unit.monitoring import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Watch:
    return scenes.build(scenes.clock())


stage = built_once(_build)
scene = played()


@pytest.mark.rule("R-39", "R-40")
@pytest.mark.parametrize("decision", ["cancel", "drop"])
def test_nothing_about_the_rectification_is_owed_after_the_decision(
    scene: scenes.Watch, decision: str
) -> None:
    scene.proposed()
    scene.move(scene.cancellation_row().statement_due_on + timedelta(days=1))
    scene.sweep()
    live = "select kind from deadlines_obligation where state in ('open', 'overdue') and kind like 'monitoring%%'"
    # the missed rectification and the time for defence have led to what follows: only the decision is owed
    assert rows(live) == [("monitoring.cancellation",)]
    # nor was any of it called late by the sweep that found it over
    assert rows("select count(*) from notifications_message where key like 'remind:%%:T+1:%%'") == [(0,)]
    scene.decide(decision)
    scene.sweep()
    assert rows(live) == []
    sent = "select count(*) from notifications_message where key like 'remind:%%'"
    before = rows(sent)
    for weeks in range(1, 5):
        scene.move(scene.clock.now().on + timedelta(weeks=weeks))
        scene.sweep()
    assert rows(sent) == before
