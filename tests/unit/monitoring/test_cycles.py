"""The end of every title's recheck cycle is owed by its district: one row a title, whoever planned what (R-33)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.deadlines import selectors as deadlines
from apps.deadlines import services as sweeper
from apps.deadlines.models import Obligation
from apps.monitoring import services as monitoring
from apps.monitoring.planning import recheck_plan
from apps.notifications.models import Message
from apps.policy.calendar import add_months
from apps.titles import services as titles
from tests.unit.monitoring import scenes
from tests.unit.staging import built_once, played

pytestmark = pytest.mark.rule("R-33")


def _build() -> scenes.Watch:
    watch = scenes.build(scenes.clock())
    monitoring.watch_recheck_cycles(clock=watch.clock)
    return watch


stage = built_once(_build)
scene = played()


def _cycles(*states: str) -> list[Obligation]:
    enter(Actor.system())
    return list(
        Obligation.objects.filter(kind=monitoring.CYCLE, state__in=states or ["open", "overdue"]).order_by(
            "pk"
        )
    )


def test_every_title_of_the_plan_has_its_row_once(scene: scenes.Watch) -> None:
    enter(Actor.system())
    plan = {row.title_id: row for row in recheck_plan(actor=Actor.system(), on=scene.clock.now().on)}
    assert plan
    owed = _cycles()
    assert {row.subject_id: row.due_on for row in owed} == {key: row.due_on for key, row in plan.items()}
    one = owed[0]
    assert one.due_on == add_months(one.started_on, 36)
    assert (one.party, one.enterprise_id, one.district_id) == (
        "district",
        None,
        scene.district.handler.district,
    )
    assert "获评" in one.basis
    assert monitoring.watch_recheck_cycles(clock=scene.clock) == 0


def test_the_district_is_reminded_and_sees_it_late_and_reminders_end(scene: scenes.Watch) -> None:
    (row, *_) = _cycles()
    handler = scene.district.handler
    todo = deadlines.things_to_do(actor=scene.be(handler), on=scene.clock.now().on).rows
    assert monitoring.CYCLE not in {one.kind for one in todo}
    for days in (-30, 0, 1, 7, 28, 35, 42):
        scene.move(row.due_on + timedelta(days=days))
        sweeper.sweep(clock=scene.clock)
    late = deadlines.things_to_do(actor=scene.be(handler), on=scene.clock.now().on)
    assert [one.path for one in late.rows if one.kind == monitoring.CYCLE][:1] == [
        f"inspections/titles/{row.subject_public_id}/"
    ]
    assert late.overdue
    enter(Actor.system())
    told = Message.objects.filter(key__startswith=f"remind:{row.public_id}:").order_by("pk")
    # The ladder of long terms, and after the day four weeks more: the 35th and 42nd day are silent.
    assert [one.key.split(":")[3] for one in told] == ["T-30", "T0", "T+7", "T+28"]


def test_a_signed_visit_begins_the_next_cycle(scene: scenes.Watch) -> None:
    (row, *_) = _cycles()
    scene.move(date(2028, 3, 1))
    scene.recorded("90.00")
    assert _cycles()[0].pk == row.pk
    monitoring.sign_recheck(actor=scene.be(scene.district.signer), clock=scene.clock, public_id=scene.recheck)
    assert [one.pk for one in _cycles("met")] == [row.pk]
    assert monitoring.watch_recheck_cycles(clock=scene.clock) == 1
    again = next(one for one in _cycles() if one.subject_id == row.subject_id)
    assert (again.started_on, again.due_on) == (date(2028, 3, 1), date(2031, 3, 1))


def test_an_ended_title_is_owed_no_visit(scene: scenes.Watch) -> None:
    owed = len(_cycles())
    titles.surrender_title(
        actor=scene.be(scene.city.leader),
        clock=scene.clock,
        title_public_id=scene.title,
        document_no="",
        reason="企业停止经营。",
    )
    assert monitoring.watch_recheck_cycles(clock=scene.clock) == 1
    assert (len(_cycles()), len(_cycles("cancelled"))) == (owed - 1, 1)
