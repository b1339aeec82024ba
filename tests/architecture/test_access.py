"""Deny by default: every URL declares its audience, and the declaration is what the server enforces."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from apps.core.actor import Actor
from apps.portals.base.middleware import AudienceMiddleware
from suzhou_greenfactory.generated import audience_of, walk_urls

#: Routes of the login library, which carries its own rules.
LIBRARY = ("accounts/",)


@pytest.mark.parametrize(("route", "name", "view"), [pytest.param(*row, id=row[0]) for row in walk_urls()])
def test_every_url_declares_its_audience(route: str, name: str, view: object) -> None:
    assert route.startswith(LIBRARY) or audience_of(view) is not None  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_view_without_audience_is_refused(client: object) -> None:
    def bare(request: object) -> None:
        raise AssertionError("must not run")

    request = RequestFactory().get("/somewhere/")
    request.user = type("Anonymous", (), {"is_authenticated": False})()  # type: ignore[assignment]
    request.session = {}  # type: ignore[assignment]
    response = AudienceMiddleware(lambda _: None).process_view(request, bare, (), {})  # type: ignore[arg-type, return-value]
    assert response is not None
    assert response.status_code == 403
    assert request.actor == Actor.public(address="127.0.0.1")  # type: ignore[attr-defined]
