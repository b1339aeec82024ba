"""The scene of the district's pages and browsers of its people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from apps.core.actor import Actor
from tests.portals.district import scenes
from tests.unit.staging import built_once, played

#: Two districts, the city, and a round that takes applications.
stage = built_once(lambda: scenes.build(scenes.autumn()), "package")
scene = played()


@pytest.fixture
def browser() -> Callable[[Actor], Client]:
    """Return a browser in which *actor* is signed in."""

    def sign_in(actor: Actor) -> Client:
        client = Client()
        client.force_login(
            get_user_model()._default_manager.get(pk=actor.user_id),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        # The first request of a session stores when it was seen: pages are measured without it.
        client.get("/home/")
        return client

    return sign_in
