"""Where the second factor is required, an account without one is told so: a page by redirect, a program by 403."""

from __future__ import annotations

from django.test import Client, override_settings
from django.urls import reverse

from apps.accounts.models import User
from apps.core.actor import Actor
from apps.core.scoping import enter
from tests.api.callers import caller
from tests.unit.review import scenes


@override_settings(GF_REQUIRE_SECOND_FACTOR=True)
def test_a_program_gets_403_and_the_way_out(scene: scenes.Flow) -> None:
    refused = caller(scene.city.handler).get("applications/", expect=403)
    assert "二次验证" in refused["detail"]


@override_settings(GF_REQUIRE_SECOND_FACTOR=True)
def test_a_page_leads_to_the_set_up(scene: scenes.Flow) -> None:
    client = Client()
    enter(Actor.system())
    client.force_login(
        User.objects.get(pk=scene.city.handler.user_id),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    assert client.get("/m/").headers["Location"] == reverse("mfa_activate_totp")


@override_settings(GF_REQUIRE_SECOND_FACTOR=True)
def test_enterprises_may_do_without(scene: scenes.Flow) -> None:
    caller(scene.enterprise).get("applications/")
