"""Experts and the city act on one panel at the same moment: one wins, the other hears a clear 409, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from apps.core.actor import Actor
from apps.core.errors import DomainError, NotVisible, RuleBroken, WrongStep
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.policy.draw import Seat
from apps.review import services as review
from apps.review.models import Assignment
from apps.scoring.models import ScoreEntry
from tests import worlds
from tests.unit.foundation import at_once, rows
from tests.unit.review import scenes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ITEM = "J1-01"


def race(*acts: tuple[Actor, Callable[[Actor], Any]]) -> Sequence[object]:
    """Let each actor do its act at the same moment, each in a transaction of its own; a refusal is a result."""

    def run(number: int) -> object:
        actor, act = acts[number]
        try:
            with transaction.atomic():
                enter(actor)
                act(actor)
        except DomainError as refusal:
            return refusal
        return "done"

    return at_once(len(acts), run)


def test_submitting_closing_and_removing_at_once() -> None:
    with transaction.atomic():
        flow = scenes.build(scenes.morning())
        flow.panel(5)
        for expert in flow.experts[:3]:
            flow.assess(expert, "85.00")
        late = flow.experts[3]
        task = flow.declare(late)
        flow.declare(flow.experts[4])
        flow.judge(late, "90.00")

    # 1. The fourth expert submits while the officer closes the scoring without the late ones.
    submitted, closed = race(
        (
            late,
            lambda actor: review.submit_assessment(
                actor=actor, clock=flow.clock, public_id=task, assessment=review.Assessment()
            ),
        ),
        (
            flow.city.handler,
            lambda actor: review.close_scoring(
                actor=actor, clock=flow.clock, public_id=flow.case, reason="逾期未交。"
            ),
        ),
    )
    with transaction.atomic():
        panel = flow.panel_row()
        row = Assignment.objects.get(public_id=task)
        kept = ScoreEntry.objects.filter(sheet_id=row.sheet_id, judged_points__isnull=False).count()
    assert kept == 97, "the points that were saved are there whoever wins"
    if submitted == "done":
        # Four submitted: an even number is no panel, so the officer is told and nobody was taken off.
        assert isinstance(closed, RuleBroken)
        assert {refusal.rule for refusal in closed.verdict.refusals} == {"R-19"}
        assert (row.state, panel.state) == ("scored", "assessing")
    else:
        assert closed == "done"
        assert isinstance(submitted, (WrongStep, NotVisible))
        assert (row.state, panel.state, str(panel.total)) == ("recused", "assessed", "85.00")


def test_a_task_taken_away_in_the_moment_of_saving() -> None:
    with transaction.atomic():
        flow = scenes.build(scenes.morning())
        flow.panel(3)
        expert = flow.experts[1]
        task = flow.declare(expert)
    saved, removed = race(
        (
            expert,
            lambda actor: review.score_item_as_expert(
                actor=actor,
                clock=flow.clock,
                public_id=task,
                item_code=ITEM,
                version=1,
                answer={"judged_points": "0.50", "reason": "佐证不足。"},
            ),
        ),
        (
            flow.city.handler,
            lambda actor: review.replace_expert(
                actor=actor,
                clock=flow.clock,
                public_id=task,
                reason="联系不上。",
                expert_id=flow.experts[4].expert_id,
            ),
        ),
    )
    assert removed == "done"
    with transaction.atomic():
        enter(Actor.system())
        row = Assignment.objects.get(public_id=task)
        points = ScoreEntry.objects.get(sheet_id=row.sheet_id, item_code=ITEM).judged_points
        assert row.state == "recused"
        if saved == "done":
            assert str(points) == "0.50", "saved before the task went: kept on record"
        else:
            assert isinstance(saved, WrongStep)
            assert "不再保存" in saved.message
            assert "保留在记录中" in saved.message
            assert points is None
    # Too late is told the same way once the dust has settled, and takes nothing away.
    [late] = race(
        (
            expert,
            lambda actor: review.score_item_as_expert(
                actor=actor,
                clock=flow.clock,
                public_id=task,
                item_code=ITEM,
                version=2,
                answer={"judged_points": "0.10", "reason": "迟到。"},
            ),
        )
    )
    assert isinstance(late, WrongStep)
    assert "联系不上" in late.message
    with transaction.atomic():
        enter(Actor.system())
        assert rows("select count(*) from review_assignment where state = 'invited'") == [(3,)]


def test_one_value_one_result_when_two_enter_it_at_once() -> None:
    with transaction.atomic():
        flow = scenes.build(scenes.morning(), experts=0)
        flow.experts = [worlds.expert(flow.clock, n, employer=f"示例单位{n}") for n in range(1, 7)]
        flow.accepted_by_city()
        moment = flow.clock.now()
        draw = review.commit_draw(
            actor=flow.be(flow.city.handler),
            clock=flow.clock,
            public_id=flow.case,
            seats=[Seat()] * 3,
            source="示例号码第1期",
            known_from=moment.at + timedelta(hours=1),
            due_on=moment.on + timedelta(days=14),
        )
        flow.clock.set(Moment.of(moment.at + timedelta(hours=2)))

    def reveal(value: str) -> Callable[[Actor], Any]:
        return lambda actor: review.reveal_draw(
            actor=actor, clock=flow.clock, public_id=draw, public_value=value
        )

    results = race((flow.city.signer, reveal("11")), (flow.city.signer, reveal("22")))
    assert sorted(type(result).__name__ for result in results) == ["WrongStep", "str"]
    with transaction.atomic():
        enter(Actor.system())
        won = "11" if results[0] == "done" else "22"
        assert rows("select public_value from review_draw") == [(won,)]

    adopt = [
        (
            flow.city.handler,
            lambda actor: review.confirm_draw(actor=actor, clock=flow.clock, public_id=draw),
        )
    ] * 2
    results = race(*adopt)
    assert sorted(type(result).__name__ for result in results) == ["WrongStep", "str"]
    with transaction.atomic():
        enter(Actor.system())
        assert rows("select count(*) from review_panel") == [(1,)]
        assert rows("select count(*) from review_assignment") == [(3,)]
