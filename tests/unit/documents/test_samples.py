"""The scene behind the samples: papers that are filled in, and nothing of it left behind."""

from __future__ import annotations

from django.apps import apps

from apps.core.actor import Actor
from apps.documents.forms import build
from apps.documents.rendering.papers import UpwardLetter, YearlyTable
from suzhou_greenfactory.demo.sample_scene import filled_papers
from tests.unit.documents.conftest import City


def test_the_scene_fills_the_yearly_table_and_the_letter_and_leaves_nothing(city: City) -> None:
    with filled_papers(people=city.people, clock=city.clock) as scene:
        built = {
            kind: build(actor=Actor.system(), kind=kind, public_id=public_id, on=on)
            for kind, (public_id, on) in scene.items()
        }
        year = scene["yearly_table"][1].year
    table, letter = built["yearly_table"].paper, built["upward"].paper
    assert isinstance(table, YearlyTable)
    assert isinstance(letter, UpwardLetter)
    assert (built["yearly_table"].final, built["upward"].final) == (True, True)
    assert (table.year, table.state, len(table.projects)) == (year, "审核通过", 2)
    assert all(all(row.values) and row.values[0] for row in table.figures)
    assert all(row.answer for row in (*table.changes, *table.compliance))
    assert letter.number == f"苏工信节能〔{city.clock.now().on.year}〕912号"
    assert letter.enterprises[0].held == "3A"
    city.be(Actor.system())
    for name in ("monitoring.AnnualForm", "titles.UpwardList"):
        assert not apps.get_model(name)._default_manager.exists()
