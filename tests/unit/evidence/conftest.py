"""One ready case, and a folder of its own for every test's files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apps.core.moment import FixedClock
from tests.unit.scoring import scenes


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """Return the folder the files of this test go to."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def scene(db: None, clock: FixedClock) -> scenes.Scene:
    """Return a case with an enterprise, two districts, a city and two experts."""
    return scenes.build(clock)
