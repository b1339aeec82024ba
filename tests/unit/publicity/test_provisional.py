"""Provisional decisions: who notes them, what they need, what they block, and refusals in one step (R-22 … R-24)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.policy.award import CreditCheck, CreditResult
from apps.policy.parameters import Parameters
from apps.policy.provisional import Provisional, may_be_listed, may_intend
from apps.publicity import selectors
from apps.publicity import services as publicity
from apps.publicity.models import ProvisionalDecision, SavedView
from tests.unit.foundation import rows
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played

DAY = date(2026, 11, 23)


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.in_credit()
    return flow


stage = built_once(_build)
scene = played()


def note(scene: scenes.Flow, decision: str, reason: str = "", *, by: Actor | None = None) -> None:
    publicity.note_decision(
        actor=scene.be(by or scene.city.handler),
        clock=scene.clock,
        public_id=scene.case,
        decision=decision,
        reason=reason,
    )


# ------------------------------------------------------------------ the rules
@pytest.mark.rule("R-22")
@pytest.mark.parametrize(("total", "ok"), [("79.99", False), ("80.00", True), (None, False)])
def test_the_panel_gives_eighty_before_an_award_is_intended(total: str | None, *, ok: bool) -> None:
    verdict = may_intend(
        Provisional.PROPOSE,
        panel_total=None if total is None else Decimal(total),
        credit=CreditCheck(DAY, CreditResult.NORMAL),
        on=DAY,
        parameters=Parameters(),
    )
    assert verdict.ok is ok
    assert {refusal.rule for refusal in verdict.refusals} == (set() if ok else {"R-22"})


@pytest.mark.rule("R-23")
@pytest.mark.parametrize("decision", [Provisional.DEFER, Provisional.REFUSE])
def test_deferring_and_refusing_need_no_facts(decision: Provisional) -> None:
    assert may_intend(decision, panel_total=None, credit=None, on=DAY, parameters=Parameters()).ok


@pytest.mark.rule("R-24")
def test_only_who_is_to_be_awarded_is_listed() -> None:
    assert may_be_listed(None).ok
    assert may_be_listed(Provisional.PROPOSE).ok
    assert not may_be_listed(Provisional.DEFER).ok
    assert not may_be_listed(Provisional.REFUSE).ok


# ------------------------------------------------------------------ noting
def test_an_award_is_intended_only_with_clear_credit(scene: scenes.Flow) -> None:
    arguments = {"clock": scene.clock, "public_id": scene.case, "decision": "propose"}
    assert "R-23" in broken(publicity.note_decision, actor=scene.be(scene.city.handler), **arguments)
    scene.credit()
    refused(Forbidden, publicity.note_decision, actor=scene.be(scene.city.signer), **arguments)
    refused(Forbidden, publicity.note_decision, actor=scene.be(scene.district.handler), **arguments)
    refused(
        NotVisible,
        publicity.note_decision,
        actor=scene.be(scene.city.handler),
        **{**arguments, "public_id": "nothing"},
    )
    note(scene, "propose")
    kept = selectors.intended_in_round(actor=scene.be(scene.city.handler), round_public_id=scene.round_id)
    assert [row.decision and row.decision.label for row in kept] == ["拟评定"]


@pytest.mark.parametrize("decision", ["defer", "refuse"])
def test_reasons_are_required(scene: scenes.Flow, decision: str) -> None:
    arguments = {"clock": scene.clock, "public_id": scene.case}
    error = refused(
        Invalid,
        publicity.note_decision,
        actor=scene.be(scene.city.handler),
        decision=decision,
        reason="  ",
        **arguments,
    )
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"reason"}
    refused(
        Invalid, publicity.note_decision, actor=scene.be(scene.city.handler), decision="drop", **arguments
    )


def test_a_deferred_case_cannot_be_listed_until_it_is_intended_again(scene: scenes.Flow) -> None:
    scene.credit()
    note(scene, "defer", "待核实能耗数据。")
    arguments = {
        "clock": scene.clock,
        "round_public_id": scene.round_id,
        "application_public_ids": [scene.case],
        "text": scenes.TEXT,
    }
    assert "R-24" in broken(publicity.draft_notice, actor=scene.be(scene.city.handler), **arguments)
    note(scene, "propose")
    assert publicity.draft_notice(actor=scene.be(scene.city.handler), **arguments)
    # Both notes stay on record; the newest counts.
    assert ProvisionalDecision.objects.count() == 2


def test_decisions_are_the_citys_alone(scene: scenes.Flow) -> None:
    note(scene, "defer", "待核实。")
    for stranger in (scene.enterprise, scene.district.handler, scene.experts[0], Actor.public()):
        scene.be(stranger)
        assert rows("select count(*) from publicity_provisionaldecision") == [(0,)]
        refused(NotVisible, selectors.decisions_of, actor=stranger, application_ids=[1])


# ------------------------------------------------------------------ refusing in one step
def test_refusals_take_effect_by_a_second_person(scene: scenes.Flow) -> None:
    arguments = {"clock": scene.clock, "round_public_id": scene.round_id}
    refused(Invalid, publicity.settle_refusals, actor=scene.be(scene.city.signer), **arguments)
    note(scene, "refuse", "专家核实发现重大数据不实。")
    refused(Forbidden, publicity.settle_refusals, actor=scene.be(scene.city.handler), **arguments)
    refused(Forbidden, publicity.settle_refusals, actor=scene.be(scene.district.signer), **arguments)
    assert publicity.settle_refusals(actor=scene.be(scene.city.signer), **arguments) == 1
    assert scene.state() == "refused"
    assert scene.case_row().decision_note == "专家核实发现重大数据不实。"
    told = rows("select body from notifications_message where template = 'not_awarded'")
    assert ["专家核实发现重大数据不实" in body for (body,) in told] == [True]
    refused(
        WrongStep,
        publicity.note_decision,
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=scene.case,
        decision="defer",
        reason="晚了。",
    )


def test_the_person_who_noted_it_does_not_settle_it(scene: scenes.Flow) -> None:
    both = scene.city.handler
    versatile = Actor(
        role=both.role, user_id=both.user_id, name=both.name, duties=both.duties | scene.city.signer.duties
    )
    note(scene, "refuse", "数据不实。", by=versatile)
    assert "R-15" in broken(
        publicity.settle_refusals,
        actor=scene.be(versatile),
        clock=scene.clock,
        round_public_id=scene.round_id,
    )
    assert scene.state() == "credit_check"


# ------------------------------------------------------------------ views
def test_views_are_ones_own(scene: scenes.Flow) -> None:
    mine = publicity.save_view(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        name="昆山待查",
        filters={"district": "320583", "stage": "credit", "evil": "x"},
    )
    again = publicity.save_view(
        actor=scene.be(scene.city.handler), clock=scene.clock, name="昆山待查", filters={"stage": "notice"}
    )
    assert mine == again
    (kept,) = selectors.saved_views(actor=scene.be(scene.city.handler))
    assert (kept.name, kept.filters) == ("昆山待查", {"stage": "notice"})
    assert selectors.saved_views(actor=scene.be(scene.city.signer)) == []
    refused(
        NotVisible,
        publicity.delete_view,
        actor=scene.be(scene.city.signer),
        clock=scene.clock,
        public_id=mine,
    )
    refused(
        Forbidden,
        publicity.save_view,
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        name="x",
        filters={},
    )
    for name in ("", "长" * 21):
        refused(
            Invalid,
            publicity.save_view,
            actor=scene.be(scene.city.handler),
            clock=scene.clock,
            name=name,
            filters={},
        )
    publicity.delete_view(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=mine)
    assert not SavedView.objects.exists()
