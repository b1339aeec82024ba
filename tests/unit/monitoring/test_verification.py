"""`verify` is silent about a true recheck, rectification and cancellation, and names a bent one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.monitoring.verification import problems
from tests.unit.monitoring import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Watch:
    watch = scenes.build(scenes.clock())
    watch.proposed()
    watch.move(watch.cancellation_row().statement_due_on + timedelta(days=1))
    watch.decide()
    return watch


stage = built_once(_build)
scene = played()


def test_nothing_to_say_about_a_true_cancellation(scene: scenes.Watch) -> None:
    enter(Actor.system())
    assert list(problems()) == []


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("update monitoring_recheck set passed = true", "却有整改记录"),
        ("update monitoring_rectification set state = 'served'", "称号状态不是整改中"),
        ("delete from monitoring_cancellation", "没有取消称号的提请"),
        ("update monitoring_cancellation set state = 'suspended'", "与称号状态不一致"),
        ("update monitoring_cancellation set document_no = ''", "没有文号"),
        ("update monitoring_cancellation set decided_on = decided_on - 1", "没有禁报期"),
    ],
)
def test_bent_rows_are_named(scene: scenes.Watch, statement: str, word: str) -> None:
    enter(Actor.system())
    with connection.cursor() as cursor:
        cursor.execute(statement)
    found = list(problems())
    assert len(found) == 1
    assert word in found[0]
