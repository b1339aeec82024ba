"""现场复核: planned, recorded by two people, signed by a second person, reported (R-33, R-34, R-36)."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.monitoring import selectors
from apps.monitoring import services as monitoring
from tests.unit.monitoring import scenes
from tests.unit.refusals import broken, refused
from tests.unit.staging import built_once, played


def _build() -> scenes.Watch:
    return scenes.build(scenes.clock())


stage = built_once(_build)
scene = played()


def test_gates_of_planning(scene: scenes.Watch) -> None:
    good = {
        "clock": scene.clock,
        "title_public_id": scene.title,
        "planned_on": scene.clock.now().on,
        "trigger": "cycle",
    }
    refused(Forbidden, monitoring.plan_recheck, actor=scene.be(scene.enterprise), **good)
    refused(Forbidden, monitoring.plan_recheck, actor=scene.be(scene.city.leader), **good)
    refused(NotVisible, monitoring.plan_recheck, actor=scene.be(scene.other_district.handler), **good)
    handler = scene.be(scene.district.handler)
    error = refused(
        Invalid,
        monitoring.plan_recheck,
        actor=handler,
        clock=scene.clock,
        title_public_id=scene.title,
        planned_on=scene.clock.now().on - timedelta(days=1),
        trigger="report",
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"planned_on", "note"}
    scene.plan()
    assert scene.title_state() == "rechecking"
    refused(WrongStep, monitoring.plan_recheck, actor=scene.be(handler), **good)


def test_levels_below_3a_are_not_monitored(scene: scenes.Watch) -> None:
    low = scene.award(2)
    refused(
        Invalid,
        monitoring.plan_recheck,
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        title_public_id=low.public_id,
        planned_on=scene.clock.now().on,
        trigger="cycle",
    )
    assert scene.row(low.public_id).state == "valid"


def test_fields_of_a_result(scene: scenes.Watch) -> None:
    scene.plan()
    wrong = monitoring.RecheckResult(
        visited_on=scene.clock.now().on + timedelta(days=1),
        place="",
        people=["甲", " "],
        score=Decimal("100.01"),
        conclusion="",
        opening_at=time(16, 0),
        closing_at=time(16, 0),
    )
    error = refused(
        Invalid,
        monitoring.record_recheck,
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=scene.recheck,
        result=wrong,
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"people", "visited_on", "conclusion", "score", "closing_at"}
    for score in ("NaN", "-0.01"):
        bad = scene.result("80.00", good=True)
        object.__setattr__(bad, "score", Decimal(score))
        refused(
            Invalid,
            monitoring.record_recheck,
            actor=scene.district.handler,
            clock=scene.clock,
            public_id=scene.recheck,
            result=bad,
        )
    # what fails has to be put right item by item
    refused(
        Invalid,
        monitoring.record_recheck,
        actor=scene.district.handler,
        clock=scene.clock,
        public_id=scene.recheck,
        result=scene.result("79.99", good=True),
    )


@pytest.mark.rule("R-36")
@pytest.mark.parametrize(
    ("score", "vetoes", "passed"),
    [("80.00", (), True), ("79.99", (), False), ("79.995", (), True), ("95.00", ("V-01",), False)],
)
def test_pass_and_fail_at_the_line(
    scene: scenes.Watch,
    score: str,
    vetoes: tuple[str, ...],
    passed: bool,  # noqa: FBT001  (pytest passes it by name)
) -> None:
    scene.plan()
    monitoring.record_recheck(
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=scene.recheck,
        result=scene.result(score, vetoes=vetoes),
    )
    order = monitoring.sign_recheck(
        actor=scene.be(scene.district.signer),
        clock=scene.clock,
        public_id=scene.recheck,
        order_no=scenes.ORDER_NO,
    )
    assert (order is None) is passed
    assert scene.title_state() == ("valid" if passed else "rectifying")
    assert scene.recheck_row().passed is passed


def test_gates_and_the_second_person(scene: scenes.Watch) -> None:
    scene.plan()
    record = {"clock": scene.clock, "public_id": scene.recheck, "result": scene.result()}
    refused(Forbidden, monitoring.record_recheck, actor=scene.be(scene.district.signer), **record)
    refused(NotVisible, monitoring.record_recheck, actor=scene.be(scene.other_district.handler), **record)
    refused(Forbidden, monitoring.record_recheck, actor=scene.be(scene.enterprise), **record)
    sign = {"clock": scene.clock, "public_id": scene.recheck, "order_no": scenes.ORDER_NO}
    refused(WrongStep, monitoring.sign_recheck, actor=scene.be(scene.district.signer), **sign)
    monitoring.record_recheck(actor=scene.be(scene.district.handler), **record)
    refused(WrongStep, monitoring.record_recheck, actor=scene.be(scene.district.handler), **record)
    refused(NotVisible, selectors.recheck, actor=scene.be(scene.enterprise), public_id=scene.recheck)
    refused(Forbidden, monitoring.sign_recheck, actor=scene.be(scene.district.handler), **sign)
    recorder = scenes.both_duties(scene.district.handler)
    assert broken(monitoring.sign_recheck, actor=scene.be(recorder), **sign) == ["R-15"]
    refused(
        Invalid, monitoring.sign_recheck, actor=scene.be(scene.district.signer), **{**sign, "order_no": ""}
    )
    monitoring.sign_recheck(actor=scene.district.signer, **sign)
    refused(WrongStep, monitoring.sign_recheck, actor=scene.be(scene.district.signer), **sign)
    assert selectors.recheck(actor=scene.be(scene.enterprise), public_id=scene.recheck).passed is False
    enter(Actor.system())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update monitoring_recheck set signed_by_id = recorded_by_id")


def test_a_recorded_recheck_may_be_returned(scene: scenes.Watch) -> None:
    scene.recorded()
    arguments = {"clock": scene.clock, "public_id": scene.recheck}
    refused(
        Forbidden, monitoring.return_recheck, actor=scene.be(scene.district.handler), note="重核", **arguments
    )
    refused(Invalid, monitoring.return_recheck, actor=scene.be(scene.district.signer), note=" ", **arguments)
    monitoring.return_recheck(actor=scene.district.signer, note="请核对分数。", **arguments)
    row = scene.recheck_row()
    assert (row.state, row.score, row.recorded_by_id, row.return_note) == (
        "planned",
        None,
        None,
        "请核对分数。",
    )
    monitoring.record_recheck(
        actor=scene.be(scene.district.handler), result=scene.result("88.00", good=True), **arguments
    )
    monitoring.sign_recheck(actor=scene.be(scene.district.signer), **arguments)
    assert scene.title_state() == "valid"


def test_the_city_rechecks_as_well(scene: scenes.Watch) -> None:
    scene.recorded(by=scene.city.handler)
    monitoring.sign_recheck(
        actor=scene.be(scene.city.signer),
        clock=scene.clock,
        public_id=scene.recheck,
        order_no=scenes.ORDER_NO,
    )
    assert scene.title_state() == "rectifying"
    assert date(2026, 11, 23) == scene.recheck_row().visited_on
