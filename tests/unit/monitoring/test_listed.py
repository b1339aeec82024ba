"""4A/5A are not the city's to cancel: they are suspended and reported upward (R-40)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core.actor import Actor
from apps.core.errors import Forbidden, WrongStep
from apps.core.scoping import enter
from apps.documents.forms.orders import cancellation
from apps.documents.rendering.papers.orders import CancellationDecision
from apps.monitoring import selectors as read
from apps.monitoring import services as monitoring
from apps.monitoring.verification import problems
from apps.notifications.models import Message
from apps.portals.base.revocation_page import revocation_fields
from apps.publicity.selectors import public_record
from apps.titles import selectors as titles_read
from apps.titles import services as titles
from apps.titles.models import Title
from tests import worlds
from tests.portals.municipal.desk import Desk
from tests.unit.monitoring import scenes
from tests.unit.refusals import broken
from tests.unit.staging import built_once, played


def _build() -> scenes.Watch:
    watch = scenes.build(scenes.clock())
    row = worlds.enterprise_row(watch.enterprise)
    titles.import_external_list(
        actor=watch.be(watch.city.handler),
        clock=watch.clock,
        data=titles.ListData(
            kind="provincial",
            title="2026年度省级绿色工厂名单",
            document_no="苏工信节能〔2026〕1号",
            published_on=watch.clock.now().on,
            rows=[titles.ListRow(action="add", name=row.name, uscc=row.uscc)],
        ),
    )
    enter(Actor.system())
    watch.title = Title.objects.get(level=4).public_id
    return watch


stage = built_once(_build)
scene = played()


@pytest.mark.rule("R-40")
def test_a_failed_4a_is_suspended_and_may_not_be_cancelled(scene: scenes.Watch) -> None:
    scene.proposed()
    due = scene.cancellation_row().statement_due_on
    proposal = scene.cancellation_row().public_id
    arguments = {
        "clock": scene.clock,
        "public_id": proposal,
        "document_no": "苏工信节能〔2027〕9号",
        "note": "整改逾期未完成，报告省厅。",
    }
    leader = scene.be(scene.city.leader)
    # not before the enterprise has been heard
    assert broken(monitoring.decide_cancellation, actor=leader, decision="suspend", **arguments) == ["R-40"]
    scene.move(due + timedelta(days=1))
    assert broken(monitoring.decide_cancellation, actor=leader, decision="cancel", **arguments) == ["R-40"]
    assert monitoring.decide_cancellation(actor=leader, decision="suspend", **arguments) is None
    assert (scene.title_state(), scene.cancellation_row().state) == ("suspended", "suspended")
    public = scene.be(Actor.public())
    told = public_record(actor=public, history=titles_read.verify(public_id=scene.title).history)
    assert ("4A级称号暂停", "已报上级主管部门，苏工信节能〔2027〕9号") in [
        (line.text, line.detail) for line in told
    ]
    enter(Actor.system())
    assert Message.objects.filter(key=f"cancellation-decided:{proposal}", template="title_suspended").exists()
    assert Message.objects.filter(key=f"cancellation-decided:{proposal}:district").exists()
    paper = cancellation(actor=leader, public_id=proposal, on=scene.clock.now().on).paper
    assert isinstance(paper, CancellationDecision)
    assert "暂停你单位4A级绿色工厂称号" in paper.ruling
    assert "报上级主管部门" in paper.heading
    # the 3A title of the same enterprise stands
    assert list(Title.objects.filter(level=3).values_list("state", flat=True)) == ["valid"]


def leads_to_the_visit(scene: scenes.Watch, *, arranging: bool) -> None:
    """The page of the suspension, links the visit arranged for its recovery."""
    city = revocation_fields(
        read.cancellation(actor=scene.be(scene.city.handler), public_id=scene.proposal),
        actor=scene.be(scene.city.handler),
        now=scene.clock.now(),
    )
    assert ([one.public_id for one in city["visits"]], city["may_visit"]) == ([scene.recheck], arranging)
    shown = Desk(scene).get("revocation", scene.proposal).content.decode()  # type: ignore[arg-type]
    assert reverse("municipal:recheck", args=[scene.recheck]) in shown
    assert ("安排暂停后的复核" in shown) == arranging


@pytest.mark.rule("R-40")
@pytest.mark.parametrize(("score", "state"), [("86.00", "valid"), ("75.00", "suspended")])
def test_after_a_suspension_a_visit_of_the_city_restores_or_reports_upward(
    scene: scenes.Watch, score: str, state: str
) -> None:
    scene.proposed()
    scene.move(scene.cancellation_row().statement_due_on + timedelta(days=1))
    scene.proposal = scene.cancellation_row().public_id
    planned = {"clock": scene.clock, "title_public_id": scene.title, "planned_on": scene.clock.now().on}
    with pytest.raises(WrongStep):
        monitoring.plan_suspended_recheck(actor=scene.be(scene.city.handler), note="已整改。", **planned)
    scene.decide("suspend")
    with pytest.raises(Forbidden):
        monitoring.plan_suspended_recheck(actor=scene.be(scene.district.handler), note="已整改。", **planned)
    handler = scene.be(scene.city.handler)
    scene.recheck = monitoring.plan_suspended_recheck(actor=handler, note="已整改。", **planned)
    with pytest.raises(WrongStep):
        monitoring.plan_suspended_recheck(actor=handler, note="已整改。", **planned)
    assert scene.title_state() == "suspended"
    leads_to_the_visit(scene, arranging=False)
    monitoring.record_recheck(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=scene.recheck,
        result=scene.result(score, good=state == "valid"),
    )
    signed = monitoring.sign_recheck(
        actor=scene.be(scene.city.signer), clock=scene.clock, public_id=scene.recheck
    )
    assert (signed, scene.title_state()) == (None, state)
    # Reported upward: the city may visit again; restored: there is nothing left to arrange.
    leads_to_the_visit(scene, arranging=state == "suspended")
    public = scene.be(Actor.public())
    told = public_record(actor=public, history=titles_read.verify(public_id=scene.title).history)
    assert any(line.text == "4A级称号恢复" for line in told) == (state == "valid")
    enter(Actor.system())
    sent = {message.template for message in Message.objects.filter(key__startswith="suspended-")}
    passed = {"suspended_title_resumed"}
    assert sent == (passed if state == "valid" else {"suspended_title_reported", "suspended_title_upward"})
    assert list(problems()) == []
