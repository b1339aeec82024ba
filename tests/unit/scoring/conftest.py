"""One ready case for the tests of scoring."""

from __future__ import annotations

import pytest

from apps.core.moment import FixedClock
from tests.unit.scoring import scenes


@pytest.fixture
def scene(db: None, clock: FixedClock) -> scenes.Scene:
    """Return a case with an enterprise, two districts, a city and two experts; nothing is scored yet."""
    return scenes.build(clock)
