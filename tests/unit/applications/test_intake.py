"""The district's intake: gates, named returns, refusal with a clause, transfer with everything that belongs to it."""

from __future__ import annotations

import pytest

from apps.applications import selectors
from apps.applications import services as applications
from apps.applications.models import Application
from apps.core.actor import Actor
from apps.core.errors import Forbidden, Invalid, NotVisible, RuleBroken, WrongStep
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.notifications.models import Message
from apps.scoring import selectors as scoring
from apps.scoring.models import ScoreSheet
from tests.unit.applications.scenes import Scene


def test_gates_of_acceptance(scene: Scene) -> None:
    public_id = scene.submitted()
    foreign = scene.be(scene.other_district.handler)
    with pytest.raises(NotVisible):
        applications.accept(actor=foreign, clock=scene.clock, public_id=public_id)
    for actor in (scene.enterprise, scene.city.handler):
        with pytest.raises(Forbidden):
            applications.accept(actor=scene.be(actor), clock=scene.clock, public_id=public_id)
    handler = scene.be(scene.district.handler)
    actions = selectors.available_actions(actor=handler, public_id=public_id, moment=scene.clock.now())
    assert [action.event for action in actions] == ["accept", "transfer"]
    applications.accept(actor=handler, clock=scene.clock, public_id=public_id)
    row = scene.row(public_id)
    assert (row.state, row.accepted_by_id) == ("form_check", handler.user_id)
    due = Obligation.objects.get(kind="application.form_check")
    assert due.due_on.isoformat() == "2026-11-27"
    with pytest.raises(WrongStep):
        applications.accept(actor=scene.be(handler), clock=scene.clock, public_id=public_id)


@pytest.mark.rule("R-14")
def test_returned_items_are_named_one_by_one(scene: Scene) -> None:
    public_id = scene.accepted()
    handler = scene.be(scene.district.handler)

    def back(*items: applications.ReturnItem) -> applications.Returned:
        return applications.return_items(actor=handler, clock=scene.clock, public_id=public_id, items=items)

    item = applications.ReturnItem
    with pytest.raises(RuleBroken):
        back()
    with pytest.raises(RuleBroken):
        back(item("report", "过于简略", " ", "overview"))
    for wrong in (
        item("price", "错", "改"),
        item("item", "错", "改", "9.9.9"),
        item("basic", "错", "改", "V-99"),
        item("report", " ", "改", "overview"),
    ):
        with pytest.raises(Invalid) as caught:
            back(wrong)
        assert set(caught.value.errors) == {"items.0"}
    with pytest.raises(Invalid) as caught:
        back(item("basic", "错", "改", "V-01"), item("basic", "错", "改", "V-01"))
    assert set(caught.value.errors) == {"items.1"}
    assert scene.row(public_id).state == "form_check"


@pytest.mark.rule("R-14")
def test_returning_an_item_opens_exactly_that_item_of_the_sheet(scene: Scene) -> None:
    public_id = scene.accepted()
    row = scene.row(public_id)
    spec = scoring.scheme_spec(actor=Actor.system(), scheme_id=row.scheme_id or 0)
    code, other = spec.items[0].code, spec.items[1].code
    handler = scene.be(scene.district.handler)
    applications.return_items(
        actor=handler,
        clock=scene.clock,
        public_id=public_id,
        items=[applications.ReturnItem("item", "证明材料不清", "重新上传检测报告", code)],
    )
    actor = scene.be(scene.enterprise)
    sheet = scoring.current_sheet(actor=actor, application_id=row.pk, kind="self")
    assert sheet is not None
    assert (sheet.state, sheet.turn, sheet.open_items) == ("open", 2, (code,))
    entry = next(
        entry
        for dimension in scoring.sheet_view(actor=actor, public_id=sheet.public_id).dimensions
        for group in dimension.groups
        for entry in group.items
        if entry.code == code
    )
    saved = applications.save_answer(
        actor=actor,
        clock=scene.clock,
        public_id=public_id,
        item_code=code,
        version=entry.version,
        answer={"met": False},
    )
    assert saved.item_code == code
    with pytest.raises(RuleBroken):
        applications.save_answer(
            actor=actor,
            clock=scene.clock,
            public_id=public_id,
            item_code=other,
            version=1,
            answer={"met": False},
        )
    before = row.self_total
    for returned in selectors.returned_items(actor=actor, public_id=public_id):
        applications.answer_item(
            actor=actor, clock=scene.clock, item_public_id=returned.public_id, answer="已更正。"
        )
    applications.resubmit(
        actor=actor,
        clock=scene.clock,
        public_id=public_id,
        token="second-time",
        pledge=True,
        signatory="周敏",
    )
    assert before is not None
    after = scene.row(public_id).self_total
    assert after is not None
    assert after < before


