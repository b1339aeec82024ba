"""The interface asks the scene's clock instead of the database's."""

from __future__ import annotations

import pytest

from apps.core.moment import FixedClock
from tests.unit.review import scenes


@pytest.fixture
def scene(db: None, monkeypatch: pytest.MonkeyPatch) -> scenes.Flow:
    """Return people and an announced round; endpoints live in the scene's time."""
    flow = scenes.build(scenes.morning())
    at_scene_time(flow.clock, monkeypatch)
    return flow


def at_scene_time(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every endpoint read *clock*."""
    monkeypatch.setattr("apps.api.base.DatabaseClock", lambda: clock)
