"""One round that takes applications now, and a browser of the enterprise's responsible person."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.portals import scenes


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    """Return the people and the round."""
    return scenes.build()


@pytest.fixture
def browser(scene: scenes.Scene) -> Client:
    """Return the browser of the enterprise's responsible person."""
    return scenes.signed_in(scene.enterprise)
