"""异议: in time, in real name, only that enterprise waits, resumed at once or ended (R-25)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.actor import Actor, Duty
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.moment import Moment
from apps.core.scoping import enter
from apps.publicity import selectors
from apps.publicity import services as publicity
from apps.publicity.models import NoticeEntry, Objection
from tests.unit.foundation import rows
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.in_credit()
    flow.credit()
    flow.other = flow.second()
    flow.publish(flow.case, flow.other)
    return flow


stage = built_once(_build)
scene = played()
FORM = publicity.ObjectionForm(
    party="person", person="示例市民", unit="", contact="0512-00000009", matter="夜间噪声较大。"
)


def accept(scene: scenes.Flow, objection: str) -> None:
    publicity.accept_objection(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=objection)


def conclude(scene: scenes.Flow, objection: str, *, upheld: bool) -> None:
    publicity.conclude_objection(
        actor=scene.be(scene.city.signer),
        clock=scene.clock,
        public_id=objection,
        upheld=upheld,
        conclusion="经核查，反映的情况" + ("属实。" if upheld else "不属实。"),
    )


def state_of(objection: str) -> str:
    enter(Actor.system())
    return str(Objection.objects.get(public_id=objection).state)


# ------------------------------------------------------------------ filing
def test_fields_of_an_objection(scene: scenes.Flow) -> None:
    entry = scene.entry()
    for party, missing in (
        ("person", {"person", "contact", "matter"}),
        ("unit", {"unit", "contact", "matter"}),
        ("anonymous", {"matter"}),
        ("robot", {"party", "matter"}),
    ):
        error = refused(
            Invalid,
            publicity.file_objection,
            actor=scene.be(Actor.public()),
            clock=scene.clock,
            entry_public_id=entry,
            form=publicity.ObjectionForm(party=party, person="", unit="", contact="", matter=" "),
        )
        assert isinstance(error, Invalid)
        assert set(error.errors) == missing
    for party in ("person", "unit"):
        dead = publicity.ObjectionForm(
            party=party, person="示例", unit="示例", contact="123", matter="夜间噪声较大。"
        )
        error = refused(
            Invalid,
            publicity.file_objection,
            actor=scene.be(Actor.public()),
            clock=scene.clock,
            entry_public_id=entry,
            form=dead,
        )
        # Nobody can be answered under such a number.
        assert isinstance(error, Invalid)
        assert set(error.errors) == {"contact"}
    enter(Actor.system())
    assert Objection.objects.count() == 0


@pytest.mark.rule("R-25")
def test_only_while_the_notice_runs(scene: scenes.Flow) -> None:
    entry = scene.entry()
    arguments = {"clock": scene.clock, "entry_public_id": entry, "form": FORM}
    scene.clock.set(Moment.in_shanghai(date(2026, 11, 27), 23, 59))
    receipt = publicity.file_objection(actor=scene.be(Actor.public()), **arguments)
    assert receipt.receipt_no == "YY-2026-0001"
    scene.clock.set(Moment.in_shanghai(date(2026, 11, 28), 0, 0))
    assert broken(publicity.file_objection, actor=scene.be(Actor.public()), **arguments) == ["R-25"]
    refused(
        NotVisible, publicity.file_objection, actor=Actor.public(), **{**arguments, "entry_public_id": "none"}
    )
    scene.be(Actor.public())
    assert rows("select count(*) from publicity_objection") == [(0,)]


def test_an_entry_taken_off_cannot_be_objected_to(scene: scenes.Flow) -> None:
    entry = scene.entry()
    publicity.correct_notice(
        actor=scene.be(scene.city.handler),
        clock=scene.clock,
        public_id=scene.notice,
        application_public_ids=[scene.case],
        reason="名称印错。",
    )
    refused(
        NotVisible,
        publicity.file_objection,
        actor=scene.be(Actor.public()),
        clock=scene.clock,
        entry_public_id=entry,
        form=FORM,
    )


def test_the_objector_is_known_to_the_city_alone(scene: scenes.Flow) -> None:
    receipt = publicity.file_objection(
        actor=scene.be(Actor.public()), clock=scene.clock, entry_public_id=scene.entry(), form=FORM
    )
    enter(Actor.system())
    stored = Objection.objects.get()
    assert "示例市民" not in stored.person_sealed
    assert "0512" not in stored.contact_sealed
    objection = stored.public_id
    refused(NotVisible, selectors.objection_file, actor=scene.be(scene.enterprise), public_id=objection)
    accept(scene, objection)
    seen = selectors.objection_file(actor=scene.be(scene.city.handler), public_id=objection)
    assert (seen.person, seen.contact) == ("示例市民", "0512-00000009")
    own = selectors.objection_file(actor=scene.be(scene.enterprise), public_id=objection)
    assert (own.person, own.contact, own.unit, own.party_label) == ("", "", "", "")
    for stranger in (scene.neighbour, scene.district.handler, scene.experts[0], Actor.public()):
        refused(NotVisible, selectors.objection_file, actor=scene.be(stranger), public_id=objection)
    public = scene.be(Actor.public())
    status = selectors.objection_status(
        actor=public, receipt_no=receipt.receipt_no.lower(), query_code=receipt.query_code
    )
    assert status.state_label == "核查中"
    refused(
        NotVisible,
        selectors.objection_status,
        actor=public,
        receipt_no=receipt.receipt_no,
        query_code="AAAAAAAA",
    )
    refused(
        NotVisible, selectors.objection_status, actor=public, receipt_no="YY-2026-9999", query_code="AAAAAAAA"
    )


# ------------------------------------------------------------------ handling
def test_anonymous_objections_are_logged_but_not_accepted(scene: scenes.Flow) -> None:
    objection = scene.object(party="anonymous")
    assert broken(
        publicity.accept_objection, actor=scene.be(scene.city.handler), clock=scene.clock, public_id=objection
    ) == ["R-25"]
    arguments = {"clock": scene.clock, "public_id": objection, "reason": "匿名。"}
    refused(
        Invalid,
        publicity.decline_objection,
        actor=scene.be(scene.city.handler),
        **{**arguments, "reason": ""},
    )
    publicity.decline_objection(actor=scene.be(scene.city.handler), **arguments)
    assert state_of(objection) == "not_accepted"
    scene.after_notice()
    scene.sweep()
    assert scene.state() == "confirmable"


def test_gates_of_handling(scene: scenes.Flow) -> None:
    objection = scene.object()
    arguments = {"clock": scene.clock, "public_id": objection}
    refused(Forbidden, publicity.accept_objection, actor=scene.be(scene.city.signer), **arguments)
    refused(NotVisible, publicity.accept_objection, actor=scene.be(scene.district.handler), **arguments)
    end = {**arguments, "upheld": True, "conclusion": "属实。"}
    refused(WrongStep, publicity.conclude_objection, actor=scene.be(scene.city.signer), **end)
    refused(
        NotVisible, publicity.state_case, actor=scene.be(scene.enterprise), statement="说明。", **arguments
    )
    accept(scene, objection)
    refused(WrongStep, publicity.accept_objection, actor=scene.be(scene.city.handler), **arguments)
    refused(
        Forbidden, publicity.state_case, actor=scene.be(scene.city.handler), statement="说明。", **arguments
    )
    refused(
        NotVisible, publicity.state_case, actor=scene.be(scene.neighbour), statement="说明。", **arguments
    )
    refused(Invalid, publicity.state_case, actor=scene.be(scene.enterprise), statement=" ", **arguments)
    publicity.state_case(actor=scene.be(scene.enterprise), statement="已检测达标。", **arguments)
    refused(Forbidden, publicity.conclude_objection, actor=scene.be(scene.city.handler), **end)
    refused(
        Invalid, publicity.conclude_objection, actor=scene.be(scene.city.signer), **{**end, "conclusion": ""}
    )
    handler = scene.city.handler
    both = Actor(role=handler.role, user_id=handler.user_id, duties=frozenset({Duty.HANDLER, Duty.SIGNER}))
    assert broken(publicity.conclude_objection, actor=scene.be(both), **end) == ["R-15"]
    enter(Actor.system())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update publicity_objection set concluded_by_id = handled_by_id")


@pytest.mark.rule("R-25")
def test_only_the_enterprise_concerned_waits(scene: scenes.Flow) -> None:
    objection = scene.object()
    accept(scene, objection)
    assert (scene.state(), scene.state(scene.other)) == ("objection", "on_notice")
    scene.after_notice()
    scene.sweep()
    assert (scene.state(), scene.state(scene.other)) == ("objection", "confirmable")
    city = scene.be(scene.city.handler)
    refused(
        WrongStep,
        publicity.propose_recognition,
        actor=city,
        clock=scene.clock,
        round_public_id=scene.round_id,
        application_public_ids=[scene.case],
        document_no="苏工信节能〔2026〕58号",
    )
    scene.propose(scene.other)
    # dismissed after the end: it goes on at once
    conclude(scene, objection, upheld=False)
    assert scene.state() == "confirmable"


def test_a_filed_objection_waits_too_and_is_accepted_after_the_end(scene: scenes.Flow) -> None:
    objection = scene.object()
    scene.after_notice()
    scene.sweep()
    assert (scene.state(), scene.state(scene.other)) == ("on_notice", "confirmable")
    accept(scene, objection)
    assert scene.state() == "objection"
    conclude(scene, objection, upheld=False)
    assert scene.state() == "confirmable"


def test_dismissed_during_the_notice_returns_to_it(scene: scenes.Flow) -> None:
    objection = scene.object()
    accept(scene, objection)
    conclude(scene, objection, upheld=False)
    assert scene.state() == "on_notice"
    scene.after_notice()
    scene.sweep()
    assert scene.state() == "confirmable"


def test_an_upheld_objection_ends_the_case_and_takes_the_entry_off(scene: scenes.Flow) -> None:
    first, second = scene.object(), scene.object(party="unit")
    accept(scene, first)
    accept(scene, second)
    conclude(scene, first, upheld=True)
    row = scene.case_row()
    assert (row.state, row.decision_note) == ("refused", "经核查，反映的情况属实。")
    enter(Actor.system())
    assert NoticeEntry.objects.get(application_id=row.pk).state == "withdrawn"
    # the second one is answered as well, although the case is over
    conclude(scene, second, upheld=True)
    assert state_of(second) == "upheld"
    scene.after_notice()
    scene.sweep()
    assert (scene.state(), scene.state(scene.other)) == ("refused", "confirmable")


def test_two_objections_both_have_to_be_answered(scene: scenes.Flow) -> None:
    first, second = scene.object(), scene.object(party="unit")
    accept(scene, first)
    accept(scene, second)
    conclude(scene, first, upheld=False)
    assert scene.state() == "objection"
    conclude(scene, second, upheld=False)
    assert scene.state() == "on_notice"


def test_the_answer_falls_due(scene: scenes.Flow) -> None:
    objection = scene.object()
    accept(scene, objection)
    enter(Actor.system())
    assert rows("select state, rule from deadlines_obligation where kind = 'publicity.objection'") == [
        ("open", "R-25")
    ]
    conclude(scene, objection, upheld=False)
    enter(Actor.system())
    assert rows("select state from deadlines_obligation where kind = 'publicity.objection'") == [("met",)]
