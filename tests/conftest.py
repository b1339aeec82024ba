"""Every test that uses the database runs as the plain application role: row-level security is real here.

The test database is made and migrated by the owner role; then each connection does `SET ROLE gf_app`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase

from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, FixedClock, Moment
from apps.core.scoping import enter

_ROLE = "gf_app"


def _become_application(connection: Any, **_: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"set role {_ROLE}")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """After the owner has made the database: load reference data, then step down for good."""
    with django_db_blocker.unblock():
        _load_reference()
        connection_created.connect(_become_application, dispatch_uid="tests-role")
        for connection in connections.all():
            connection.close()


def _load_reference() -> None:
    call_command("load_reference", verbosity=0)


def _teardown_as_owner(original: Any) -> Any:
    """Flushing needs the owner; reference data is loaded again for the next test."""

    def teardown(self: TransactionTestCase) -> None:
        for connection in connections.all():
            with connection.cursor() as cursor:
                cursor.execute("reset role")
        try:
            original(self)
            _load_reference()
        finally:
            for connection in connections.all():
                with connection.cursor() as cursor:
                    cursor.execute(f"set role {_ROLE}")

    return teardown


TransactionTestCase._fixture_teardown = _teardown_as_owner(TransactionTestCase._fixture_teardown)  # type: ignore[method-assign]


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at 2026-11-22 10:00 in Shanghai until a test moves it."""
    from datetime import datetime

    return FixedClock(Moment.of(datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)))


@pytest.fixture
def as_actor(db: None) -> Iterator[Any]:
    """Return a function that makes the rest of the test run as an actor for row-level security, too."""

    def become(actor: Actor) -> Actor:
        enter(actor)
        return actor

    return become
