"""专家组: conflicts, declarations, blindness, aggregation, reconsideration, opinion (R-19 … R-22)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from apps.accounts import services as accounts
from apps.accounts.models import ExpertLink
from apps.applications import selectors as applications_read
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.notifications import selectors as notifications
from apps.review import selectors
from apps.review import services as review
from apps.review.models import Assignment
from apps.scoring import selectors as scoring
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


def members(scene: scenes.Flow, size: int = 3) -> dict[str, object]:
    ids = [expert.expert_id for expert in scene.experts[:size]]
    return {
        "clock": scene.clock,
        "public_id": scene.case,
        "expert_ids": ids,
        "leader_id": ids[0] if ids else 0,
        "due_on": scene.clock.now().on + timedelta(days=20),
    }


# ------------------------------------------------------------------ forming
@pytest.mark.rule("R-19")
@pytest.mark.parametrize(("size", "rules"), [(1, ["R-19"]), (2, ["R-19", "R-19"]), (4, ["R-19"])])
def test_size_is_at_least_three_and_odd(scene: scenes.Flow, size: int, rules: list[str]) -> None:
    assert broken(review.form_panel, actor=scene.be(scene.city.handler), **members(scene, size)) == rules


def test_gates_of_forming(scene: scenes.Flow) -> None:
    arguments = members(scene)
    refused(Forbidden, review.form_panel, actor=scene.be(scene.city.leader or Actor.public()), **arguments)
    refused(NotVisible, review.form_panel, actor=scene.be(scene.other_district.handler), **arguments)
    city = scene.be(scene.city.handler)
    refused(Invalid, review.form_panel, actor=city, **{**arguments, "leader_id": scene.experts[5].expert_id})
    refused(Invalid, review.form_panel, actor=city, **{**arguments, "due_on": scene.clock.now().on})
    refused(Invalid, review.form_panel, actor=city, **{**arguments, "expert_ids": [1, 2, 3], "leader_id": 1})
    review.form_panel(actor=city, **arguments)
    assert scene.state() == "expert_review"
    refused(WrongStep, review.form_panel, actor=city, **arguments)


@pytest.mark.rule("R-20")
@pytest.mark.parametrize(
    ("kind", "ended_on", "blocked"),
    [
        (ExpertLink.PAST_EMPLOYER, None, True),
        (ExpertLink.PAST_EMPLOYER, date(2023, 11, 24), True),
        (ExpertLink.PAST_EMPLOYER, date(2023, 11, 23), False),
        (ExpertLink.SHAREHOLDING, None, True),
        (ExpertLink.CONSULTANT, date(2025, 1, 1), True),
        (ExpertLink.FAMILY, None, True),
        (ExpertLink.GROUP, None, True),
    ],
)
def test_ties_to_the_enterprise_block(
    scene: scenes.Flow,
    kind: str,
    ended_on: date | None,
    blocked: bool,  # noqa: FBT001  (pytest passes it by name)
) -> None:
    code = worlds.enterprise_row(scene.enterprise).uscc
    expert = scene.experts[1]
    accounts.declare_link(
        actor=Actor.system(),
        clock=scene.clock,
        expert_id=expert.expert_id,
        kind=kind,
        organisation="申报企业",
        uscc=code,
        ended_on=ended_on,
    )
    city = scene.be(scene.city.handler)
    found = selectors.candidates(actor=city, public_id=scene.case, on=scene.clock.now().on)
    assert bool(next(row for row in found if row.expert.id == expert.expert_id).conflicts) is blocked
    if blocked:
        assert broken(review.form_panel, actor=city, **members(scene)) == ["R-20"]
        assert scene.state() == "city_accepted"
    else:
        review.form_panel(actor=city, **members(scene))


def test_the_present_employer_blocks(scene: scenes.Flow) -> None:
    code = worlds.enterprise_row(scene.enterprise).uscc
    own = worlds.expert(scene.clock, 20, employer_uscc=code)
    arguments = members(scene, 2)
    arguments["expert_ids"] = [*arguments["expert_ids"], own.expert_id]  # type: ignore[misc]
    assert broken(review.form_panel, actor=scene.be(scene.city.handler), **arguments) == ["R-20"]


def test_the_third_party_evaluator_blocks(scene: scenes.Flow) -> None:
    evaluator = worlds.credit_code(77)
    enter(Actor.system())
    with connection.cursor() as cursor:
        cursor.execute(
            "update applications_application set profile = profile || jsonb_build_object('third_party_uscc', %s::text)",
            [evaluator],
        )
    accounts.declare_link(
        actor=Actor.system(),
        clock=scene.clock,
        expert_id=scene.experts[2].expert_id,
        kind=ExpertLink.THIRD_PARTY,
        organisation="第三方机构",
        uscc=evaluator,
    )
    assert broken(review.form_panel, actor=scene.be(scene.city.handler), **members(scene)) == ["R-20"]


def test_a_tie_declared_after_the_invitation_blocks_the_declaration(scene: scenes.Flow) -> None:
    scene.form()
    expert = scene.experts[1]
    accounts.declare_link(
        actor=scene.be(expert),
        clock=scene.clock,
        expert_id=expert.expert_id,
        kind=ExpertLink.CONSULTANT,
        organisation="申报企业",
        uscc=worlds.enterprise_row(scene.enterprise).uscc,
    )
    task = scene.task(expert)
    arguments = {"clock": scene.clock, "public_id": task}
    refused(NotVisible, review.declare_no_conflict, actor=scene.be(expert), **arguments)
    enter(Actor.system())
    row = Assignment.objects.get(public_id=task)
    assert (row.state, row.blocked_from) == ("blocked", "invited")


# ------------------------------------------------------------------ material and blindness
def test_the_declaration_opens_the_material_and_recusal_closes_it(scene: scenes.Flow) -> None:
    scene.form()
    expert = scene.experts[0]
    task = scene.task(expert)

    def sees() -> bool:
        try:
            applications_read.application_file(actor=scene.be(expert), public_id=scene.case)
        except NotVisible:
            return False
        return rows("select count(*) from applications_application") == [(1,)]

    assert not sees()
    assert [row.state for row in selectors.my_tasks(actor=scene.be(expert))] == ["invited"]
    refused(
        NotVisible,
        review.declare_no_conflict,
        actor=scene.be(scene.experts[1]),
        clock=scene.clock,
        public_id=task,
    )
    refused(
        Forbidden,
        review.declare_no_conflict,
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=task,
    )
    review.declare_no_conflict(actor=scene.be(expert), clock=scene.clock, public_id=task)
    assert sees()
    refused(WrongStep, review.declare_no_conflict, actor=scene.be(expert), clock=scene.clock, public_id=task)
    scene.judge(expert, "81.00")
    refused(Invalid, review.recuse, actor=scene.be(expert), clock=scene.clock, public_id=task, reason=" ")
    review.recuse(actor=scene.be(expert), clock=scene.clock, public_id=task, reason="近亲属任职。")
    assert not sees()
    refused(
        WrongStep,
        review.score_items_as_expert,
        actor=scene.be(expert),
        clock=scene.clock,
        public_id=task,
        answers={},
    )
    assert rows("select count(*) from review_panel") == [(0,)]


def test_experts_are_blind_to_one_another(scene: scenes.Flow) -> None:
    """Neither selectors nor raw SQL show an expert another one's sheet, points, task or total (R-20)."""
    scene.form()
    for expert, total in zip(scene.experts[:2], ("84.00", "90.00"), strict=True):
        scene.assess(expert, total)
    second = scene.be(scene.experts[1])
    assert [row.expert_id for row in selectors.my_tasks(actor=second)] == [second.expert_id]
    refused(NotVisible, selectors.my_task, actor=second, public_id=_task_of(scene, scene.experts[0]))
    scene.be(second)
    panel = selectors.panel_of(actor=second, public_id=scene.case)
    assert [row.expert_id for row in panel.members] == [second.expert_id]
    assert (panel.total, panel.spread, panel.aggregation) == (None, None, "")
    assert [
        row.owner_id for row in scoring.expert_sheets(actor=second, application_id=scene.case_row().pk)
    ] in (
        [second.user_id],
        [],
    )
    scene.be(second)
    assert rows("select expert_id from review_assignment") == [(second.expert_id,)]
    assert rows("select owner_id from scoring_scoresheet where kind = 'expert'") == [(second.user_id,)]
    assert rows(
        "select count(distinct s.owner_id) from scoring_scoreentry e join scoring_scoresheet s on s.id = e.sheet_id"
        " where s.kind = 'expert'"
    ) == [(1,)]
    assert rows(
        "select count(*) from audit_auditevent where event = 'assignment.submit' and actor_user_id <> %s",
        second.user_id,
    ) == [(0,)]
    scene.be(scene.enterprise)
    assert rows("select count(*) from review_assignment") == [(0,)]
    assert rows("select count(*) from scoring_scoresheet where kind = 'expert'") == [(0,)]


