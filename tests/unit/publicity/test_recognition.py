"""评定: two persons, everything in one transaction, titles and certificate numbers (R-25, R-27)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.actor import Actor, Duty
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.publicity import selectors
from apps.publicity import services as publicity
from apps.publicity.models import Recognition, RecognitionEntry
from apps.publicity.services import recognition as recognition_module
from apps.titles import selectors as titles
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
    flow.after_notice()
    flow.sweep()
    return flow


stage = built_once(_build)
scene = played()
NUMBER = "苏工信节能〔2026〕58号"


def proposal(scene: scenes.Flow, **changes: Any) -> dict[str, Any]:
    return {
        "clock": scene.clock,
        "round_public_id": scene.round_id,
        "application_public_ids": [scene.case],
        "document_no": NUMBER,
        **changes,
    }


def leader(scene: scenes.Flow) -> Actor:
    return scene.be(scene.city.leader or Actor.public())


def test_gates_of_the_proposal(scene: scenes.Flow) -> None:
    for stranger in (scene.city.signer, scene.district.handler, scene.enterprise):
        refused(Forbidden, publicity.propose_recognition, actor=scene.be(stranger), **proposal(scene))
    city = scene.be(scene.city.handler)
    refused(Invalid, publicity.propose_recognition, actor=city, **proposal(scene, document_no=" "))
    refused(Invalid, publicity.propose_recognition, actor=city, **proposal(scene, application_public_ids=[]))
    refused(NotVisible, publicity.propose_recognition, actor=city, **proposal(scene, round_public_id="none"))
    publicity.propose_recognition(actor=city, **proposal(scene))
    refused(
        Invalid,
        publicity.propose_recognition,
        actor=city,
        **proposal(scene, application_public_ids=[scene.other]),
    )
    refused(Invalid, publicity.propose_recognition, actor=city, **proposal(scene, document_no="另一文号"))


@pytest.mark.rule("R-27")
def test_the_leader_signs_and_titles_are_given(scene: scenes.Flow) -> None:
    listed = scene.propose(scene.case, scene.other)
    numbers = publicity.sign_recognition(actor=leader(scene), clock=scene.clock, public_id=listed)
    assert len(set(numbers)) == 2
    enter(Actor.system())
    for enterprise, case in ((scene.enterprise, scene.case), (scene.neighbour, scene.other)):
        title = titles.titles_of(actor=Actor.system(), enterprise_id=enterprise.enterprise_id)[0]
        entry = RecognitionEntry.objects.get(application__public_id=case)
        assert (title.level, title.state, title.certificate_no) == (3, "valid", entry.certificate_no)
        assert entry.title_public_id == title.public_id
        row = scene.row(case)
        assert (row.state, row.decided_level, row.document_no) == ("awarded", 3, NUMBER)
    assert scene.state() == "awarded"
    shown = selectors.recognitions(actor=scene.be(Actor.public()))
    assert [(row.state, row.document_no, row.cases) for row in shown] == [("signed", NUMBER, ())]


def test_the_list_and_its_certificates_stand_in_the_order_of_the_numbers(scene: scenes.Flow) -> None:
    """However the cases were picked: a list in the order of random keys looks to everybody like a mistake."""
    enter(Actor.system())
    in_order = sorted((scene.case, scene.other), key=lambda case: scene.row(case).number or "")
    for picked in (in_order, in_order[::-1]):
        with transaction.atomic():
            listed = scene.propose(*picked)
            numbers = publicity.sign_recognition(actor=leader(scene), clock=scene.clock, public_id=listed)
            found = selectors.recognition_file(actor=leader(scene), public_id=listed)
            assert [case.public_id for case in found.cases] == in_order
            assert list(found.certificates) == numbers == sorted(numbers)
            transaction.set_rollback(True)


def test_gates_of_the_signature(scene: scenes.Flow) -> None:
    listed = scene.propose()
    arguments = {"clock": scene.clock, "public_id": listed}
    refused(Forbidden, publicity.sign_recognition, actor=scene.be(scene.city.handler), **arguments)
    refused(Forbidden, publicity.sign_recognition, actor=scene.be(scene.city.signer), **arguments)
    for stranger in (scene.district.signer, scene.enterprise, Actor.public(), scene.experts[0]):
        refused(NotVisible, publicity.sign_recognition, actor=scene.be(stranger), **arguments)
    handler = scene.city.handler
    proposer = Actor(
        role=handler.role, user_id=handler.user_id, duties=frozenset({Duty.HANDLER, Duty.LEADER})
    )
    assert broken(publicity.sign_recognition, actor=scene.be(proposer), **arguments) == ["R-15"]
    publicity.sign_recognition(actor=leader(scene), **arguments)
    refused(WrongStep, publicity.sign_recognition, actor=leader(scene), **arguments)


def test_nothing_half(scene: scenes.Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure at the second enterprise leaves no state, no title, no message and no audit row of the first."""
    listed = scene.propose(scene.case, scene.other)
    enter(Actor.system())
    before = _counts()
    real = recognition_module.titles.award_title
    given: list[int] = []

    def failing(**arguments: Any) -> Any:
        given.append(arguments["enterprise_id"])
        if len(given) == 2:
            msg = "the register is down"
            raise RuntimeError(msg)
        return real(**arguments)

    monkeypatch.setattr(recognition_module.titles, "award_title", failing)
    with pytest.raises(RuntimeError, match="register"):
        publicity.sign_recognition(actor=leader(scene), clock=scene.clock, public_id=listed)
    enter(Actor.system())
    assert _counts() == before
    assert (scene.state(), scene.state(scene.other)) == ("confirmable", "confirmable")
    enter(Actor.system())
    assert Recognition.objects.get().state == "proposed"
    monkeypatch.undo()
    assert len(publicity.sign_recognition(actor=leader(scene), clock=scene.clock, public_id=listed)) == 2


def _counts() -> list[tuple[int, ...]]:
    return rows(
        "select (select count(*) from titles_title), (select count(*) from audit_auditevent),"
        " (select count(*) from notifications_message)"
    )


def test_rules_are_asked_again_at_the_signature(scene: scenes.Flow) -> None:
    """An adverse result that came in after the proposal stops the award."""
    listed = scene.propose()
    enter(Actor.system())
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into publicity_creditcheck (public_id, application_id, enterprise_id, district_id, platform,"
            " checked_on, report_no, result, matters, valid_until, recorded_by_id, recorded_at)"
            " select 'late0000000000', application_id, enterprise_id, district_id, platform, checked_on, report_no,"
            " 'adverse', '严重失信', valid_until, recorded_by_id, recorded_at from publicity_creditcheck"
            " where application_id = %s limit 1",
            [scene.case_row().pk],
        )
    assert broken(publicity.sign_recognition, actor=leader(scene), clock=scene.clock, public_id=listed) == [
        "R-23"
    ]


def test_the_database_repeats_the_second_person(scene: scenes.Flow) -> None:
    listed = scene.propose()
    publicity.sign_recognition(actor=leader(scene), clock=scene.clock, public_id=listed)
    enter(Actor.system())
    for change in (
        "signed_by_id = proposed_by_id",
        "signed_by_id = null",
        "state = 'proposed'",
        "decided_on = null",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update publicity_recognition set {change}")  # noqa: S608  (a constant of this test)
