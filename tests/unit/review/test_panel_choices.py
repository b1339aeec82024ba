"""What the city arranges around a panel: an end to late scoring, hidden earlier scores, a limit of cases, dissent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.accounts import services as accounts
from apps.accounts.models import ExpertLink
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.notifications.models import Message
from apps.review import selectors
from apps.review import services as review
from apps.review.models import Assignment
from apps.review.tasks import recheck_conflicts
from apps.scoring import selectors as scoring
from apps.scoring.models import ScoreEntry
from tests import worlds
from tests.unit.foundation import rows
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.accepted_by_city()
    return flow


stage = built_once(_build)
scene = played()


# ------------------------------------------------------------------ an end to scoring
@pytest.mark.rule("R-19")
def test_the_panel_goes_on_without_the_late_ones(scene: scenes.Flow) -> None:
    scene.form(5)
    for expert, total in zip(scene.experts[1:4], ("84.00", "86.00", "88.00"), strict=True):
        scene.assess(expert, total)
    late = scene.task(scene.experts[0])
    scene.declare(scene.experts[0])
    scene.judge(scene.experts[0], "60.00")
    close = {"clock": scene.clock, "public_id": scene.case}
    refused(Forbidden, review.close_scoring, actor=scene.be(scene.city.signer), reason="逾期未交。", **close)
    refused(
        NotVisible,
        review.close_scoring,
        actor=scene.be(scene.other_district.handler),
        reason="逾期未交。",
        **close,
    )
    city = scene.be(scene.city.handler)
    refused(Invalid, review.close_scoring, actor=city, reason=" ", **close)
    assert review.close_scoring(actor=scene.be(scene.city.handler), reason="逾期未交。", **close) == 2
    row = scene.panel_row()
    assert (row.state, row.total, row.leader_id) == (
        "assessed",
        Decimal("86.00"),
        scene.experts[1].expert_id,
    )
    # What the late expert had filled in is kept, and counts for nothing.
    kept = Assignment.objects.get(public_id=late)
    assert (kept.state, kept.ended_reason) == ("recused", "逾期未交。")
    assert ScoreEntry.objects.filter(sheet_id=kept.sheet_id, judged_points__isnull=False).count() == 97
    refused(WrongStep, review.close_scoring, actor=scene.be(scene.city.handler), reason="再次。", **close)


def test_nobody_late_and_open_conflicts_stop_the_end(scene: scenes.Flow) -> None:
    scene.form(5)
    for expert in scene.experts[:3]:
        scene.assess(expert, "85.00")
    tied = scene.experts[3]
    accounts.declare_link(
        actor=scene.be(tied),
        clock=scene.clock,
        expert_id=tied.expert_id or 0,
        kind=ExpertLink.CONSULTANT,
        organisation="申报企业",
        uscc=worlds.enterprise_row(scene.enterprise).uscc,
    )
    error = refused(
        WrongStep,
        review.close_scoring,
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=scene.case,
        reason="逾期。",
    )
    assert "利益冲突" in error.message


# ------------------------------------------------------------------ earlier scores
def arrange(scene: scenes.Flow, *, shows: bool | None = None, most: int | None = None) -> None:
    review.arrange_round(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=scene.round_id,
        shows_scores=shows,
        cases_max=most,
    )


@pytest.mark.rule("R-20")
def test_a_round_hides_the_earlier_scores_from_sheets_opened_later(scene: scenes.Flow) -> None:
    scene.form()
    early, late = scene.experts[:2]
    seen_by = {}
    scene.declare(early)
    arrange(scene, shows=False)
    scene.declare(late)
    for expert in (early, late):
        task = selectors.my_task(actor=scene.be(expert), public_id=scene.task(expert))
        scene.be(expert)
        view = scoring.compare_view(actor=expert, public_id=task.sheet_public_id or "")
        seen_by[expert] = {column.kind for column in view.columns}
    assert seen_by[early] == {"self", "district"}
    assert seen_by[late] == set()
    refused(
        Forbidden,
        review.adopt_district_scores,
        actor=scene.be(late),
        clock=scene.clock,
        public_id=scene.task(late),
    )


@pytest.mark.rule("R-19")
def test_an_expert_at_the_limit_of_the_round_is_neither_offered_nor_taken(scene: scenes.Flow) -> None:
    scene.form()
    first, scene.case = scene.case, ""
    other = scene.signed("82.00", by=scene.neighbour)
    listed = review.prepare_recommendation(
        actor=scene.be(scene.other_district.handler), clock=scene.clock, round_public_id=scene.round_id
    )
    review.send_recommendation(
        actor=scene.be(scene.other_district.signer), clock=scene.clock, public_id=listed, letter_no="3"
    )
    review.accept_case(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=other)
    arrange(scene, most=1)
    on = scene.clock.now().on
    offered = selectors.candidates(actor=scene.be(scene.city.handler), public_id=other, on=on)
    assert {row.expert.id for row in offered} == {expert.expert_id for expert in scene.experts[3:]}
    ids = [expert.expert_id or 0 for expert in scene.experts[2:5]]
    form = {
        "clock": scene.clock,
        "public_id": other,
        "expert_ids": ids,
        "leader_id": ids[0],
        "due_on": on + timedelta(days=9),
    }
    assert broken(review.form_panel, actor=scene.be(scene.city.handler), **form) == ["R-19"]
    arrange(scene, most=2)
    review.form_panel(actor=scene.be(scene.city.handler), **form)
    assert (scene.state(first), scene.state(other)) == ("expert_review", "expert_review")


def test_a_limit_out_of_range_is_refused(scene: scenes.Flow) -> None:
    for most in (0, 201):
        error = refused(
            Invalid,
            review.arrange_round,
            actor=scene.be(scene.city.handler),
            clock=scene.clock,
            public_id=scene.round_id,
            shows_scores=None,
            cases_max=most,
        )
        assert "1—200" in error.message


# ------------------------------------------------------------------ dissent and requests
@pytest.mark.rule("R-22")
def test_a_member_signs_and_thinks_otherwise(scene: scenes.Flow) -> None:
    scene.form()
    for expert in scene.experts[:3]:
        scene.assess(expert, "85.00")
    scene.draft_opinion()
    second = scene.task(scene.experts[1])
    sign = {"clock": scene.clock, "public_id": second}
    refused(Invalid, review.sign_opinion, actor=scene.be(scene.experts[1]), dissent="异" * 1001, **sign)
    review.sign_opinion(actor=scene.be(scene.experts[1]), dissent="余热回收的测算依据不足。", **sign)
    scene.sign_all()
    scene.draft_opinion()
    members = selectors.panel_of(actor=scene.be(scene.city.handler), public_id=scene.case).members
    assert [member.dissent for member in members] == ["", "", ""], "a new draft asks everybody again"
    review.sign_opinion(actor=scene.be(scene.experts[1]), dissent="余热回收的测算依据不足。", **sign)
    third = scene.task(scene.experts[2])
    review.sign_opinion(actor=scene.be(scene.experts[2]), clock=scene.clock, public_id=third)
    review.conclude_panel(actor=scene.be(scene.experts[0]), clock=scene.clock, public_id=scene.case)
    members = selectors.panel_of(actor=scene.be(scene.city.handler), public_id=scene.case).members
    assert [member.dissent for member in members] == ["", "余热回收的测算依据不足。", ""]


@pytest.mark.rule("R-21")
def test_an_expert_asks_for_a_visit_while_scoring_and_takes_it_back(scene: scenes.Flow) -> None:
    scene.form()
    expert = scene.experts[0]
    ask = {"clock": scene.clock, "public_id": scene.task(expert)}
    refused(WrongStep, review.request_site_visit, actor=scene.be(expert), reason="计量表读数不一致。", **ask)
    scene.declare(expert)
    refused(NotVisible, review.request_site_visit, actor=scene.be(scene.experts[1]), reason="越权。", **ask)
    refused(Forbidden, review.request_site_visit, actor=scene.be(scene.city.handler), reason="代写。", **ask)
    review.request_site_visit(actor=scene.be(expert), reason="计量表读数不一致。", **ask)
    row = selectors.panel_of(actor=scene.be(scene.city.handler), public_id=scene.case).members[0]
    assert (row.wants_site_visit, row.site_visit_reason) == (True, "计量表读数不一致。")
    enter(scene.city.handler)
    told = Message.objects.filter(template="site_visit_requested")
    assert [message.to_municipal for message in told] == [True]
    review.request_site_visit(actor=scene.be(expert), reason="", **ask)
    row = selectors.panel_of(actor=scene.be(scene.city.handler), public_id=scene.case).members[0]
    assert (row.wants_site_visit, row.site_visit_reason) == (False, "")


@pytest.mark.rule("R-20")
def test_the_periodic_check_finds_ties_nobody_reported(scene: scenes.Flow) -> None:
    """A tie that came about in the data (an enterprise joined a group) stops the task at the next run, once."""
    scene.form()
    tied = scene.experts[2]
    task = scene.declare(tied)
    enter(Actor.system())
    ExpertLink.objects.create(
        expert_id=tied.expert_id,
        kind=ExpertLink.GROUP,
        organisation="集团",
        uscc=worlds.enterprise_row(scene.enterprise).uscc,
        declared_at=scene.clock.now().at,
    )
    for _ in range(2):
        recheck_conflicts()
    enter(Actor.system())
    row = Assignment.objects.get(public_id=task)
    assert (row.state, row.blocked_from) == ("blocked", "declared")
    assert rows("select count(*) from audit_auditevent where event = 'assignment.block'") == [(1,)]
    refused(NotVisible, selectors.my_task, actor=scene.be(tied), public_id=task)
    enter(Actor.system())
    ExpertLink.objects.filter(expert_id=tied.expert_id).delete()
    recheck_conflicts()
    assert selectors.my_task(actor=scene.be(tied), public_id=task).state == "declared"