def _task_of(scene: scenes.Flow, expert: Actor) -> str:
    found = scene.task(expert)
    scene.be(scene.experts[1])
    return found


def test_the_panel_completes_with_the_last_sheet(scene: scenes.Flow) -> None:
    scene.form()
    for expert, total in zip(scene.experts[:2], ("84.00", "86.00"), strict=True):
        scene.assess(expert, total)
    assert (scene.panel_row().state, scene.panel_row().total) == ("assessing", None)
    scene.assess(scene.experts[2], "88.55")
    row = scene.panel_row()
    assert (row.state, row.total, row.spread) == ("assessed", Decimal("86.18"), Decimal("4.55"))
    seen = selectors.panel_of(actor=scene.be(scene.experts[1]), public_id=scene.case)
    assert [member.total for member in seen.members] == [Decimal("84.00"), Decimal("86.00"), Decimal("88.55")]
    refused(
        WrongStep,
        review.score_items_as_expert,
        actor=scene.be(scene.experts[2]),
        clock=scene.clock,
        public_id=scene.task(scene.experts[2]),
        answers={},
    )


def test_five_experts_lose_highest_and_lowest(scene: scenes.Flow) -> None:
    scene.form(5)
    for expert, total in zip(scene.experts, ("70.00", "84.00", "85.00", "86.00", "99.00"), strict=False):
        scene.assess(expert, total)
    row = scene.panel_row()
    assert (row.total, row.spread) == (Decimal("85.00"), Decimal("29.00"))
    assert "去掉最高分99.00和最低分70.00" in row.aggregation


