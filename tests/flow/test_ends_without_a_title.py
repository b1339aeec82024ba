"""Refused, returned and mended, returned and lapsed: journeys that end before a title (R-02, R-14, R-25)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.applications import selectors as applications_read
from apps.applications import services as applications
from apps.applications.services import ReturnItem
from apps.core.actor import Actor
from apps.core.errors import WrongStep
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.publicity import services as publicity
from apps.review import services as review
from apps.titles import selectors as titles
from tests.flow import trail
from tests.unit.foundation import rows
from tests.unit.refusals import refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Flow:
    return scenes.build(scenes.morning())


stage = built_once(_build)
scene = played()


def no_titles(scene: scenes.Flow) -> bool:
    enter(Actor.system())
    return not titles.titles_of(actor=Actor.system(), enterprise_id=scene.enterprise.enterprise_id)


def told(template: str) -> int:
    enter(Actor.system())
    return int(rows("select count(*) from notifications_message where template = %s", template)[0][0])


def test_refused_below_60(scene: scenes.Flow) -> None:
    case = scene.ruled("59.99", 1)
    assert trail.of_case(case)[-4:] == [
        "pass_form_check",
        "sign_preliminary",
        "start_district_decision",
        "refuse_level",
    ]
    assert scene.row(case).decision_note == "初评得分 59.99 分，未达到 60 分。"
    assert told("not_awarded") == 1
    assert no_titles(scene)
    # the enterprise now sees the district's points, and may apply again in a later round only
    assert [row.kind for row in _sheets(scene, case)] == ["district", "self"]
    refused(
        WrongStep,
        review.propose_ruling,
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=case,
    )
    assert trail.problems() == []


def _sheets(scene: scenes.Flow, case: str) -> list:  # type: ignore[type-arg]  # rows of the scoring room
    from apps.scoring import selectors as scoring

    pk = scene.row(case).pk
    found = scoring.sheets_of(actor=scene.be(scene.enterprise), application_id=pk)
    return sorted(found, key=lambda row: row.kind)


def returned(scene: scenes.Flow) -> str:
    case = scene.in_check(2)
    applications.return_items(
        actor=scene.be(scene.district.handler),
        clock=scene.clock,
        public_id=case,
        items=[ReturnItem("item", "未附计量台账。", "请补充台账后重填。", "K5-01")],
    )
    return case


def test_returned_and_mended(scene: scenes.Flow) -> None:
    case = returned(scene)
    assert scene.state(case) == "supplementing"
    enterprise = scene.be(scene.enterprise)
    items = applications_read.returned_items(actor=enterprise, public_id=case)
    for item in items:
        applications.answer_item(
            actor=enterprise,
            clock=scene.clock,
            item_public_id=item.public_id,
            answer="已补充台账。",
        )
    applications.resubmit(
        actor=enterprise,
        clock=scene.clock,
        public_id=case,
        token="token-of-the-second-turn",
        pledge=True,
        signatory="周敏",
    )
    assert scene.state(case) == "form_check"
    review.pass_form_check(
        actor=scene.be(scene.district.handler), clock=scene.clock, public_id=case, rows=scenes.FORM_ROWS
    )
    scene.score("75.00", case=case)
    scene.hand_over(case=case)
    review.sign_preliminary(actor=scene.be(scene.district.signer), clock=scene.clock, public_id=case)
    assert trail.of_case(case)[-6:] == [
        "accept",
        "return_items",
        "save_answer_item",
        "resubmit",
        "pass_form_check",
        "sign_preliminary",
    ]
    assert trail.problems() == []


@pytest.mark.rule("R-14")
def test_returned_and_lapsed(scene: scenes.Flow) -> None:
    case = returned(scene)
    enter(Actor.system())
    due = rows("select due_on from deadlines_obligation where kind = 'application.supplement'")[0][0]
    scene.clock.set(Moment.in_shanghai(due, 23, 59))
    scene.sweep()
    assert scene.state(case) == "supplementing"
    scene.clock.set(Moment.in_shanghai(due + timedelta(days=1), 0, 0))
    scene.sweep()
    scene.sweep()
    assert scene.state(case) == "lapsed"
    assert trail.of_case(case)[-3:] == ["accept", "return_items", "lapse"]
    refused(
        WrongStep,
        applications.resubmit,
        actor=scene.be(scene.enterprise),
        clock=scene.clock,
        public_id=case,
        token="token-that-comes-too-late",
        pledge=True,
        signatory="周敏",
    )
    assert told("application_lapsed") == 2  # the enterprise and its district
    assert trail.problems() == []


@pytest.mark.rule("R-25")
def test_an_upheld_objection_ends_the_way_of_one_and_not_of_the_other(scene: scenes.Flow) -> None:
    scene.in_credit()
    scene.credit()
    other = scene.second()
    scene.publish(scene.case, other)
    objection = scene.object()
    publicity.accept_objection(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=objection)
    publicity.state_case(
        actor=scene.be(scene.enterprise), clock=scene.clock, public_id=objection, statement="正在整改。"
    )
    publicity.conclude_objection(
        actor=scene.be(scene.city.signer),
        clock=scene.clock,
        public_id=objection,
        upheld=True,
        conclusion="夜间噪声超标，反映属实。",
    )
    scene.after_notice()
    scene.sweep()
    scene.propose(other)
    publicity.sign_recognition(
        actor=scene.be(scene.city.leader or Actor.public()), clock=scene.clock, public_id=scene.recognition
    )
    assert trail.of_case(scene.case)[-3:] == ["publish_notice", "open_objection", "uphold_objection"]
    assert trail.of_case(other)[-3:] == ["publish_notice", "close_notice", "award"]
    assert no_titles(scene)
    assert told("title_awarded") == 1
    assert trail.problems() == []
