"""Every test that uses the database runs as the plain application role: row-level security is real here.

The test database is made and migrated by the owner role; then each connection does `SET ROLE gf_app`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth.signals import user_logged_in
from django.db import connections
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase, override_settings

from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, FixedClock, Moment
from apps.core.scoping import enter
from tests import database

_ROLE = "gf_app"


def _become_application(connection: Any, **_: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"set role {_ROLE}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ways through a browser: begun last, they would leave the other processes idle at the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: Any, request: pytest.FixtureRequest
) -> None:
    """Have a new test database copied from one that all processes of the run share."""
    keep = request.config.getoption("reuse_db") and not request.config.getoption("create_db")
    with django_db_blocker.unblock():
        if not (keep and database.take()):
            connections["default"].settings_dict["TEST"]["TEMPLATE"] = database.make_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """After the owner has made the database: see to the reference data, then step down for good."""
    with django_db_blocker.unblock():
        named = connections["default"].settings_dict
        if named["NAME"] != named["TEST"]["NAME"]:
            # pytest-django makes test databases only when a collected test says that it needs one.
            pytest.exit(f"tests would run on {named['NAME']}: mark them with pytest.mark.django_db", 1)
        if not named["TEST"].get("TEMPLATE"):
            database.fill()
        connection_created.connect(_become_application, dispatch_uid="tests-role")
        for connection in connections.all():
            connection.close()
    yield
    with django_db_blocker.unblock():
        database.leave()


def _teardown_as_owner(self: TransactionTestCase) -> None:
    """Empty the tables after a test that commits; reference data is there again for the next."""
    del self
    connection = connections["default"]
    with connection.cursor() as cursor:
        cursor.execute("reset role")
    try:
        database.empty_and_refill()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"set role {_ROLE}")


TransactionTestCase._fixture_teardown = _teardown_as_owner  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def _signing_in_confirms_who_it_is() -> None:
    """`Client.force_login` leaves out what the sign-in page leaves behind: that the person has just confirmed."""

    def confirmed(request: Any, user: Any, **_: Any) -> None:
        record_authentication(request, user, method="password")

    user_logged_in.connect(confirmed, weak=False, dispatch_uid="tests-confirmed")


@pytest.fixture(autouse=True, scope="session")
def _files_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests upload goes where nobody else looks: rows are rolled back, files are not.

    In the folder of the site that the same person runs they would stay as files without a row.
    """
    kept = tmp_path_factory.mktemp("state")
    with override_settings(
        MEDIA_ROOT=kept / "files",
        GF_PAGE_CACHE_DIR=kept / "pages",
        GF_SMS_FOLDER=kept / "sms",
        GF_CREDIT_FOLDER=str(kept / "credit"),
    ):
        yield


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
