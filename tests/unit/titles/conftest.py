"""One ready scene for the tests of titles."""

from __future__ import annotations

import pytest

from apps.core.moment import FixedClock
from tests.unit.titles import scenes


@pytest.fixture
def scene(db: None, clock: FixedClock) -> scenes.Scene:
    """Return districts, city and enterprises; no title is awarded yet."""
    return scenes.build(clock)
