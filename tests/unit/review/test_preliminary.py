"""初评: form check, claim, points, the second person; every gate, and R07 in service and database."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from apps.audit.models import AuditEvent
from apps.core.actor import Actor, Duty
from apps.core.errors import Forbidden, Invalid, NotVisible, WrongStep
from apps.core.scoping import enter
from apps.review import selectors
from apps.review import services as review
from apps.review.models import FormCheck
from apps.scoring import selectors as scoring
from apps.scoring.models import ScoreSheet
from tests.unit.refusals import broken, refused
from tests.unit.review import scenes
from tests.unit.staging import built_once, played

#: Characters of a SHA-256 digest.
_SHA256_HEX = 64


def _build() -> scenes.Flow:
    flow = scenes.build(scenes.morning())
    flow.in_prelim()
    return flow


stage = built_once(_build)
scene = played()


def handler_and_signer(actor: Actor) -> Actor:
    """Return the same person with both duties: separation must hold by person, not by duty."""
    return Actor(
        role=actor.role,
        user_id=actor.user_id,
        name=actor.name,
        district=actor.district,
        duties=frozenset({Duty.HANDLER, Duty.SIGNER}),
    )


def test_the_form_check_is_kept_and_opens_scoring(scene: scenes.Flow) -> None:
    assert scene.state() == "prelim"
    kept = FormCheck.objects.get()
    assert (kept.turn, kept.complete, kept.rows) == (1, True, scenes.FORM_ROWS)
    assert kept.checked_by_id == scene.district.handler.user_id
    found = selectors.preliminary_of(actor=scene.be(scene.district.handler), public_id=scene.case)
    assert (found.state, found.scorer_id, found.answered) == ("scoring", None, 0)


@pytest.mark.parametrize("name", ["claim_preliminary", "release_preliminary", "sign_preliminary"])
def test_foreign_people_do_not_see_the_case(scene: scenes.Flow, name: str) -> None:
    act = getattr(review, name)
    for stranger in (
        scene.other_district.handler,
        scene.other_district.signer,
        scene.neighbour,
        scene.experts[0],
        Actor.public(),
    ):
        assert isinstance(
            _error(act, actor=scene.be(stranger), clock=scene.clock, public_id=scene.case),
            NotVisible | Forbidden,
        )
    refused(
        NotVisible,
        review.claim_preliminary,
        actor=scene.be(scene.other_district.handler),
        clock=scene.clock,
        public_id=scene.case,
    )


def _error(act: object, **arguments: object) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011  (the type is asserted by the caller)
        act(**arguments)  # type: ignore[operator]
    return caught.value


def test_only_a_handler_claims_and_only_one(scene: scenes.Flow) -> None:
    arguments = {"clock": scene.clock, "public_id": scene.case}
    refused(Forbidden, review.claim_preliminary, actor=scene.be(scene.district.signer), **arguments)
    refused(Forbidden, review.claim_preliminary, actor=scene.be(scene.city.handler), **arguments)
    review.claim_preliminary(actor=scene.be(scene.district.handler), **arguments)
    review.claim_preliminary(actor=scene.be(scene.district.handler), **arguments)
    refused(Forbidden, review.claim_preliminary, actor=scene.be(scene.second_handler), **arguments)
    refused(Forbidden, review.release_preliminary, actor=scene.be(scene.second_handler), **arguments)
    review.release_preliminary(actor=scene.be(scene.district.handler), **arguments)
    review.claim_preliminary(actor=scene.be(scene.second_handler), **arguments)
    assert scene.prelim_row().scorer_id == scene.second_handler.user_id


def test_points_need_a_claim_and_stay_below_the_maximum(scene: scenes.Flow) -> None:
    handler = scene.be(scene.district.handler)
    one = {"K5-01": {"judged_points": "0.10", "reason": "按佐证判定。"}}
    arguments = {"clock": scene.clock, "public_id": scene.case}
    refused(Forbidden, review.score_items, actor=handler, answers=one, **arguments)
    review.claim_preliminary(actor=handler, **arguments)
    refused(Forbidden, review.score_items, actor=scene.be(scene.second_handler), answers=one, **arguments)
    refused(
        NotVisible, review.score_items, actor=scene.be(scene.other_district.handler), answers=one, **arguments
    )
    scene.be(handler)
    review.score_items(actor=handler, answers=one, **arguments)
    for wrong in ("100.01", "-0.01", "NaN", "1.005", "1e2"):
        refused(
            Invalid,
            review.score_items,
            actor=handler,
            answers={"K5-01": {"judged_points": wrong, "reason": "试"}},
            **arguments,
        )


def test_nothing_is_handed_over_unfinished(scene: scenes.Flow) -> None:
    handler = scene.be(scene.district.handler)
    arguments = {"clock": scene.clock, "public_id": scene.case}
    review.claim_preliminary(actor=handler, **arguments)
    refused(Invalid, review.submit_preliminary, actor=handler, opinion=" ", **arguments)
    refused(Invalid, review.submit_preliminary, actor=handler, opinion="可以", vetoes=["V-99"], **arguments)
    assert broken(review.submit_preliminary, actor=handler, opinion=scenes.OPINION, **arguments) == ["R-15"]
    refused(Forbidden, review.submit_preliminary, actor=scene.second_handler, opinion="可以", **arguments)


def test_a_difference_without_a_reason_is_refused(scene: scenes.Flow) -> None:
    handler = scene.be(scene.district.handler)
    arguments = {"clock": scene.clock, "public_id": scene.case}
    scene.score("85.00")
    found = selectors.preliminary_of(actor=scene.be(handler), public_id=scene.case)
    desk = scoring.compare_view(actor=handler, public_id=found.sheet_public_id)
    rows = [row for part in desk.dimensions for group in part.groups for row in group.rows]
    item = next(row for row in rows if row.baseline and row.baseline.points == row.max_points)
    silent = {item.code: {"judged_points": "0.00", "reason": ""}}
    reasoned = {item.code: {"judged_points": "0.00", "reason": "佐证不足。"}}
    error = refused(Invalid, review.score_items, actor=handler, answers=silent, **arguments)
    assert isinstance(error, Invalid)
    assert list(error.errors) == [item.code]
    # a difference that slipped in without its reason is caught again when the sheet is handed over
    with connection.cursor() as cursor:
        cursor.execute(
            "update scoring_scoreentry e set judged_points = 0, points = 0, reason = '' from scoring_scoresheet s"
            " where s.id = e.sheet_id and s.public_id = %s and e.item_code = %s",
            [found.sheet_public_id, item.code],
        )
    assert broken(review.submit_preliminary, actor=handler, opinion=scenes.OPINION, **arguments) == ["R-15"]
    review.score_items(actor=handler, answers=reasoned, **arguments)
    review.submit_preliminary(actor=handler, opinion=scenes.OPINION, **arguments)
    assert scene.prelim_row().state == "submitted"


def test_sign_off_needs_another_person(scene: scenes.Flow) -> None:
    arguments = {"clock": scene.clock, "public_id": scene.case}
    scene.score("85.00")
    refused(WrongStep, review.sign_preliminary, actor=scene.be(scene.district.signer), **arguments)
    scene.hand_over()
    scorer = handler_and_signer(scene.district.handler)
    assert broken(review.sign_preliminary, actor=scene.be(scorer), **arguments) == ["R-15"]
    refused(Forbidden, review.sign_preliminary, actor=scene.be(scene.second_handler), **arguments)
    refused(Forbidden, review.sign_preliminary, actor=scene.be(scene.city.signer), **arguments)
    refused(NotVisible, review.sign_preliminary, actor=scene.be(scene.other_district.signer), **arguments)
    signed = review.sign_preliminary(actor=scene.be(scene.district.signer), **arguments)
    enter(Actor.system())
    told = AuditEvent.objects.get(event="preliminary.sign").after
    stored = ScoreSheet.objects.get(application__public_id=scene.case, kind="district")
    assert (told["total"], told["digest"]) == ("85.00", stored.digest)
    assert len(stored.digest) == _SHA256_HEX, "what was signed is told from anything written later"
    row = scene.case_row()
    assert (signed.total, row.prelim_total, row.state) == (
        Decimal("85.00"),
        Decimal("85.00"),
        "prelim_signed",
    )
    assert (row.prelim_by_id, row.prelim_signed_by_id) == (
        scene.district.handler.user_id,
        scene.district.signer.user_id,
    )
    refused(WrongStep, review.sign_preliminary, actor=scene.be(scene.district.signer), **arguments)
    refused(
        WrongStep,
        review.score_items,
        actor=scene.be(scene.district.handler),
        answers={"K5-01": {"judged_points": "0.10", "reason": "晚了。"}},
        **arguments,
    )


def test_whoever_scored_one_item_cannot_sign_it_later(scene: scenes.Flow) -> None:
    """The separation follows the person through release and take-over, not only the one who submitted."""
    arguments = {"clock": scene.clock, "public_id": scene.case}
    handler = scene.be(scene.second_handler)
    review.claim_preliminary(actor=handler, **arguments)
    adopted = review.adopt_self_scores(actor=handler, item_codes=["K5-01"], **arguments)
    assert adopted.answered == 1
    review.release_preliminary(actor=handler, **arguments)
    scene.score("85.00")
    # the second handler's entry is overwritten by the first one, another entry is touched again by the second
    review.release_preliminary(actor=scene.be(scene.district.handler), **arguments)
    review.claim_preliminary(actor=scene.be(handler), **arguments)
    review.score_items(
        actor=handler, answers={"K5-01": {"judged_points": "0.05", "reason": "复核后调整。"}}, **arguments
    )
    review.release_preliminary(actor=handler, **arguments)
    review.claim_preliminary(actor=scene.be(scene.district.handler), **arguments)
    scene.hand_over()
    assert broken(review.sign_preliminary, actor=scene.be(handler_and_signer(handler)), **arguments) == [
        "R-15"
    ]


def test_a_returned_sheet_is_scored_again(scene: scenes.Flow) -> None:
    arguments = {"clock": scene.clock, "public_id": scene.case}
    scene.score("85.00")
    scene.hand_over()
    refused(
        WrongStep,
        review.score_items,
        actor=scene.be(scene.district.handler),
        answers={"K5-01": {"judged_points": "0.10", "reason": "改。"}},
        **arguments,
    )
    refused(Invalid, review.return_preliminary, actor=scene.be(scene.district.signer), note="", **arguments)
    refused(
        Forbidden, review.return_preliminary, actor=scene.be(scene.second_handler), note="重评", **arguments
    )
    review.return_preliminary(actor=scene.be(scene.district.signer), note="K5-01 佐证请再核。", **arguments)
    row = scene.prelim_row()
    assert (row.state, row.submitted_by_id, row.return_note) == ("scoring", None, "K5-01 佐证请再核。")
    scene.hand_over()
    review.sign_preliminary(actor=scene.be(scene.district.signer), **arguments)
    assert scene.prelim_row().return_note == ""


def test_the_database_repeats_the_second_person(scene: scenes.Flow) -> None:
    scene.score("85.00")
    scene.hand_over()
    review.sign_preliminary(actor=scene.be(scene.district.signer), clock=scene.clock, public_id=scene.case)
    row = scene.prelim_row()
    for statement in (
        f"update review_preliminaryreview set signed_by_id = submitted_by_id where id = {row.pk}",  # noqa: S608  (a constant of this test)
        f"update review_preliminaryreview set signed_by_id = null where id = {row.pk}",  # noqa: S608  (a constant of this test)
        f"update review_preliminaryreview set signed_total = 'NaN' where id = {row.pk}",  # noqa: S608  (a constant of this test)
        f"update review_preliminaryreview set signed_total = 100.01 where id = {row.pk}",  # noqa: S608  (a constant of this test)
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_queue_and_next_case(scene: scenes.Flow) -> None:
    handler = scene.be(scene.district.handler)
    assert [row.case.public_id for row in selectors.preliminary_queue(actor=handler)] == [scene.case]
    assert selectors.preliminary_queue(actor=handler, mine=True) == []
    assert selectors.next_in_queue(actor=handler) == scene.case
    assert selectors.next_in_queue(actor=handler, after_public_id=scene.case) is None
    assert selectors.preliminary_counts(actor=handler)["scoring"] == 1
    other = scene.be(scene.other_district.handler)
    assert selectors.preliminary_queue(actor=other) == []
    assert selectors.preliminary_counts(actor=other)["scoring"] == 0
    refused(NotVisible, selectors.preliminary_of, actor=other, public_id=scene.case)
