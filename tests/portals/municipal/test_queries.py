"""Lists cost at most twelve statements, and the same at one row as at two."""

from __future__ import annotations

import pytest

from tests.portals.municipal.desk import Desk
from tests.unit.review import scenes
from tests.unit.review.scenes import Flow
from tests.unit.staging import built_once, played

MOST = 12
LISTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("home", {}),
    ("board", {"stage": "credit"}),
    ("credit", {}),
    ("panels", {}),
    ("recommendations", {}),
    ("notices", {}),
    ("objections", {}),
    ("recognitions", {}),
    ("filings", {}),
    ("rounds", {}),
    ("monitoring", {}),
    ("external", {}),
    ("schemes", {}),
    ("experts", {}),
    ("calendar", {}),
    ("dashboard_cases", {"figure": "submitted"}),
    ("dashboard_cases", {"state": "credit_check"}),
    ("dashboard_overdue", {}),
    ("dashboard_awards", {}),
    ("upwards", {}),
    ("spot_checks", {}),
    ("revocations", {}),
    ("annual_list", {}),
    ("enterprises", {}),
)


def _build() -> Flow:
    flow = scenes.build(scenes.morning())
    flow.in_credit()
    flow.credit()
    return flow


stage = built_once(_build)
scene = played()


def _costs(desk: Desk) -> dict[str, list[str]]:
    return {f"{name}?{query}": desk.cost(name, **query) for name, query in LISTS}


@pytest.mark.slow
def test_lists_do_not_grow_with_their_rows(scene: Flow) -> None:
    desk = Desk(scene)
    one = _costs(desk)
    scene.second()
    two = _costs(desk)
    assert {name: len(run) for name, run in two.items()} == {name: len(run) for name, run in one.items()}
    dear = {name: run for name, run in two.items() if len(run) > MOST}
    assert not dear, "\n".join(
        f"{name} {len(run)}:\n  " + "\n  ".join(sql[:140] for sql in run) for name, run in dear.items()
    )
