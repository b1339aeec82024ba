"""Two officials of a district do the same thing at the same moment: one wins, the other hears why, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from apps.applications import services as applications
from apps.applications.models import ReturnedItem
from apps.applications.report_sections import REPORT_SECTIONS
from apps.core.actor import Actor
from apps.core.errors import Conflict, DomainError, WrongStep
from apps.core.scoping import enter
from apps.review import services as review
from apps.review.casework_models import CaseRemark, SitePhoto
from apps.scoring.models import ScoreEntry
from tests.portals.district.scenes import PNG
from tests.unit.foundation import at_once
from tests.unit.review import scenes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def _race(actors: list[Actor], act: Callable[[Actor, int], object]) -> list[object]:
    """Let the actors act at once, each in a transaction of its own; a refusal is a result."""

    def run(number: int) -> object:
        try:
            with transaction.atomic():
                enter(actors[number])
                return act(actors[number], number)
        except DomainError as refusal:
            return refusal

    return at_once(len(actors), run)


def _done(_: None) -> str:
    return "done"


def test_intake_is_done_once() -> None:
    with transaction.atomic():
        flow = scenes.build(scenes.morning())
        case = flow.submitted(3)
        staff = [flow.district.handler, flow.second_handler]
    taken = _race(
        staff, lambda actor, _: _done(review.take_case(actor=actor, clock=flow.clock, public_id=case))
    )
    lost = next(one for one in taken if one != "done")
    assert isinstance(lost, Conflict)
    assert "已在办这一件" in lost.message, "the loser hears who has it"
    assert taken.count("done") == 1
    accepted = _race(
        staff, lambda actor, _: _done(applications.accept(actor=actor, clock=flow.clock, public_id=case))
    )
    assert accepted.count("done") == 1
    assert sum(isinstance(one, WrongStep) for one in accepted) == 1
    items = [applications.ReturnItem("report", "不清楚", "请补充", REPORT_SECTIONS[0].code)]
    returned = _race(
        staff,
        lambda actor, _: (
            review.return_items(actor=actor, clock=flow.clock, public_id=case, items=items).count
        ),
    )
    assert sorted(isinstance(one, WrongStep) for one in returned) == [False, True]
    with transaction.atomic():
        enter(Actor.system())
        assert ReturnedItem.objects.filter(application__public_id=case).count() == 1


def test_one_row_scored_in_two_windows_keeps_both_versions_in_sight() -> None:
    with transaction.atomic():
        flow = scenes.build(scenes.morning())
        case = flow.in_prelim()
        handler = flow.district.handler
        review.claim_preliminary(actor=flow.be(handler), clock=flow.clock, public_id=case)

    def score(actor: Actor, number: int) -> object:
        answer = {
            "judged_points": f"0.{number + 1}0",
            "not_applicable": False,
            "reason": f"第 {number} 个窗口",
        }
        return review.score_item(
            actor=actor, clock=flow.clock, public_id=case, item_code="J1-01", version=1, answer=answer
        )

    outcomes = _race([handler, handler], score)
    lost = [one for one in outcomes if isinstance(one, Conflict)]
    assert len(lost) == 1
    with transaction.atomic():
        enter(Actor.system())
        stored = ScoreEntry.objects.get(
            sheet__application__public_id=case, sheet__kind="district", item_code="J1-01"
        )
        assert lost[0].current["judged_points"] == stored.judged_points, (
            "the refused window is shown what is stored"
        )
        assert stored.version == 2


def test_a_photo_and_a_remark_sent_twice_at_once_are_kept_once() -> None:
    with transaction.atomic():
        flow = scenes.build(scenes.morning())
        case = flow.in_prelim()
        handler = flow.district.handler
    shot = review.Shot(key="one", taken_at=flow.clock.now().at - timedelta(minutes=5))

    def send(actor: Actor, _: int) -> object:
        photo = review.add_site_photo(
            actor=actor,
            clock=flow.clock,
            public_id=case,
            item_code="J1-01",
            upload=SimpleUploadedFile("现场.png", PNG, "image/png"),
            shot=shot,
        )
        remark = review.add_remark(
            actor=actor,
            clock=flow.clock,
            public_id=case,
            item_code="J1-01",
            audience="internal",
            text="先查台账。",
            key="one",
        )
        return photo, remark

    first, second = _race([handler, handler], send)
    assert first == second
    with transaction.atomic():
        enter(Actor.system())
        assert SitePhoto.objects.count() == 1
        assert CaseRemark.objects.count() == 1


def test_a_sheet_is_signed_or_sent_back_but_not_both() -> None:
    with transaction.atomic():
        flow = scenes.build(scenes.morning())
        flow.in_prelim()
        flow.score("85.00")
        flow.hand_over()
        signer = flow.district.signer

    def act(actor: Actor, number: int) -> object:
        if number:
            review.return_preliminary(actor=actor, clock=flow.clock, public_id=flow.case, note="请复核照明。")
            return "returned"
        return review.sign_preliminary(actor=actor, clock=flow.clock, public_id=flow.case).digest

    outcomes = _race([signer, signer], act)
    assert sum(isinstance(one, WrongStep) for one in outcomes) == 1
    with transaction.atomic():
        enter(Actor.system())
        row = flow.prelim_row()
        assert row.state == ("scoring" if "returned" in outcomes else "signed")
        assert row.submitted_by_id is None or row.signed_by_id != row.submitted_by_id
