"""People who call the interface over HTTP, signed in with the portal's session."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.scoping import enter

BASE = "/api/v1/"


@dataclass
class Caller:
    """One person (or the public) and what the last answer was."""

    client: Client

    def get(self, path: str, *, expect: int = 200, **query: object) -> Any:
        """GET and return the body."""
        return self._body(self.client.get(BASE + path, query), expect)

    def post(self, path: str, body: object = None, *, expect: int = 200) -> Any:
        """POST JSON and return the body (None for 204)."""
        sent = json.dumps({} if body is None else body)
        return self._body(self.client.post(BASE + path, sent, content_type="application/json"), expect)

    def send(self, path: str, form: dict[str, Any], *, expect: int = 200) -> Any:
        """POST a form with files and return the body."""
        return self._body(self.client.post(BASE + path, form), expect)

    @staticmethod
    def _body(response: Any, expect: int) -> Any:
        assert response.status_code == expect, f"{response.status_code}: {response.content.decode()[:600]}"
        return response.json() if response.content else None


def caller(actor: Actor | None = None) -> Caller:
    """Return a caller signed in as *actor*; None: the public."""
    client = Client()
    if actor is not None:
        enter(Actor.system())
        client.force_login(
            User.objects.get(pk=actor.user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
    return Caller(client)
