"""The city's people at their browsers, with the pages' clocks set to the scene's."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from unittest import mock

from django.test import Client
from django.urls import reverse

from apps.core.actor import Actor
from apps.core.moment import DatabaseClock
from apps.core.scoping import enter
from apps.portals.municipal import common
from tests.portals.scenes import signed_in, statements
from tests.unit.review.scenes import Flow


class Desk:
    """Opens and posts pages as one of the city's people, at the hour of the scene."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._browsers: dict[int | None, Client] = {}

    def _browser(self, actor: Actor) -> Client:
        if actor.user_id not in self._browsers:
            self._browsers[actor.user_id] = signed_in(actor)
        return self._browsers[actor.user_id]

    def get(self, name: str, /, *args: Any, by: Actor | None = None, **query: Any) -> Any:
        """Open a page by its URL name."""
        with self._hour():
            return self._browser(by or self.flow.city.handler).get(
                reverse(f"municipal:{name}", args=args), query
            )

    def post(self, name: str, /, *args: Any, by: Actor | None = None, **data: Any) -> Any:
        """Send a form by the name of its URL."""
        with self._hour():
            return self._browser(by or self.flow.city.handler).post(
                reverse(f"municipal:{name}", args=args), data
            )

    def cost(self, name: str, /, **query: Any) -> list[str]:
        """Return the statements of a page, opened for the second time."""
        self.get(name, **query)
        with self._hour():
            browser = self._browser(self.flow.city.handler)
            with statements() as run:
                assert browser.get(reverse(f"municipal:{name}"), query).status_code == 200
        return run

    def _hour(self) -> ExitStack:
        enter(Actor.system())
        clock = self.flow.clock
        stack = ExitStack()
        stack.enter_context(mock.patch.object(DatabaseClock, "now", return_value=clock.now()))
        stack.enter_context(mock.patch.object(common, "shown_at", return_value=clock.now().at))
        return stack


def text_of(response: Any) -> str:
    """Return the body of a page."""
    return str(response.content.decode())