# ------------------------------------------------------------------ changes of the panel
def test_an_expert_is_replaced_and_the_leader_with_it(scene: scenes.Flow) -> None:
    scene.form()
    leader = scene.experts[0]
    scene.declare(leader)
    arguments = {"clock": scene.clock, "public_id": scene.task(leader), "reason": "出差。"}
    new = scene.experts[4].expert_id
    refused(Forbidden, review.replace_expert, actor=scene.be(leader), expert_id=new, **arguments)
    city = scene.be(scene.city.handler)
    refused(Invalid, review.replace_expert, actor=city, expert_id=scene.experts[1].expert_id, **arguments)
    review.replace_expert(actor=city, expert_id=new, **arguments)
    assert scene.panel_row().leader_id == new
    scene.be(leader)
    assert rows("select count(*) from applications_application") == [(0,)]
    for expert in (scene.experts[4], *scene.experts[1:3]):
        scene.assess(expert, "85.00")
    assert scene.panel_row().state == "assessed"


def test_a_seat_is_filled_once_and_never_by_who_left_it(scene: scenes.Flow) -> None:
    scene.form()
    gone = scene.task(scene.experts[2])
    review.recuse(actor=scene.be(scene.experts[2]), clock=scene.clock, public_id=gone, reason="曾任顾问。")
    scene.clock.set(Moment.of(scene.clock.now().at + timedelta(hours=1)))
    city = scene.be(scene.city.handler)
    arguments = {"actor": city, "clock": scene.clock, "public_id": gone, "reason": "补选。"}
    refused(Invalid, review.replace_expert, expert_id=scene.experts[2].expert_id, **arguments)
    review.replace_expert(expert_id=scene.experts[3].expert_id, **arguments)
    refused(WrongStep, review.replace_expert, expert_id=scene.experts[4].expert_id, **arguments)
    panel = selectors.panel_of(actor=city, public_id=scene.case)
    assert (panel.vacant, sum(member.state != "recused" for member in panel.members)) == (0, 3)


def test_the_panel_completes_when_the_ones_missing_leave(scene: scenes.Flow) -> None:
    scene.form(5)
    for expert in scene.experts[:3]:
        scene.assess(expert, "85.00")
    review.recuse(
        actor=scene.be(scene.experts[3]),
        clock=scene.clock,
        public_id=scene.task(scene.experts[3]),
        reason="生病。",
    )
    assert scene.panel_row().state == "assessing"
    review.replace_expert(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=scene.task(scene.experts[4]),
        reason="联系不上。",
        expert_id=None,
    )
    assert (scene.panel_row().state, scene.panel_row().total) == ("assessed", Decimal("85.00"))


def test_a_finished_panel_takes_nobody_in(scene: scenes.Flow) -> None:
    scene.form(5)
    gone = scene.task(scene.experts[4])
    review.recuse(actor=scene.be(scene.experts[4]), clock=scene.clock, public_id=gone, reason="生病。")
    review.replace_expert(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=scene.task(scene.experts[3]),
        reason="联系不上。",
        expert_id=None,
    )
    for expert in scene.experts[:3]:
        scene.assess(expert, "85.00")
    refused(
        WrongStep,
        review.replace_expert,
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=gone,
        reason="补一名。",
        expert_id=scene.experts[5].expert_id,
    )


