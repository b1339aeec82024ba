"""Last sheets handed in at the same moment complete a panel once; two filings acknowledged at once get two numbers."""

from __future__ import annotations

import pytest
from django.db import transaction

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
