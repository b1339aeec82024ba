"""Last sheets handed in at the same moment complete a panel once; two filings acknowledged at once get two numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from apps.applications import services as applications
from apps.core.actor import Actor
from apps.core.errors import DomainError
from apps.core.scoping import enter
from apps.review import services as review
from tests.unit.foundation import at_once, rows
from tests.unit.review import scenes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_claims_and_last_sheets_at_once() -> None:
    with transaction.atomic():
        flow = scenes.build(scenes.morning())
        flow.in_prelim()
    handlers = [flow.district.handler, flow.second_handler]

    def claim(number: int) -> bool:
        try:
            with transaction.atomic():
                enter(handlers[number % 2])
                review.claim_preliminary(actor=handlers[number % 2], clock=flow.clock, public_id=flow.case)
        except DomainError:
            return False
        return True

    outcomes = at_once(2, claim)
    assert sorted(outcomes) == [False, True]
    with transaction.atomic():
        winner = handlers[outcomes.index(True)]
        review.release_preliminary(actor=flow.be(winner), clock=flow.clock, public_id=flow.case)
        flow.score("85.00")
        flow.hand_over()
        review.sign_preliminary(actor=flow.be(flow.district.signer), clock=flow.clock, public_id=flow.case)
        review.send_recommendation(
            actor=flow.be(flow.district.signer), clock=flow.clock, public_id=flow.listed(), letter_no="1"
        )
        review.accept_case(actor=flow.be(flow.city.handler), clock=flow.clock, public_id=flow.case)
        flow.form()
        tasks = {}
        for expert in flow.experts[:3]:
            tasks[expert] = flow.declare(expert)
            review.adopt_district_scores(actor=flow.be(expert), clock=flow.clock, public_id=tasks[expert])

    def hand_in(number: int) -> None:
        expert = flow.experts[number]
        with transaction.atomic():
            enter(expert)
            review.submit_assessment(
                actor=expert, clock=flow.clock, public_id=tasks[expert], assessment=review.Assessment()
            )

    at_once(3, hand_in)
    with transaction.atomic():
        enter(Actor.system())
        assert rows("select state, total::text from review_panel") == [("assessed", "85.00")]
        assert rows("select count(*) from audit_auditevent where event = 'panel.complete'") == [(1,)]


def race(*deeds: tuple[Actor, Callable[[], object]]) -> list[int]:
    """Do all at once, each in its own transaction; return 200 or the status of the refusal, in the given order."""

    def run(number: int) -> int:
        actor, deed = deeds[number]
        try:
            with transaction.atomic():
                enter(actor)
                deed()
        except DomainError as refusal:
            return refusal.status
        return 200

    return at_once(len(deeds), run)


def test_of_two_officials_one_wins_and_nothing_is_lost() -> None:
    with transaction.atomic():
        flow = scenes.build(scenes.morning())
        case = flow.submitted(3)
        flow.case = case
    clock, first, second = flow.clock, flow.district.handler, flow.second_handler

    def on_case(
        act: Callable[..., object], actor: Actor, **more: object
    ) -> tuple[Actor, Callable[[], object]]:
        return actor, lambda: act(actor=actor, clock=clock, public_id=case, **more)

    accept = applications.accept
    assert sorted(race(on_case(accept, first), on_case(accept, second))) == [200, 409]
    wanted = [applications.ReturnItem(part="item", code="J1-01", reason="缺材料。", wanted="请补传。")]
    outcomes = race(
        on_case(review.pass_form_check, first, rows=scenes.FORM_ROWS),
        on_case(review.return_items, second, items=wanted),
    )
    # Once passed, scoring is open: returning is then for whoever has claimed the case, and the answer says so (403).
    assert outcomes in ([200, 403], [409, 200])
    with transaction.atomic():
        enter(Actor.system())
        assert flow.row(case).state == ("prelim" if outcomes[0] == 200 else "supplementing")
        assert rows("select count(*) from applications_returneditem") == [(int(outcomes[1] == 200),)]


def test_a_signature_and_a_return_and_a_panel_that_closes_while_experts_work() -> None:
    with transaction.atomic():
        flow = scenes.build(scenes.morning())
        case = flow.in_prelim()
        flow.score("85.00")
        flow.hand_over()
    clock, signer, city = flow.clock, flow.district.signer, flow.city.handler

    def on(
        act: Callable[..., object], actor: Actor, public_id: str, **more: object
    ) -> tuple[Actor, Callable[[], object]]:
        return actor, lambda: act(actor=actor, clock=clock, public_id=public_id, **more)

    outcomes = race(
        on(review.sign_preliminary, signer, case),
        on(review.return_preliminary, signer, case, note="请复核能耗数据。"),
    )
    assert sorted(outcomes) == [200, 409]
    with transaction.atomic():
        if outcomes[1] == 200:
            flow.hand_over()
            review.sign_preliminary(actor=flow.be(signer), clock=clock, public_id=case)
        review.send_recommendation(actor=flow.be(signer), clock=clock, public_id=flow.listed(), letter_no="1")
        review.accept_case(actor=flow.be(city), clock=clock, public_id=case)
        flow.form(5)
        for expert in flow.experts[:3]:
            flow.assess(expert, "85.00")
        late, absent = flow.experts[3], flow.experts[4]
        tasks = {expert: flow.declare(expert) for expert in (late, absent)}
        review.adopt_district_scores(actor=flow.be(late), clock=clock, public_id=tasks[late])
    # The officer closes while one of the late experts hands in: either the sheet counts, or it comes too late.
    submitted, closed = race(
        on(review.submit_assessment, late, tasks[late], assessment=review.Assessment()),
        on(review.close_scoring, city, case, reason="逾期未提交。"),
    )
    assert (submitted, closed) in {(200, 422), (404, 200), (409, 200)}
    with transaction.atomic():
        enter(Actor.system())
        scored = rows("select count(*) from review_assignment where state = 'scored'")
        assert scored == [(3 + int(submitted == 200),)]
        kept = rows(
            "select count(*) from scoring_scoreentry e join review_assignment t on t.sheet_id = e.sheet_id"
            " where t.public_id = %s and e.points is not null",
            tasks[late],
        )
        assert kept[0][0] > 0, "what the late expert had filled in stays on record"
    if closed == 200:
        return
    # A task is taken away while its expert saves: the save counts or is refused, the removal stands.
    saved, removed = race(
        on(
            review.score_item_as_expert,
            absent,
            tasks[absent],
            item_code="J1-01",
            version=1,
            answer={"judged_points": "0.50", "not_applicable": False, "reason": "现场核实。"},
        ),
        on(review.replace_expert, city, tasks[absent], reason="另有任务。", expert_id=None),
    )
    assert removed == 200
    assert saved in {200, 404, 409}
