"""Two reviewers at one desk, with real transactions."""

from __future__ import annotations

import pytest
from django.db import transaction

from apps.core.actor import Duty, Role
from apps.core.errors import Conflict
from apps.core.moment import DatabaseClock, FixedClock
from apps.core.scoping import enter
from apps.scoring import services as scoring
from apps.scoring.models import ScoreEntry, ScoreSheet
from tests import worlds
from tests.unit.foundation import at_once
from tests.unit.scoring import scenes

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_reviewers_never_overwrite_each_other(clock: FixedClock) -> None:
    with transaction.atomic():
        scene = scenes.build(clock)
        second = worlds.staff_member(
            clock, "d2", "钱海燕", role=Role.DISTRICT, duties=[Duty.HANDLER], district=worlds.KUNSHAN
        )
        scene.signed_self()
        ref = scene.open_district()
    people = [scene.district.handler, second]

    def save(number: int, item: str, points: str) -> str:
        with transaction.atomic():
            enter(people[number])
            try:
                saved = scoring.save_entry(
                    actor=people[number],
                    clock=DatabaseClock(),
                    public_id=ref.public_id,
                    item_code=item,
                    version=1,
                    answer={"judged_points": points, "reason": "核实"},
                )
            except Conflict as conflict:
                return f"conflict {conflict.current['judged_points']} {conflict.current['updated_by']}"
        return f"saved {saved.points_text}"

    same = at_once(2, lambda number: save(number, "J1-01", f"1.{number}0"))
    winner = next(place for place, outcome in enumerate(same) if outcome.startswith("saved"))
    assert same[1 - winner] == f"conflict 1.{winner}0 {people[winner].name}"

    different = at_once(2, lambda number: save(number, ("J1-02", "J1-03")[number], "0.50"))
    assert different == ["saved 0.50", "saved 0.50"]

    with transaction.atomic():
        enter(people[0])
        sheet = ScoreSheet.objects.get(pk=ref.id)
        total = sum(entry.points or 0 for entry in ScoreEntry.objects.filter(sheet_id=ref.id))
        assert sheet.total == total  # neither sum was lost
        assert sheet.answered == 3


def test_a_sheet_is_opened_once(clock: FixedClock) -> None:
    with transaction.atomic():
        scene = scenes.build(clock)
        scene.signed_self()
    actor = scene.district.handler

    def open_it(_number: int) -> str:
        with transaction.atomic():
            enter(actor)
            return scoring.open_sheet(
                actor=actor, clock=DatabaseClock(), case=scene.case, kind="district"
            ).public_id

    assert len(set(at_once(2, open_it))) == 1
