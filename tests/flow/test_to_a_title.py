"""The whole way: 2A by the district, then 3A by the city to a title with a certificate (方案五)."""

from __future__ import annotations

import pytest

from apps.applications import services as applications
from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.review import services as review
from apps.titles import selectors as titles
from tests.flow import trail
from tests.unit.foundation import rows
from tests.unit.refusals import broken
from tests.unit.review import scenes

pytestmark = pytest.mark.django_db

_EXPERT = [
    "score.sheet.open",
    "assignment.declare",
    "score.entry.adopt",
    "score.entry.save",
    "score.sheet.sign",
    "assignment.submit",
]
_PRELIMINARY = [
    "score.sheet.sign",
    "application.submit",
    "application.accept",
    "application.pass_form_check",
    "score.sheet.open",
    "preliminary.claim",
    "score.entry.save",
    "preliminary.submit",
    "score.sheet.sign",
    "preliminary.sign",
    "application.sign_preliminary",
]
SECOND_LEVEL = [
    "score.sheet.open",
    "application.create",
    "application.save_basics",
    "application.save_report",
    "score.figures.save",
    *_PRELIMINARY,
    "application.start_district_decision",
    "ruling.propose",
    "application.decide_level",
    "title.award",
    "ruling.decide",
    "score.sheet.release.enterprise",
    "filing.prepare",
    "application.send_filing",
    "filing.send",
    "application.acknowledge_filing",
    "filing.acknowledge",
]
THIRD_LEVEL = [
    *_PRELIMINARY,
    "recommendation.prepare",
    "application.recommend",
    "recommendation.send",
    "application.city_accept",
    "recommendation.accept",
    "application.start_expert_review",
    "panel.form",
    *_EXPERT * 3,
    "panel.complete",
    "panel.draft_opinion",
    "assignment.sign_opinion",
    "score.sheet.release.panel",
    "application.conclude_panel",
    "panel.conclude",
    "application.start_credit_check",
    "credit.record",
    "notice.draft",
    "notice.submit",
    "notice.review",
    "notice.approve",
    "application.publish_notice",
    "notice.publish",
    "obligation.overdue",
    "application.close_notice",
    "notice.close",
    "recognition.propose",
    "application.award",
    "title.award",
    "score.sheet.release.enterprise",
    "recognition.sign",
]


def test_2a_then_3a_to_a_title() -> None:
    flow = scenes.build(scenes.morning(), round_changes={"prerequisite_required": True})
    early = flow.filled(3)
    assert "R-08" in broken(
        applications.submit,
        actor=flow.be(flow.enterprise),
        clock=flow.clock,
        public_id=early,
        token="token-of-an-early-try",
        pledge=True,
        signatory="周敏",
    )
    start = trail.mark()
    second_level = flow.ruled("75.00", 2)
    filing = review.prepare_filing(
        actor=flow.be(flow.district.handler), clock=flow.clock, round_public_id=flow.round_id
    )
    review.send_filing(actor=flow.be(flow.district.signer), clock=flow.clock, public_id=filing)
    review.acknowledge_filing(actor=flow.be(flow.city.handler), clock=flow.clock, public_id=filing)
    assert trail.since(start) == SECOND_LEVEL
    assert trail.of_case(second_level)[-6:] == [
        "pass_form_check",
        "sign_preliminary",
        "start_district_decision",
        "decide_level",
        "send_filing",
        "acknowledge_filing",
    ]
    start = trail.mark()
    flow.case = ""
    case = _third_level(flow, early)
    assert trail.since(start) == THIRD_LEVEL
    assert trail.of_case(case)[-12:] == [
        "submit",
        "accept",
        "pass_form_check",
        "sign_preliminary",
        "recommend",
        "city_accept",
        "start_expert_review",
        "conclude_panel",
        "start_credit_check",
        "publish_notice",
        "close_notice",
        "award",
    ]
    assert rows("select state from deadlines_obligation where kind = 'publicity.notice'") == [("met",)]
    enter(Actor.system())
    held = titles.titles_of(actor=Actor.system(), enterprise_id=flow.enterprise.enterprise_id)
    assert sorted((row.level, row.state) for row in held) == [(2, "valid"), (3, "valid")]
    assert trail.problems() == []


def _third_level(flow: scenes.Flow, draft: str) -> str:
    """Hand in the draft that had to wait for 2A, and play it to the end."""
    flow.submit(draft)
    flow.case = draft
    applications.accept(actor=flow.be(flow.district.handler), clock=flow.clock, public_id=draft)
    review.pass_form_check(
        actor=flow.be(flow.district.handler), clock=flow.clock, public_id=draft, rows=scenes.FORM_ROWS
    )
    flow.ready[flow.enterprise.user_id or 0, 3] = draft
    return flow.awarded()
