"""The second wall: every table of the rooms is behind row-level security, or says here why it need not be."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from apps.core.actor import Actor, Role
from apps.core.rls import AUDITOR_WRITES
from apps.core.scoping import enter

#: Table → why it has no jurisdiction. A new table must get a wall (apps/core/rls.py) or an entry here.
NO_JURISDICTION = {
    "accounts_district": "reference data, public",
    "accounts_user": "read by sign-in before any actor is known (traps: ARCHITECTURE 1.6 d)",
    "accounts_user_groups": "library table of the login, unused by cases",
    "accounts_user_user_permissions": "library table of the login, unused by cases",
    "accounts_expert": "the pool belongs to the city; who may read it is decided in accounts.selectors",
    "accounts_expertlink": "as accounts_expert",
    "audit_auditlink": "digests only; the application role cannot write it",
}


def _tables() -> list[str]:
    rooms = {f"apps.{room}" for room in settings.ROOMS}
    return sorted(
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.name in rooms
        for model in config.get_models(include_auto_created=True)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("table", _tables())
def test_table_is_behind_the_wall(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select relrowsecurity and relforcerowsecurity from pg_class where oid = %s::regclass", [table]
        )
        (walled,) = cursor.fetchone()
    assert walled or table in NO_JURISDICTION
    assert not (walled and table in NO_JURISDICTION), "the entry above is stale"


@pytest.mark.django_db
@pytest.mark.parametrize("table", _tables())
def test_the_auditor_cannot_write(table: str) -> None:
    """In the database itself, whatever a view or a service would let pass (SECURITY R08)."""
    if table in AUDITOR_WRITES or table == "audit_auditlink":
        return
    enter(Actor(role=Role.AUDITOR, user_id=1))
    with (
        pytest.raises(DatabaseError, match=r"the auditor only reads|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"delete from {table}")  # noqa: S608


@pytest.mark.django_db
def test_tests_run_as_the_plain_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user, (select rolsuper or rolbypassrls from pg_roles where rolname = current_user)"
        )
        assert cursor.fetchone() == ("gf_app", False)
