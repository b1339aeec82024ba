"""Conflicts that come to light after the invitation: stopped at once, decided by two persons (R-20)."""

from __future__ import annotations

import pytest

from apps.accounts import services as accounts
from apps.applications import selectors as applications
from apps.core.actor import Actor
from apps.core.errors import NotVisible, WrongStep
from apps.review import selectors
from apps.review import services as review
from tests import worlds
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played

pytestmark = pytest.mark.rule("R-20")


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.panel()
    return flow


stage = built_once(_build)
scene = played()


def employed(scene: scenes.Flow, expert: Actor) -> None:
    enterprise = worlds.enterprise_row(scene.enterprise)
    accounts.update_expert(
        actor=scene.be(expert),
        clock=scene.clock,
        expert_id=expert.expert_id or 0,
        details=accounts.ExpertDetails("高级工程师", enterprise.name, enterprise.uscc, ["能源"], ["26"]),
    )


def test_a_new_employer_stops_the_task_and_two_persons_let_it_go_on(scene: scenes.Flow) -> None:
    expert = scene.experts[1]
    task = scene.declare(expert)
    scene.judge(expert, "85.00")
    employed(scene, expert)
    refused(NotVisible, selectors.my_task, actor=scene.be(expert), public_id=task)
    refused(NotVisible, applications.application_file, actor=scene.be(expert), public_id=scene.case)
    arguments = {"clock": scene.clock, "public_id": task}
    refused(NotVisible, review.score_items_as_expert, actor=scene.be(expert), answers={}, **arguments)
    ask = {"clock": scene.clock, "public_id": scene.case, "expert_id": expert.expert_id}
    city = scene.be(scene.city.handler)
    assert broken(review.request_override, actor=city, reason=" ", **ask) == ["R-20"]
    wish = review.request_override(actor=city, reason="仅挂名兼职，已书面说明。", **ask)
    refused(WrongStep, review.request_override, actor=city, reason="再申请。", **ask)
    review.decide_override(actor=scene.be(scene.city.signer), clock=scene.clock, public_id=wish, approve=True)
    assert selectors.my_task(actor=scene.be(expert), public_id=task).state == "declared"
    review.submit_assessment(actor=scene.be(expert), assessment=review.Assessment(), **arguments)


def test_a_complete_panel_waits_again(scene: scenes.Flow) -> None:
    for expert in scene.experts[:3]:
        scene.assess(expert, "85.00")
    scene.draft_opinion()
    employed(scene, scene.experts[2])
    row = scene.panel_row()
    assert (row.state, row.total, row.opinion) == ("assessing", None, "")
    task = scene.task(scene.experts[2])
    review.replace_expert(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=task,
        reason="须回避。",
        expert_id=scene.experts[4].expert_id,
    )
    scene.assess(scene.experts[4], "86.00")
    assert scene.panel_row().state == "assessed"


def test_scoring_is_closed_without_the_late_one_who_hears_it_as_409(scene: scenes.Flow) -> None:
    for expert in scene.experts[:2]:
        scene.assess(expert, "85.00")
    late = scene.experts[2]
    task = scene.declare(late)
    close = {"clock": scene.clock, "public_id": scene.case, "reason": "逾期未交。"}
    assert "R-19" in broken(review.close_scoring, actor=scene.be(scene.city.handler), **close)
    review.replace_expert(
        actor=scene.be(scene.city.handler), clock=scene.clock, public_id=task, reason="逾期。", expert_id=None
    )
    error = refused(
        WrongStep,
        review.score_items_as_expert,
        actor=scene.be(late),
        clock=scene.clock,
        public_id=task,
        answers={},
    )
    assert "保留在记录中" in str(error)