def test_refusal_names_the_rule_and_frees_the_round(scene: Scene) -> None:
    public_id = scene.accepted()
    with pytest.raises(Forbidden):
        _refuse(scene, scene.district.handler, public_id, "R-10", "发现失信记录")
    for rule, reason, field in (("R-99", "理由", "rule"), ("R-10", " ", "reason")):
        with pytest.raises(Invalid) as caught:
            _refuse(scene, scene.district.signer, public_id, rule, reason)
        assert set(caught.value.errors) == {field}
    _refuse(scene, scene.district.signer, public_id, "R-10", "企业被列为失信被执行人。")
    row = scene.row(public_id)
    assert row.state == "rejected"
    assert "R-10" in row.decision_note
    assert row.closed_at is not None
    assert Message.objects.filter(
        template="application_refused_intake", to_enterprise=row.enterprise_id
    ).exists()
    assert scene.draft(3)


@pytest.mark.rule("R-13")
def test_transfer_moves_the_case_and_everything_in_it(scene: Scene) -> None:
    public_id = scene.accepted()
    handler = scene.be(scene.district.handler)

    def hand_over(to: str, reason: str = "生产地址在吴中区。") -> None:
        applications.transfer(
            actor=handler, clock=scene.clock, public_id=public_id, to_district=to, reason=reason
        )

    with pytest.raises(RuleBroken):
        hand_over("320583")
    with pytest.raises(Invalid):
        hand_over("320506", " ")
    with pytest.raises(Invalid):
        hand_over("999999")
    hand_over("320506")
    enter(handler)
    assert not Application.objects.visible_to(handler).exists()
    with pytest.raises(NotVisible):
        selectors.application_file(actor=handler, public_id=public_id)
    receiver = scene.be(scene.other_district.handler)
    file = selectors.application_file(actor=receiver, public_id=public_id)
    assert (file.case.state, file.case.district, file.case.accepted_at) == ("submitted", "320506", None)
    assert file.case.number == "GF3A-2026B-320583-0001"
    assert file.case.enterprise_name
    assert ScoreSheet.objects.visible_to(receiver).count() == 1
    enter(Actor.system())
    live = Obligation.objects.filter(state="open", subject_id=file.case.id)
    assert list(live.values_list("kind", "district_id")) == [("application.intake", "320506")]
    assert Message.objects.filter(template="application_transferred", to_district="320506").count() == 1
    applications.accept(actor=scene.be(receiver), clock=scene.clock, public_id=public_id)


def test_advance_takes_only_facts_of_decisions(scene: Scene) -> None:
    public_id = scene.accepted()
    row = scene.row(public_id)
    handler = scene.be(scene.district.handler)
    with pytest.raises(ValueError, match="not a fact"):
        applications.advance(
            application_id=row.pk,
            event="pass_form_check",
            actor=handler,
            moment=scene.clock.now(),
            facts={"district_id": "320506"},
        )
    done = applications.advance(
        application_id=row.pk, event="pass_form_check", actor=handler, moment=scene.clock.now()
    )
    assert (done.state, done.version) == ("prelim", row.version + 1)
    enter(Actor.system())
    due = Obligation.objects.get(kind="application.prelim")
    assert due.due_on.isoformat() == "2026-12-31"


def _refuse(scene: Scene, actor: Actor, public_id: str, rule: str, reason: str) -> None:
    applications.refuse_intake(
        actor=scene.be(actor), clock=scene.clock, public_id=public_id, rule=rule, reason=reason
    )