# ------------------------------------------------------------------ opinion
def finish(scene: scenes.Flow, *totals: str) -> None:
    scene.form(len(totals))
    for expert, total in zip(scene.experts, totals, strict=False):
        scene.assess(expert, total)


@pytest.mark.rule("R-22")
def test_the_opinion_needs_everybodys_signature(scene: scenes.Flow) -> None:
    finish(scene, "84.00", "86.00", "88.00")
    leader = scene.experts[0]
    arguments = {"clock": scene.clock, "public_id": scene.case}
    refused(WrongStep, review.conclude_panel, actor=scene.be(leader), **arguments)
    second = scene.task(scene.experts[1])
    refused(
        WrongStep, review.sign_opinion, actor=scene.be(scene.experts[1]), clock=scene.clock, public_id=second
    )
    scene.draft_opinion()
    assert broken(review.conclude_panel, actor=scene.be(leader), **arguments) == ["R-22"]
    refused(Forbidden, review.conclude_panel, actor=scene.be(scene.experts[1]), **arguments)
    refused(Forbidden, review.conclude_panel, actor=scene.be(scene.city.handler), **arguments)
    refused(
        Forbidden,
        review.sign_opinion,
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=second,
    )
    scene.sign_all()
    # a new draft voids the signatures
    scene.draft_opinion()
    assert broken(review.conclude_panel, actor=scene.be(leader), **arguments) == ["R-22"]
    scene.sign_all()
    review.conclude_panel(actor=scene.be(leader), **arguments)
    row = scene.case_row()
    assert (row.state, row.panel_total) == ("panel_concluded", Decimal("86.00"))
    refused(WrongStep, review.conclude_panel, actor=scene.be(leader), **arguments)


def test_below_80_cannot_be_recommended(scene: scenes.Flow) -> None:
    finish(scene, "79.99", "79.99", "79.99")
    scene.draft_opinion()
    scene.sign_all()
    arguments = {"clock": scene.clock, "public_id": scene.case}
    assert broken(review.conclude_panel, actor=scene.be(scene.experts[0]), **arguments) == ["R-22"]
    scene.opine("not_recommend")
    refused(Forbidden, review.take_opinion, actor=scene.be(scene.city.handler), **arguments)
    assert review.take_opinion(actor=scene.be(scene.city.signer), **arguments) == "refuse_after_panel"
    assert scene.state() == "refused"


def test_80_is_enough(scene: scenes.Flow) -> None:
    finish(scene, "80.00", "80.00", "80.00")
    scene.opine()
    arguments = {"clock": scene.clock, "public_id": scene.case}
    assert review.take_opinion(actor=scene.be(scene.city.handler), **arguments) == "start_credit_check"


def test_a_wide_spread_is_reconsidered_first(scene: scenes.Flow) -> None:
    finish(scene, "80.00", "90.00", "97.00")
    scene.draft_opinion()
    scene.sign_all()
    arguments = {"clock": scene.clock, "public_id": scene.case}
    assert "R-19" in broken(review.conclude_panel, actor=scene.be(scene.experts[0]), **arguments)
    due = scene.clock.now().on + timedelta(days=5)
    refused(Forbidden, review.reconsider, actor=scene.be(scene.experts[0]), due_on=due, **arguments)
    refused(
        Invalid,
        review.reconsider,
        actor=scene.be(scene.city.handler),
        due_on=scene.clock.now().on,
        **arguments,
    )
    review.reconsider(actor=scene.be(scene.city.handler), due_on=due, **arguments)
    row = scene.panel_row()
    assert (row.state, row.reconsidered, row.opinion, row.site_visited) == ("reconsidering", True, "", None)
    first, *_ = selectors.my_tasks(actor=scene.be(scene.experts[0]))
    assert first.reconsider_reason == row.reconsider_reason != ""
    for expert, total in zip(scene.experts[:3], ("86.00", "88.00", "90.00"), strict=True):
        scene.assess(expert, total, again=True)
    assert scene.panel_row().total == Decimal("88.00")
    # what was signed before rested on other scores
    refused(WrongStep, review.conclude_panel, actor=scene.be(scene.experts[0]), **arguments)
    scene.opine()
    assert scene.state() == "panel_concluded"


