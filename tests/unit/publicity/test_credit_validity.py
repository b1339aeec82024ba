"""A credit result is watched from its record to the notice it serves (R-23)."""

from __future__ import annotations

import pytest

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.deadlines.models import Obligation
from apps.publicity import services as publicity
from apps.publicity.models import CreditCheck
from tests.unit.review import scenes
from tests.unit.staging import built_once, played

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-23")]


def _in_credit() -> scenes.Flow:
    flow = scenes.build(scenes.morning(), experts=3)
    flow.in_credit()
    return flow


stage = built_once(_in_credit)
scene = played()


def watched() -> list[tuple[str, str]]:
    """Return state and party of every watched result, oldest first; each is due on its result's last day."""
    enter(Actor.system())
    rows = Obligation.objects.filter(kind="publicity.credit").order_by("pk")
    days = {row.pk: row.valid_until for row in CreditCheck.objects.all()}
    assert all(row.due_on == days[row.subject_id] for row in rows)
    return [(row.state, row.party) for row in rows]


def test_it_is_met_by_the_notice_that_starts_on_it(scene: scenes.Flow) -> None:
    scene.credit()
    assert watched() == [("open", "municipal")]
    scene.publish()
    assert watched() == [("met", "municipal")]


def test_a_newer_result_takes_its_place_and_one_that_stops_the_case_is_not_watched(
    scene: scenes.Flow,
) -> None:
    scene.credit()
    scene.credit()
    assert watched() == [("cancelled", "municipal"), ("open", "municipal")]
    scene.explain()
    assert watched() == [("cancelled", "municipal"), ("cancelled", "municipal")]
    scene.credit(result="explained", matters="说明已采信。")
    assert watched()[-1] == ("open", "municipal")


def test_a_case_that_ends_needs_it_no_longer(scene: scenes.Flow) -> None:
    scene.credit()
    publicity.refuse_for_credit(
        actor=scene.be(scene.city.signer), clock=scene.clock, public_id=scene.case, reason="查询后撤销。"
    )
    assert watched() == [("cancelled", "municipal")]
