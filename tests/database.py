"""The test databases: one is migrated and filled, the others are copied from it; reference rows come back by copy.

Migrating takes half a minute of computing and loading the reference data seconds; with one database per process and
some fifty tests that commit, copying saves minutes of every run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2.sql import SQL, Identifier, Literal

#: The schema that keeps a copy of every table the reference data fills.
_KEPT: Final = Identifier("kept")
#: What a run that ended says of the database it leaves.
_IN_ORDER: Final = "left in order"
#: Number of this lock among the advisory locks of the maintenance database.
_LOCK: Final = 0x67665F74657374
#: Tables of the public schema that have a kept copy, with their columns, generated ones left out.
_COLUMNS: Final = """
select kept.relname, array_agg(attname::text order by attnum)
from pg_class kept
join pg_class original on original.relname = kept.relname and original.relnamespace = 'public'::regnamespace
join pg_attribute on attrelid = original.oid and attnum > 0 and not attisdropped and attgenerated = ''
where kept.relnamespace = 'kept'::regnamespace and kept.relkind = 'r' and kept.relname <> 'django_migrations'
group by kept.relname
"""


def take() -> bool:
    """Return whether the test database of this process can serve again; drop what a run broken off left in it.

    Tests that commit leave rows until they are taken down: after a run that was killed they would pass for
    reference data. So a run says when it has taken everything down, and the next one takes that word back.
    """
    name = connection.settings_dict["TEST"]["NAME"]
    database = Identifier(name)
    with connection._nodb_cursor() as cursor:
        if _comment(cursor, name) == _IN_ORDER:
            cursor.execute(SQL("comment on database {} is null").format(database))
            return True
        cursor.execute(SQL("drop database if exists {} with (force)").format(database))
        return False


def leave() -> None:
    """Say that the test database of this process holds nothing but what it began with."""
    with connection._nodb_cursor() as cursor:
        database = Identifier(connection.settings_dict["TEST"]["NAME"])
        cursor.execute("reset role")
        cursor.execute(SQL("comment on database {} is {}").format(database, Literal(_IN_ORDER)))


def make_template() -> str:
    """Make the migrated and filled database others are copied from, once for all processes; return its name.

    A template left by another run is dropped first: it may be of other sources.
    """
    name = re.sub(r"_gw[0-9]+$", "", connection.settings_dict["TEST"]["NAME"]) + "_template"
    # The processes of one run have one of these in common, other runs do not.
    run = os.environ.get("GF_TEST_RUN") or os.environ.get("PYTEST_XDIST_TESTRUNUID", f"process {os.getpid()}")
    with connection._nodb_cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_LOCK])
        if _comment(cursor, name) != run:
            template = Identifier(name)
            cursor.execute(SQL("drop database if exists {} with (force)").format(template))
            cursor.execute(SQL("create database {}").format(template))
            with _connected_to(name):
                call_command("migrate", verbosity=0, interactive=False)
                fill()
            cursor.execute(SQL("comment on database {} is {}").format(template, Literal(run)))
    return name


def prepare() -> None:
    """Make the template before any test asks for it, unless the last run left its databases in order."""
    first = connection.settings_dict["TEST"]["NAME"] + "_gw0"
    with connection._nodb_cursor() as cursor:
        needed = _comment(cursor, first) != _IN_ORDER
    if needed:
        make_template()


def _comment(cursor: CursorWrapper, name: str) -> str | None:
    cursor.execute("select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name])
    found = cursor.fetchone()
    return found[0] if found else None


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def fill() -> None:
    """Load the reference data and keep a copy of every row there is."""
    call_command("load_reference", verbosity=0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('gf.role', 'system', true)")
        cursor.execute(SQL("drop schema if exists {} cascade").format(_KEPT))
        cursor.execute(SQL("create schema {}").format(_KEPT))
        for name in connection.introspection.table_names(cursor):
            table, copy = Identifier(name), Identifier(*_KEPT.strings, name)
            cursor.execute(SQL("select exists (select from {})").format(table))
            if cursor.fetchone() == (True,):
                cursor.execute(SQL("create table {} as table {}").format(copy, table))


def empty_and_refill() -> None:
    """Empty every table and put the kept rows back, as the owner of the tables."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('gf.role', 'system', true)")
        names = [name for name in connection.introspection.table_names(cursor) if name != "django_migrations"]
        cursor.execute(SQL("truncate {}").format(SQL(", ").join(map(Identifier, names))))
        cursor.execute(_COLUMNS)
        kept = [
            (Identifier(name), Identifier(*_KEPT.strings, name), columns)
            for name, columns in cursor.fetchall()
        ]
        # Triggers chain, number and forbid as rows are written; these were written before.
        for table, _, _ in kept:
            cursor.execute(SQL("alter table {} disable trigger user").format(table))
        for table, copy, columns in kept:
            listed = SQL(", ").join(map(Identifier, columns))
            insert = SQL("insert into {} ({}) overriding system value select {} from {}")
            cursor.execute(insert.format(table, listed, listed, copy))
        cursor.execute("set constraints all immediate")
        for table, _, _ in kept:
            cursor.execute(SQL("alter table {} enable trigger user").format(table))


if __name__ == "__main__":
    # `manage.py test` does this while it runs the checks.
    django.setup()
    prepare()