def test_a_supplement_reopens_the_panel_instead_of_refusing(scene: scenes.Flow) -> None:
    finish(scene, "84.00", "85.00", "86.00")
    scene.opine("supplement")
    arguments = {"clock": scene.clock, "public_id": scene.case}
    refused(WrongStep, review.take_opinion, actor=scene.be(scene.city.signer), **arguments)
    again = {**arguments, "due_on": scene.clock.now().on + timedelta(days=5), "reason": "已补充检测报告。"}
    refused(Forbidden, review.reopen_panel, actor=scene.be(scene.experts[0]), **again)
    refused(Invalid, review.reopen_panel, actor=scene.be(scene.city.handler), **{**again, "reason": ""})
    review.reopen_panel(actor=scene.be(scene.city.handler), **again)
    assert (scene.state(), scene.panel_row().state) == ("expert_review", "reconsidering")
    scene.be(scene.experts[0])
    told = notifications.inbox(actor=scene.experts[0]).rows[0]
    assert (told.title.partition("：")[0], again["reason"] in told.body) == ("企业已补充，请重新评估", True)
    for expert in scene.experts[:3]:
        scene.assess(expert, "85.00", again=True)
    scene.opine()
    refused(WrongStep, review.reopen_panel, actor=scene.be(scene.city.handler), **again)
    review.take_opinion(actor=scene.be(scene.city.handler), **arguments)
    assert scene.state() == "credit_check"


@pytest.mark.rule("R-21")
def test_a_visit_has_two_people_and_a_record(scene: scenes.Flow) -> None:
    finish(scene, "84.00", "85.00", "86.00")
    scene.draft_opinion(visited=True)
    scene.sign_all()
    arguments = {"clock": scene.clock, "public_id": scene.case}
    leader = scene.experts[0]
    assert broken(review.conclude_panel, actor=scene.be(leader), **arguments) == ["R-21"]
    visit = review.Visit(
        visited_on=scene.clock.now().on, place="昆山", people=["甲", " "], conclusion="属实。"
    )
    error = refused(Invalid, review.record_site_visit, actor=scene.be(leader), visit=visit, **arguments)
    assert isinstance(error, Invalid)
    assert list(error.errors) == ["people"]
    good = review.Visit(
        visited_on=scene.clock.now().on, place="昆山", people=["甲", "乙"], conclusion="属实。"
    )
    refused(Forbidden, review.record_site_visit, actor=scene.be(scene.experts[1]), visit=good, **arguments)
    tomorrow = scene.clock.now().on + timedelta(days=1)
    late = review.Visit(visited_on=tomorrow, place="昆山", people=["甲", "乙"], conclusion="")
    error = refused(Invalid, review.record_site_visit, actor=scene.be(leader), visit=late, **arguments)
    assert isinstance(error, Invalid)
    assert set(error.errors) == {"visited_on", "conclusion"}
    record = review.record_site_visit(actor=scene.be(leader), visit=good, **arguments)
    # a record without both signatures does not count
    assert broken(review.conclude_panel, actor=scene.be(leader), **arguments) == ["R-21"]
    line = [[[10, 10], [200, 300], [400, 100], [600, 350]]]
    for side, name in (("checkers", "甲"), ("factory", "周敏")):
        review.sign_site_visit(
            actor=scene.be(leader),
            clock=scene.clock,
            public_id=record,
            signing=review.Signing(side=side, name=name, strokes=line),
        )
    review.conclude_panel(actor=scene.be(leader), **arguments)
    refused(WrongStep, review.record_site_visit, actor=scene.be(scene.city.handler), visit=good, **arguments)


def test_only_the_expert_scores_as_expert(scene: scenes.Flow) -> None:
    scene.form()
    task = scene.declare(scene.experts[0])
    arguments = {"clock": scene.clock, "public_id": task, "answers": {}}
    refused(Forbidden, review.score_items_as_expert, actor=scene.be(scene.city.handler), **arguments)
    refused(NotVisible, review.score_items_as_expert, actor=scene.be(scene.experts[1]), **arguments)
    refused(NotVisible, review.score_items_as_expert, actor=scene.be(scene.district.handler), **arguments)
    error = refused(
        Invalid,
        review.submit_assessment,
        actor=scene.be(scene.experts[0]),
        clock=scene.clock,
        public_id=task,
        assessment=review.Assessment(),
    )
    assert "还有 97 项未评分" in error.message


def test_the_city_reads_all_and_the_district_nothing(scene: scenes.Flow) -> None:
    finish(scene, "84.00", "85.00", "86.00")
    assert [row.total for row in selectors.panels(actor=scene.be(scene.city.handler))] == [Decimal("85.00")]
    refused(NotVisible, selectors.panels, actor=scene.be(scene.district.handler))
    refused(NotVisible, selectors.panel_of, actor=scene.be(scene.enterprise), public_id=scene.case)
