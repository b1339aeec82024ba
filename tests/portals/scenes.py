"""Cases that are alive today: pages ask the database clock, so rounds and people are made around the present moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.applications import services as applications
from apps.core.actor import Actor
from apps.core.moment import FixedClock, Moment
from apps.core.scoping import enter
from tests.unit.applications import scenes as cases

Scene = cases.Scene


def build(**round_changes: Any) -> Scene:
    """Return two districts, the city, two enterprises and a round that takes applications now."""
    now = Moment.of(timezone.now().replace(microsecond=0))
    changes = {
        "code": f"{now.on.year}B",
        "year": now.on.year,
        "opens_at": now.at - timedelta(days=3),
        "closes_at": now.at + timedelta(days=12),
        "prelim_due_on": now.on + timedelta(days=60),
        **round_changes,
    }
    return cases.build(FixedClock(now), round_changes=changes)


def signed_in(actor: Actor, **options: Any) -> Client:
    """Return a browser in which the person of *actor* has signed in."""
    enter(Actor.system())
    client = Client(**options)
    client.force_login(
        User.objects.get(pk=actor.user_id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def draft_application(scene: Scene, level: int = 3) -> str:
    """Start an empty draft; returns its public id."""
    return scene.draft(level)


def filled_application(scene: Scene, level: int = 3) -> str:
    """Start a draft and fill everything in through the services."""
    return scene.filled(level)


def submitted_application(scene: Scene, level: int = 3) -> str:
    """Fill in and hand in."""
    return scene.submitted(level)


def returned_application(scene: Scene, items: list[applications.ReturnItem], level: int = 3) -> str:
    """Hand in, let the district accept and return *items*."""
    public_id = scene.accepted(level)
    handler = scene.be(scene.district.handler)
    applications.return_items(actor=handler, clock=scene.clock, public_id=public_id, items=items)
    return public_id


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL statements of a request, without the savepoints that only mark a place."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].startswith(("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO"))
    ]
