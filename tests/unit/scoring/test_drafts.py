"""A draft is copied, changed part by part, tried on past applications and published by somebody who did not write it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from apps.core.actor import Duty
from apps.core.errors import Conflict, Forbidden, Invalid, NotVisible, RuleBroken, WrongStep
from apps.core.scoping import enter
from apps.policy.evaluation.editing import Edit, Part, Removal, place_of
from apps.scoring import selectors
from apps.scoring import services as scoring
from apps.scoring.models import Scheme
from apps.scoring.states import PUBLISHED, RETIRED
from tests.unit.scoring.scenes import SUZHOU, Scene

pytestmark = pytest.mark.django_db


class Drafting:
    """A draft of the Suzhou system and the people around it."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.clock, self.by = scene, scene.clock, scene.city.handler
        source = Scheme.objects.get(code=SUZHOU, status=PUBLISHED)
        enter(self.by)
        self.source = source.public_id
        self.id = scoring.copy_scheme(actor=self.by, clock=self.clock, public_id=self.source)

    @property
    def view(self) -> selectors.DraftView:
        return selectors.draft(actor=self.by, public_id=self.id)

    def change(self, change: Any, **extra: Any) -> str:
        given = {"actor": self.by, "seen": self.view.row.digest, **extra}
        return scoring.revise_draft(clock=self.clock, public_id=self.id, change=change, **given)

    def item(self, code: str, **changes: Any) -> str:
        view = self.view
        fields = {**view.entry(Part.ITEM, code), **changes}
        return self.change(Edit(Part.ITEM, code, fields, place_of(view.content, code)))


@pytest.fixture
def drafting(scene: Scene) -> Drafting:
    return Drafting(scene)


@pytest.mark.rule("R-07")
def test_a_copy_is_the_next_version_and_says_the_same(drafting: Drafting) -> None:
    assert (drafting.view.row.version, drafting.view.problems) == (2, ())
    assert selectors.differences(actor=drafting.by, before=drafting.source, after=drafting.id)[2] == []
    with pytest.raises(WrongStep, match="未发布的草案"):
        scoring.copy_scheme(actor=drafting.by, clock=drafting.clock, public_id=drafting.source)
    other = scoring.copy_scheme(
        actor=drafting.by, clock=drafting.clock, public_id=drafting.source, code="SZGF-TEX", name="纺织"
    )
    assert selectors.scheme(actor=drafting.by, public_id=other).version == 1
    for code, message in (("SZGF-TEX", "已在使用"), ("坏 编号", "体系编号由")):
        with pytest.raises(Invalid, match=message):
            scoring.copy_scheme(actor=drafting.by, clock=drafting.clock, public_id=drafting.source, code=code)
    with pytest.raises(WrongStep, match="直接修改"):
        scoring.copy_scheme(actor=drafting.by, clock=drafting.clock, public_id=other)


@pytest.mark.rule("R-07")
def test_only_the_citys_handler_writes_and_nobody_writes_what_is_published(drafting: Drafting) -> None:
    scene = drafting.scene
    for actor in (scene.city.signer, scene.district.handler, scene.enterprise):
        with pytest.raises(Forbidden):
            scoring.copy_scheme(actor=actor, clock=drafting.clock, public_id=drafting.source)
        with pytest.raises(Forbidden):
            drafting.change(Removal(Part.ITEM, "x"), actor=actor)
        with pytest.raises(Forbidden):
            scoring.discard_draft(actor=actor, clock=drafting.clock, public_id=drafting.id)
    with pytest.raises(WrongStep, match="不能修改"):
        scoring.revise_draft(
            actor=drafting.by,
            clock=drafting.clock,
            public_id=drafting.source,
            seen="",
            change=Removal(Part.ITEM, "x"),
        )
    enter(scene.district.handler)
    with pytest.raises(NotVisible):
        selectors.draft(actor=scene.district.handler, public_id=drafting.id)


def test_a_part_that_is_wrong_in_itself_is_refused_at_its_field(drafting: Drafting) -> None:
    code = drafting.view.spec.items[0].code
    for changes, field in (
        ({"max_points": "0"}, "max_points"),
        ({"max_points": "甲"}, "max_points"),
        ({"name": ""}, "name"),
        ({"requirement": "随便"}, "requirement"),
        ({"metric": "nosuch"}, "metric"),
        ({"scoring": {"method": "graded", "options": [{"label": "甲", "ratio": "0.5"}]}}, "detail"),
        ({"scoring": {"method": "guess"}}, "method"),
        ({"guidance": "长" * 4001}, "guidance"),
    ):
        with pytest.raises(Invalid) as refused:
            drafting.item(code, **changes)
        assert set(refused.value.errors) == {field}, changes
    with pytest.raises(Invalid) as refused:
        drafting.change(Edit(Part.HEAD, "", {"name": "", "status": "standard"}))
    assert set(refused.value.errors) == {"name"}
    with pytest.raises(Invalid) as refused:
        drafting.change(Edit(Part.HEAD, "", {"name": "甲", "status": "standard"}), industries=["1", "26"])
    assert set(refused.value.errors) == {"industries"}
    assert drafting.view.row.digest == selectors.scheme(actor=drafting.by, public_id=drafting.source).digest


