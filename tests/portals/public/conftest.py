"""Public pages live in the scene's time."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.unit.review import scenes

CLOCKED = ("calls", "feeds", "notices", "opendata", "verification", "objections", "registration", "site")


@pytest.fixture
def scene(db: None, monkeypatch: pytest.MonkeyPatch) -> scenes.Flow:
    """Return people and an announced round; pages ask the scene's clock."""
    flow = scenes.build(scenes.morning(), experts=3)
    cache.clear()
    for module in CLOCKED:
        monkeypatch.setattr(f"apps.portals.public.{module}.DatabaseClock", lambda: flow.clock)
    return flow
