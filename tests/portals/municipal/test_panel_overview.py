"""The overview of all panels costs the same however many there are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suzhou_greenfactory.benchmarks.measuring import statements
from suzhou_greenfactory.benchmarks.panels import MOST_QUERIES, many_panels
from tests.portals.scenes import signed_in
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.staging import built_once, played


def _build() -> Flow:
    flow = scenes.build(scenes.morning())
    flow.concluded()
    return flow


stage = built_once(_build)
scene = played()


@pytest.mark.rule("R-22")
def test_250_applications_with_three_experts_cost_no_more_than_five(scene: Flow) -> None:
    browser = signed_in(scene.city.handler)
    spent = {}
    for volume in (5, 250):
        with many_panels(volume), CaptureQueriesContext(connection) as captured:
            answer = browser.get("/m/panels/?sort=disagreement&size=250")
            spent[volume] = statements(captured)
        assert answer.status_code == 200
        assert len(answer.context["found"].rows) == min(volume + 1, 250)
        assert all(len(row.members) == 3 for row in answer.context["found"].rows)
    assert spent[5] == spent[250] <= MOST_QUERIES, spent