def test_a_contradiction_of_the_whole_is_listed_and_stops_publishing_only(drafting: Drafting) -> None:
    item = drafting.view.spec.items[0]
    drafting.item(item.code, max_points=str(item.max_points + 1))
    (problem, *_) = drafting.view.problems
    assert problem.part is Part.DIMENSION
    signer = drafting.scene.city.signer
    enter(signer)
    with pytest.raises(Invalid):
        scoring.publish_scheme(actor=signer, clock=drafting.clock, public_id=drafting.id)
    assert selectors.scheme_spec(actor=signer, scheme_id=drafting.view.row.id).item(item.code)


def test_two_people_do_not_write_over_each_other(drafting: Drafting) -> None:
    seen = drafting.view.row.digest
    first = drafting.change(Edit(Part.HEAD, "", {"name": "甲案", "status": "standard"}), industries=["17"])
    with pytest.raises(Conflict) as refused:
        drafting.change(Edit(Part.HEAD, "", {"name": "乙案", "status": "standard"}), seen=seen)
    assert refused.value.current == {"digest": first}
    assert (drafting.view.row.name, drafting.view.row.industries) == ("甲案", ("17",))


@pytest.mark.rule("R-07")
def test_whoever_changed_a_draft_cannot_publish_it(drafting: Drafting) -> None:
    scene = drafting.scene
    both = replace(scene.city.signer, duties=frozenset({Duty.HANDLER, Duty.SIGNER}))
    with pytest.raises(Invalid, match="完全相同"):
        scoring.publish_scheme(actor=both, clock=drafting.clock, public_id=drafting.id)
    item = drafting.view.spec.items[0]
    enter(both)
    fields = {**drafting.view.entry(Part.ITEM, item.code), "guidance": "补充说明"}
    drafting.change(
        Edit(Part.ITEM, item.code, fields, place_of(drafting.view.content, item.code)), actor=both
    )
    with pytest.raises(RuleBroken):
        scoring.publish_scheme(actor=both, clock=drafting.clock, public_id=drafting.id)
    # the date of the version it was copied from has passed
    enter(scene.city.leader)
    with pytest.raises(RuleBroken, match="不能追溯生效"):
        scoring.publish_scheme(actor=scene.city.leader, clock=drafting.clock, public_id=drafting.id)
    enter(drafting.by)
    drafting.change(Edit(Part.HEAD, "", {**drafting.view.entry(Part.HEAD, ""), "effective_from": None}))
    enter(scene.city.leader)
    replaced = scoring.publish_scheme(actor=scene.city.leader, clock=drafting.clock, public_id=drafting.id)
    assert replaced
    states = {row.version: row.status for row in selectors.versions_of(actor=drafting.by, code=SUZHOU)}
    assert states == {1: RETIRED, 2: PUBLISHED}
    retired = selectors.draft(actor=drafting.by, public_id=drafting.source)
    assert retired.spec.items[0].guidance != "补充说明", "the retired version stays readable as it was"


def test_a_draft_is_thrown_away(drafting: Drafting) -> None:
    scoring.discard_draft(actor=drafting.by, clock=drafting.clock, public_id=drafting.id)
    with pytest.raises(NotVisible):
        selectors.draft(actor=drafting.by, public_id=drafting.id)


def test_a_simulation_is_asked_for_by_the_city_for_a_draft_only(drafting: Drafting) -> None:
    scene = drafting.scene
    assert scoring.request_impact(actor=drafting.by, clock=drafting.clock, public_id=drafting.id)
    with pytest.raises(Forbidden):
        scoring.request_impact(actor=scene.district.handler, clock=drafting.clock, public_id=drafting.id)
    with pytest.raises(WrongStep):
        scoring.request_impact(actor=drafting.by, clock=drafting.clock, public_id=drafting.source)
    with pytest.raises(Invalid):
        scoring.request_impact(actor=drafting.by, clock=drafting.clock, public_id=drafting.id, against="NONE")


def test_a_new_system_is_compared_with_the_one_it_was_made_from(scene: Scene) -> None:
    drafting = Drafting(scene)
    own = selectors.compared_version(actor=drafting.by, row=drafting.view.row)
    assert own is not None
    assert own.public_id == drafting.source
    new = scoring.copy_scheme(
        actor=drafting.by, clock=drafting.clock, public_id=drafting.source, code="SZGF-2027", name="本局新版"
    )
    found = selectors.compared_version(
        actor=drafting.by, row=selectors.draft(actor=drafting.by, public_id=new).row
    )
    assert found is not None
    assert found.public_id == drafting.source
