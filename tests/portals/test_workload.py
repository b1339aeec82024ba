"""The numbers beside the navigation say what waits for one's own side, and only that."""

from __future__ import annotations

import pytest

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.portals.base.workload import open_work
from tests.unit.review import scenes


@pytest.fixture
def scene(db: None) -> scenes.Flow:
    return scenes.build(scenes.morning())


def test_a_case_counts_where_it_waits(scene: scenes.Flow) -> None:
    scene.in_check()
    assert _counts(scene.district.handler)["district:intake"] == 1
    assert _counts(scene.other_district.handler)["district:intake"] == 0


def test_a_recommended_case_waits_at_the_city(scene: scenes.Flow) -> None:
    scene.recommended()
    assert _counts(scene.city.handler)["municipal:recommendations"] == 1
    assert sum(_counts(scene.district.handler).values()) == 0


def test_who_has_no_cases_has_no_numbers(scene: scenes.Flow) -> None:
    assert _counts(scene.experts[0]) == {}
    assert _counts(scene.enterprise) == {}
    assert _counts(Actor.public()) == {}


def _counts(actor: Actor) -> dict[str, int]:
    enter(actor)
    return open_work(actor)
