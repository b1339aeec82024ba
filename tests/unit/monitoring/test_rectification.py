"""整改 and 取消称号: the term, the stopped clock, proposal by the sweep, statement, decision, ban (R-37 … R-41)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.monitoring import selectors
from apps.monitoring import services as monitoring
from apps.monitoring.models import Cancellation
from apps.policy.calendar import chinese
from apps.titles import selectors as titles
from tests.unit.foundation import rows
from tests.unit.monitoring import scenes
from tests.unit.refusals import broken, refused
from tests.unit.staging import built_once, played


def _build() -> scenes.Watch:
    return scenes.build(scenes.clock())


stage = built_once(_build)
scene = played()


# ------------------------------------------------------------------ service and term
@pytest.mark.rule("R-37")
@pytest.mark.parametrize(
    ("served", "deadline"),
    [
        (date(2026, 11, 24), date(2027, 2, 24)),
        (date(2026, 11, 30), date(2027, 3, 1)),  # no 30 February: its last day is Sunday the 28th, so Monday
        (date(2026, 12, 31), date(2027, 3, 31)),
        (date(2027, 2, 28), date(2027, 5, 28)),
    ],
)
def test_three_months_from_service(scene: scenes.Watch, served: date, deadline: date) -> None:
    scene.ordered()
    scene.move(served)
    found = monitoring.serve_rectification(
        actor=scene.be(scene.enterprise), clock=scene.clock, public_id=scene.order
    )
    assert found == deadline
    row = scene.order_row()
    assert (row.served_on, row.deadline) == (served, deadline)
    assert rows("select due_on from deadlines_obligation where kind = 'monitoring.rectification'") == [
        (deadline,)
    ]


def test_the_bureau_records_a_delivery(scene: scenes.Watch) -> None:
    scene.ordered()
    scene.move(date(2026, 12, 1))
    arguments = {"clock": scene.clock, "public_id": scene.order}
    handler = scene.be(scene.district.handler)
    early, late = date(2026, 11, 22), date(2026, 12, 2)
    refused(Invalid, monitoring.serve_rectification, actor=handler, **arguments)
    for wrong in (early, late):
        error = refused(
            Invalid,
            monitoring.serve_rectification,
            actor=handler,
            served_on=wrong,
            service="邮寄",
            **arguments,
        )
        assert isinstance(error, Invalid)
        assert set(error.errors) == {"served_on"}
    refused(NotVisible, monitoring.serve_rectification, actor=scene.be(scene.neighbour), **arguments)
    monitoring.serve_rectification(
        actor=scene.be(handler), served_on=date(2026, 11, 27), service="邮寄，签收回执在案", **arguments
    )
    assert scene.order_row().served_on == date(2026, 11, 27)
    refused(WrongStep, monitoring.serve_rectification, actor=scene.be(scene.enterprise), **arguments)


def test_answers_are_the_enterprises(scene: scenes.Watch) -> None:
    scene.ordered()
    arguments = {"clock": scene.clock, "public_id": scene.order, "answers": {1: "已补装。"}}
    refused(WrongStep, monitoring.answer_items, actor=scene.be(scene.enterprise), **arguments)
    monitoring.serve_rectification(actor=scene.enterprise, clock=scene.clock, public_id=scene.order)
    refused(Forbidden, monitoring.answer_items, actor=scene.be(scene.district.handler), **arguments)
    refused(Forbidden, monitoring.answer_items, actor=scene.be(scene.city.handler), **arguments)
    refused(NotVisible, monitoring.answer_items, actor=scene.be(scene.neighbour), **arguments)
    monitoring.answer_items(actor=scene.be(scene.enterprise), **arguments)
    assert broken(
        monitoring.submit_rectification, actor=scene.enterprise, clock=scene.clock, public_id=scene.order
    ) == ["R-38"]
    shown = selectors.rectification(actor=scene.enterprise, public_id=scene.order)
    assert [item.answer for item in shown.items] == ["已补装。", ""]


@pytest.mark.rule("R-38")
def test_handing_in_on_the_last_day_stops_the_clock(scene: scenes.Watch) -> None:
    deadline = scene.served()
    scene.move(deadline, 23)
    scene.hand_in()
    assert scene.order_row().state == "submitted"
    scene.move(deadline + timedelta(days=30))
    scene.sweep()
    assert scene.order_row().state == "submitted"
    scene.verify(passed=True)
    assert (scene.order_row().state, scene.title_state()) == ("accepted", "valid")
    refused(
        WrongStep,
        monitoring.answer_items,
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        public_id=scene.order,
        answers={},
    )


def test_unused_days_run_on_after_a_failed_verification(scene: scenes.Watch) -> None:
    deadline = scene.served()
    scene.move(deadline - timedelta(days=10))
    scene.hand_in()
    scene.move(deadline + timedelta(days=20))
    scene.verify(passed=False)
    row = scene.order_row()
    assert row.state == "served"
    assert row.deadline is not None
    # ten unused days from the day after the verification, moved off a rest day
    assert deadline + timedelta(days=30) <= row.deadline <= deadline + timedelta(days=33)
    # how it is counted stands there with the rule, good on every later day
    assert "提交时剩余10日" in row.deadline_text
    assert f"自{chinese(deadline + timedelta(days=20))}次日起算10日" in row.deadline_text
    enter(Actor.system())
    owed = Obligation.objects.get(kind="monitoring.rectification", state="open")
    assert (owed.basis, owed.due_on) == (row.deadline_text, row.deadline)
    assert owed.provisional == ("尚未公布" in row.deadline_text)
    assert owed.computed_by["method"] == "days"
    scene.move(row.deadline, 20)
    scene.sweep()
    assert scene.order_row().state == "served"
    scene.hand_in()
    scene.verify(passed=True)
    assert scene.title_state() == "valid"


def test_no_days_left_means_overdue(scene: scenes.Watch) -> None:
    deadline = scene.served()
    scene.move(deadline)
    scene.hand_in()
    scene.move(deadline + timedelta(days=5))
    scene.verify(passed=False)
    arguments = {"clock": scene.clock, "public_id": scene.order}
    assert broken(monitoring.submit_rectification, actor=scene.be(scene.enterprise), **arguments) == ["R-37"]
    scene.move(deadline + timedelta(days=6))
    scene.sweep()
    assert (scene.order_row().state, scene.title_state()) == ("overdue", "cancelling")


def test_gates_of_verification(scene: scenes.Watch) -> None:
    scene.served()
    arguments = {"clock": scene.clock, "public_id": scene.order, "passed": True}
    refused(
        WrongStep,
        monitoring.verify_rectification,
        actor=scene.be(scene.district.signer),
        note="可",
        **arguments,
    )
    scene.hand_in()
    refused(
        Forbidden,
        monitoring.verify_rectification,
        actor=scene.be(scene.district.handler),
        note="可",
        **arguments,
    )
    refused(
        NotVisible,
        monitoring.verify_rectification,
        actor=scene.be(scene.other_district.signer),
        note="可",
        **arguments,
    )
    refused(
        Forbidden, monitoring.verify_rectification, actor=scene.be(scene.enterprise), note="可", **arguments
    )
    refused(
        Invalid, monitoring.verify_rectification, actor=scene.be(scene.district.signer), note="", **arguments
    )


# ------------------------------------------------------------------ cancellation
@pytest.mark.rule("R-40")
def test_only_the_sweep_proposes_and_only_once_overdue(scene: scenes.Watch) -> None:
    deadline = scene.served()
    pk = scene.order_row().pk
    system = {"actor": Actor.system(), "clock": scene.clock, "rectification_id": pk}
    assert broken(monitoring.propose_cancellation, **system) == ["R-40"]
    scene.move(deadline, 23)
    scene.sweep()
    assert Cancellation.objects.count() == 0
    scene.move(deadline + timedelta(days=1), 0)
    refused(Forbidden, monitoring.propose_cancellation, **{**system, "actor": scene.be(scene.city.handler)})
    refused(Forbidden, monitoring.propose_cancellation, **{**system, "actor": scene.be(scene.city.leader)})
    scene.sweep()
    scene.sweep()
    proposal = scene.cancellation_row()
    assert (proposal.state, scene.order_row().state, scene.title_state()) == (
        "proposed",
        "overdue",
        "cancelling",
    )
    assert Cancellation.objects.count() == 1
    assert monitoring.propose_cancellation(**system) is None


def test_the_statement_comes_first(scene: scenes.Watch) -> None:
    scene.proposed()
    refused(Forbidden, monitoring.decide_cancellation, actor=scene.be(scene.city.signer), **_decision(scene))
    refused(
        Forbidden, monitoring.decide_cancellation, actor=scene.be(scene.district.signer), **_decision(scene)
    )
    refused(NotVisible, monitoring.decide_cancellation, actor=scene.be(scene.neighbour), **_decision(scene))
    leader = scene.be(scene.city.leader)
    error = refused(
        Invalid,
        monitoring.decide_cancellation,
        actor=leader,
        **{**_decision(scene), "document_no": "", "note": ""},
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"document_no", "note"}
    scene.be(leader)
    assert broken(monitoring.decide_cancellation, actor=leader, **_decision(scene)) == ["R-40"]
    due = scene.cancellation_row().statement_due_on
    scene.move(due, 23)
    scene.be(leader)
    assert broken(monitoring.decide_cancellation, actor=leader, **_decision(scene)) == ["R-40"]
    scene.move(due + timedelta(days=1))
    scene.sweep()
    assert rows(
        "select count(*) from deadlines_obligation where kind = 'monitoring.cancellation' and state = 'open'"
    ) == [(1,)]
    assert scene.decide() is not None
    assert scene.title_state() == "cancelled"


def _decision(scene: scenes.Watch) -> dict[str, object]:
    return {
        "clock": scene.clock,
        "public_id": scene.proposal,
        "decision": "cancel",
        "document_no": "苏工信节能〔2027〕9号",
        "note": "整改逾期未完成。",
    }


def test_the_defence_is_the_enterprises_and_in_time(scene: scenes.Watch) -> None:
    proposal = scene.proposed()
    arguments = {"clock": scene.clock, "public_id": proposal, "statement": "设备已到货。"}
    refused(Forbidden, monitoring.state_defence, actor=scene.be(scene.district.signer), **arguments)
    refused(Forbidden, monitoring.state_defence, actor=scene.be(scene.city.leader), **arguments)
    refused(NotVisible, monitoring.state_defence, actor=scene.be(scene.neighbour), **arguments)
    refused(
        Invalid, monitoring.state_defence, actor=scene.be(scene.enterprise), **{**arguments, "statement": " "}
    )
    monitoring.state_defence(actor=scene.enterprise, **arguments)
    enter(Actor.system())
    # who decides and the district are told; nothing is called to mind any more, and the decision is owed
    told = rows(
        "select template, to_municipal from notifications_message where key like '%%:stated:%%' order by id"
    )
    assert told == [("cancellation_to_decide", True), ("cancellation_district", False)]
    live = "select kind from deadlines_obligation where subject_type = 'monitoring.cancellation' and state = 'open'"
    assert rows(live) == [("monitoring.cancellation",)]
    # heard: the leader need not wait for the rest of the term
    assert scene.decide("drop") is None
    assert (scene.title_state(), scene.cancellation_row().state) == ("valid", "dropped")
    refused(WrongStep, monitoring.state_defence, actor=scene.be(scene.enterprise), **arguments)


def test_a_late_defence_is_refused(scene: scenes.Watch) -> None:
    proposal = scene.proposed()
    due = scene.cancellation_row().statement_due_on
    scene.move(due + timedelta(days=1), 0)
    refused(
        WrongStep,
        monitoring.state_defence,
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        public_id=proposal,
        statement="晚了。",
    )


@pytest.mark.rule("R-41")
def test_cancelling_bans_for_36_months(scene: scenes.Watch) -> None:
    scene.proposed()
    due = scene.cancellation_row().statement_due_on
    scene.move(due + timedelta(days=1))
    decided = scene.clock.now().on
    until = scene.decide()
    assert until == date(decided.year + 3, decided.month, decided.day)
    assert scene.cancellation_row().ban_until == until
    bans = titles.bans_of(
        actor=scene.be(scene.district.handler), enterprise_id=scene.enterprise.enterprise_id or 0
    )
    assert [(ban.from_on, ban.until_on, ban.cancelled_level) for ban in bans] == [(decided, until, 3)]
    refused(WrongStep, monitoring.decide_cancellation, actor=scene.be(scene.city.leader), **_decision(scene))


def test_3a_is_not_suspended(scene: scenes.Watch) -> None:
    scene.proposed()
    proposal = scene.cancellation_row().public_id
    assert broken(
        monitoring.decide_cancellation,
        actor=scene.be(scene.city.leader),
        clock=scene.clock,
        public_id=proposal,
        decision="suspend",
        document_no="1",
        note="1",
    ) == ["R-40"]


def test_selectors_keep_to_the_jurisdiction(scene: scenes.Watch) -> None:
    proposal = scene.proposed()
    for stranger in (scene.neighbour, scene.other_district.signer, Actor.public()):
        actor = scene.be(stranger)
        assert selectors.rechecks(actor=actor) == []
        assert selectors.rectifications(actor=actor) == []
        assert selectors.cancellations(actor=actor) == []
        refused(NotVisible, selectors.cancellation, actor=actor, public_id=proposal)
        for table in ("recheck", "rectification", "rectificationitem", "cancellation"):
            assert rows(f"select count(*) from monitoring_{table}") == [(0,)]  # noqa: S608  (a constant of this test)
    for insider in (scene.enterprise, scene.district.handler, scene.city.leader):
        assert selectors.cancellation(actor=scene.be(insider), public_id=proposal).level == 3
    enter(Actor.system())
