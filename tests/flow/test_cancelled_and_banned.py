"""A title lost: recheck failed, rectification overdue, cancelled, and three years without an application (R-36 … R-41)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from apps.applications import services as applications
from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, Moment
from apps.core.scoping import enter
from apps.monitoring import services as monitoring
from apps.monitoring.models import Cancellation, Rectification
from apps.titles import selectors as titles
from apps.titles.models import Title
from tests.flow import trail
from tests.unit.applications import scenes as cases
from tests.unit.refusals import broken
from tests.unit.review import scenes

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-41")]


def test_from_the_title_to_the_ban_and_back() -> None:
    flow = scenes.build(scenes.morning())
    flow.awarded()
    enter(Actor.system())
    title = Title.objects.get().public_id
    start = trail.mark()
    _fail_the_recheck(flow, title)
    enter(Actor.system())
    order = Rectification.objects.get()
    monitoring.serve_rectification(
        actor=flow.be(flow.enterprise), clock=flow.clock, public_id=order.public_id
    )
    enter(Actor.system())
    order.refresh_from_db()
    assert order.deadline is not None
    flow.clock.set(Moment.in_shanghai(order.deadline, 23, 59))
    flow.sweep()
    assert Cancellation.objects.count() == 0
    flow.clock.set(Moment.in_shanghai(order.deadline + timedelta(days=1), 0, 10))
    flow.sweep()
    proposal = Cancellation.objects.get()
    flow.clock.set(Moment.in_shanghai(proposal.statement_due_on + timedelta(days=1), 9))
    flow.sweep()
    until = monitoring.decide_cancellation(
        actor=flow.be(flow.city.leader or Actor.public()),
        clock=flow.clock,
        public_id=proposal.public_id,
        decision="cancel",
        document_no="苏工信节能〔2027〕9号",
        note="整改逾期未完成。",
    )
    assert until is not None
    steps = [event for event in trail.since(start) if not event.startswith("obligation")]
    assert steps == [
        "title.start_recheck",
        "recheck.plan",
        "recheck.record",
        "title.order_rectification",
        "recheck.sign",
        "rectification.order",
        "rectification.serve",
        "title.propose_cancellation",
        "cancellation.propose",
        "title.cancel",
        "title.ban",
        "cancellation.cancel",
    ]
    assert trail.problems() == []
    enter(Actor.system())
    assert titles.public_directory().total == 0
    _apply_during_and_after(flow, until)


def _fail_the_recheck(flow: scenes.Flow, title: str) -> None:
    recheck = monitoring.plan_recheck(
        actor=flow.be(flow.district.handler),
        clock=flow.clock,
        title_public_id=title,
        planned_on=flow.clock.now().on,
        trigger="cycle",
    )
    monitoring.record_recheck(
        actor=flow.district.handler,
        clock=flow.clock,
        public_id=recheck,
        result=monitoring.RecheckResult(
            visited_on=flow.clock.now().on,
            place="昆山厂区",
            people=["顾晓岚", "朱莉"],
            score=Decimal("79.99"),
            conclusion="低于 80 分。",
            findings=[monitoring.Finding("K5-01", "缺计量。", "补装。")],
        ),
    )
    monitoring.sign_recheck(
        actor=flow.be(flow.district.signer),
        clock=flow.clock,
        public_id=recheck,
        order_no="昆工信整〔2026〕3号",
    )


def _apply_during_and_after(flow: scenes.Flow, until) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """On the eve of the last day no level may be applied for; on the day itself all may."""
    eve = until - timedelta(days=1)
    opens = datetime.combine(eve - timedelta(days=20), datetime.min.time(), SHANGHAI)
    flow.clock.set(Moment.of(opens))
    flow.round_id = cases.announced(
        flow.clock,
        flow.city,
        cases.round_data(
            f"{until.year}B",
            opens_at=opens,
            closes_at=opens + timedelta(days=40),
            prelim_due_on=(opens + timedelta(days=60)).date(),
        ),
    )
    flow.clock.set(Moment.in_shanghai(eve, 23, 59))
    drafts = {level: flow.filled(level) for level in (1, 3)}

    def submitting(level: int) -> dict[str, object]:
        return {
            "clock": flow.clock,
            "public_id": drafts[level],
            "token": f"token-of-level-{level}-{flow.clock.now().on}",
            "pledge": True,
            "signatory": "周敏",
        }

    for level in drafts:
        assert broken(applications.submit, actor=flow.be(flow.enterprise), **submitting(level)) == ["R-11"]
    flow.clock.set(Moment.in_shanghai(until, 0, 0))
    for level, case in drafts.items():
        applications.submit(actor=flow.be(flow.enterprise), **submitting(level))
        assert flow.state(case) == "submitted"
