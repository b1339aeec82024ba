"""One ready round for the tests of applications."""

from __future__ import annotations

import pytest

from apps.core.moment import FixedClock
from tests.unit.applications import scenes


@pytest.fixture
def scene(db: None, clock: FixedClock) -> scenes.Scene:
    """Return an announced round that takes applications, and the people around it."""
    return scenes.build(clock)
