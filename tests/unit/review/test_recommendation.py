"""3A 推荐: ticked beforehand, left off only with a reason, sent by a second person, accepted or returned by the city."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.actor import Actor, Duty
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.review import selectors
from apps.review import services as review
from apps.review.models import Recommendation, RecommendationItem
from tests import worlds
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.third = worlds.enterprise(flow.clock, 9, confirmed_by=flow.district.handler)
    flow.prepare(3, by=flow.third)
    flow.signed("80.00")
    return flow


stage = built_once(_build)
scene = played()
LETTER = "昆工信函〔2026〕8号"


def second_case(scene: scenes.Flow, total: str = "88.00") -> str:
    """Sign a second 3A case of the same district."""
    return scene.signed(total, by=scene.third)


def send(scene: scenes.Flow, listed: str) -> int:
    return review.send_recommendation(
        actor=scene.be(scene.district.signer), clock=scene.clock, public_id=listed, letter_no=LETTER
    )


@pytest.mark.rule("R-18")
def test_everybody_at_80_is_ticked_and_79_99_is_not_on_the_list(scene: scenes.Flow) -> None:
    low = second_case(scene, "79.99")
    listed = scene.listed()
    row = selectors.recommendation_file(actor=scene.district.handler, public_id=listed)
    assert [(item.case.public_id, item.ticked, item.reason) for item in row.items] == [(scene.case, True, "")]
    assert send(scene, listed) == 1
    assert (scene.state(), scene.state(low)) == ("recommended", "prelim_signed")


def test_the_list_grows_until_it_is_sent(scene: scenes.Flow) -> None:
    listed = scene.listed()
    other = second_case(scene)
    assert scene.listed() == listed
    row = selectors.recommendation_file(actor=scene.district.handler, public_id=listed)
    assert {item.case.public_id for item in row.items} == {scene.case, other}
    assert scene.listed() == listed
    assert len(selectors.recommendation_file(actor=scene.district.handler, public_id=listed).items) == 2


def test_leaving_off_needs_a_reason(scene: scenes.Flow) -> None:
    other = second_case(scene)
    listed = scene.listed()
    arguments = {
        "clock": scene.clock,
        "public_id": listed,
        "application_public_id": scene.case,
        "ticked": False,
    }
    handler = scene.be(scene.district.handler)
    assert broken(review.tick, actor=handler, reason="  ", **arguments) == ["R-18"]
    refused(NotVisible, review.tick, actor=scene.be(scene.other_district.handler), reason="停产", **arguments)
    refused(Forbidden, review.tick, actor=scene.be(scene.city.handler), reason="停产", **arguments)
    scene.be(handler)
    refused(
        NotVisible,
        review.tick,
        actor=handler,
        reason="停产",
        **{**arguments, "application_public_id": "none"},
    )
    review.tick(actor=handler, reason="企业搬迁停产。", **arguments)
    assert send(scene, listed) == 1
    assert (scene.state(), scene.state(other)) == ("not_recommended", "recommended")
    assert scene.case_row().decision_note == "企业搬迁停产。"
    refused(WrongStep, review.tick, actor=scene.be(handler), reason="停产", **arguments)


def test_with_nobody_ticked_the_list_is_closed_without_a_letter(scene: scenes.Flow) -> None:
    listed = scene.listed()
    handler = scene.district.handler
    review.tick(
        actor=handler,
        clock=scene.clock,
        public_id=listed,
        application_public_id=scene.case,
        ticked=False,
        reason="停产",
    )
    refused(Forbidden, review.send_recommendation, actor=scene.be(handler), **closing(scene, listed))
    done = review.send_recommendation(actor=scene.be(scene.district.signer), **closing(scene, listed))
    assert done == 0
    assert (scene.state(), scene.case_row().decision_note) == ("not_recommended", "停产")
    row = selectors.recommendation_file(actor=scene.be(handler), public_id=listed)
    assert (row.state, row.letter_no) == ("none_listed", "")
    assert selectors.recommendations(actor=scene.be(scene.city.handler)) == []
    refused(
        WrongStep, review.send_recommendation, actor=scene.be(scene.district.signer), **closing(scene, listed)
    )


def closing(scene: scenes.Flow, listed: str) -> dict[str, Any]:
    return {"clock": scene.clock, "public_id": listed, "letter_no": ""}


def test_gates_of_sending(scene: scenes.Flow) -> None:
    refused(
        Forbidden,
        review.prepare_recommendation,
        actor=scene.be(scene.district.signer),
        clock=scene.clock,
        round_public_id=scene.round_id,
    )
    refused(
        Invalid,
        review.prepare_recommendation,
        actor=scene.be(scene.other_district.handler),
        clock=scene.clock,
        round_public_id=scene.round_id,
    )
    listed = scene.listed()
    arguments = {"clock": scene.clock, "public_id": listed, "letter_no": LETTER}
    refused(NotVisible, review.send_recommendation, actor=scene.be(scene.other_district.signer), **arguments)
    refused(Forbidden, review.send_recommendation, actor=scene.be(scene.district.handler), **arguments)
    refused(Forbidden, review.send_recommendation, actor=scene.be(scene.city.signer), **arguments)
    handler = scene.district.handler
    preparer = Actor(
        role=handler.role,
        user_id=handler.user_id,
        district=handler.district,
        duties=frozenset({Duty.HANDLER, Duty.SIGNER}),
    )
    assert broken(review.send_recommendation, actor=scene.be(preparer), **arguments) == ["R-15"]
    signer = scene.be(scene.district.signer)
    refused(Invalid, review.send_recommendation, actor=signer, **{**arguments, "letter_no": ""})
    assert send(scene, listed) == 1
    refused(WrongStep, review.send_recommendation, actor=signer, **arguments)


def test_a_veto_keeps_a_case_off_the_list(scene: scenes.Flow) -> None:
    scene.signed("95.00", by=scene.third, vetoes=["V-02"])
    listed = scene.listed()
    row = selectors.recommendation_file(actor=scene.district.handler, public_id=listed)
    assert [item.case.public_id for item in row.items] == [scene.case]


def test_a_veto_is_refused_even_if_it_stands_on_the_list(scene: scenes.Flow) -> None:
    """The rule is asked again when the list is sent: what was ticked yesterday may not go today."""
    listed = scene.listed()
    enter(Actor.system())
    with connection.cursor() as cursor:
        cursor.execute("update review_preliminaryreview set vetoes = '{V-02}'")
    assert broken(
        review.send_recommendation,
        actor=scene.be(scene.district.signer),
        clock=scene.clock,
        public_id=listed,
        letter_no=LETTER,
    ) == ["R-18"]


def test_the_city_accepts_or_returns_and_the_list_closes_when_all_are_answered(scene: scenes.Flow) -> None:
    other = second_case(scene)
    listed = scene.listed()
    send(scene, listed)
    city = {"actor": scene.be(scene.city.handler), "clock": scene.clock}
    refused(Invalid, review.return_case, public_id=other, reason="", **city)
    review.return_case(public_id=other, reason="推荐函缺评分汇总。", **city)
    assert scene.state(other) == "prelim_signed"
    enter(Actor.system())
    assert Recommendation.objects.get().state == "sent"
    again = scene.listed()
    assert again != listed
    send(scene, again)
    # the returned case stands on two lists now; each closes when its own cases are answered
    review.accept_case(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=other)
    enter(Actor.system())
    assert dict(Recommendation.objects.values_list("public_id", "state")) == {
        listed: "sent",
        again: "accepted",
    }
    review.accept_case(actor=scene.be(scene.city.handler), clock=scene.clock, public_id=scene.case)
    enter(Actor.system())
    assert set(Recommendation.objects.values_list("state", flat=True)) == {"accepted"}
    refused(WrongStep, review.accept_case, public_id=other, **{**city, "actor": scene.be(scene.city.handler)})


def test_gates_of_the_city(scene: scenes.Flow) -> None:
    send(scene, scene.listed())
    arguments = {"clock": scene.clock, "public_id": scene.case}
    refused(Forbidden, review.accept_case, actor=scene.be(scene.district.signer), **arguments)
    refused(NotVisible, review.accept_case, actor=scene.be(scene.other_district.signer), **arguments)
    refused(Forbidden, review.accept_case, actor=scene.be(scene.city.leader or Actor.public()), **arguments)
    refused(Forbidden, review.return_case, actor=scene.be(scene.district.signer), reason="不", **arguments)


def test_the_city_does_not_see_drafts(scene: scenes.Flow) -> None:
    listed = scene.listed()
    assert selectors.recommendations(actor=scene.be(scene.city.handler)) == []
    refused(NotVisible, selectors.recommendation_file, actor=scene.be(scene.city.handler), public_id=listed)
    assert len(selectors.recommendations(actor=scene.be(scene.district.handler))) == 1
    assert selectors.recommendations(actor=scene.be(scene.other_district.handler)) == []


def test_the_database_repeats_the_list(scene: scenes.Flow) -> None:
    listed = scene.listed()
    send(scene, listed)
    enter(Actor.system())
    row = Recommendation.objects.get(public_id=listed)
    item = RecommendationItem.objects.get()
    for statement in (
        f"update review_recommendation set sent_by_id = prepared_by_id where id = {row.pk}",  # noqa: S608  (a constant of this test)
        f"update review_recommendationitem set ticked = false, reason = '' where id = {item.pk}",  # noqa: S608  (a constant of this test)
        f"update applications_application set prelim_total = 79.99 where id = {item.application_id}",  # noqa: S608  (a constant of this test)
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
