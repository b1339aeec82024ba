"""R-27: the award enters the register with a numbered certificate and a token that anybody can verify."""

from __future__ import annotations

import re

import pytest

from apps.core.actor import Actor
from apps.core.scoping import enter
from apps.titles import selectors as titles
from tests.unit.monitoring.scenes import clock
from tests.unit.staging import built_once, played
from tests.unit.titles import scenes


def _build() -> scenes.Scene:
    return scenes.build(clock())


stage = built_once(_build)
scene = played()


@pytest.mark.rule("R-27")
def test_an_award_is_numbered_and_can_be_verified_by_anybody(scene: scenes.Scene) -> None:
    given = scene.award(3)
    assert given.certificate_no is not None
    assert re.fullmatch(r".*\d{4,}.*", given.certificate_no)
    scene.be(Actor.public())
    by_number = titles.verify(certificate_no=given.certificate_no)
    by_token = titles.verify(token=given.verify_token)
    assert by_number.status == "valid"
    assert by_number == by_token
    assert titles.public_directory().total == 1
    assert titles.verify(certificate_no="no such number").status == "none"


@pytest.mark.rule("R-27")
def test_certificate_numbers_follow_one_another(scene: scenes.Scene) -> None:
    first, second = scene.award(3), scene.award(3, to=scene.neighbour, district="320506")
    digits = [int(re.findall(r"\d+", given.certificate_no or "")[-1]) for given in (first, second)]
    assert digits[1] == digits[0] + 1


@pytest.mark.rule("R-27")
def test_the_same_decision_gives_one_certificate(scene: scenes.Scene) -> None:
    first = scene.award(3, source="recognition-1")
    again = scene.award(3, source="recognition-1")
    assert (again.public_id, again.certificate_no, again.created) == (
        first.public_id,
        first.certificate_no,
        False,
    )
    enter(Actor.system())
