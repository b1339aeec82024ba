"""Writing the one table of obligations on behalf of whoever acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def as_system() -> Iterator[None]:
    """Let the statements inside pass row-level security, then act as before.

    An act of one party opens or closes what another owes: an objection from the public obliges the city, an expert's
    sheet closes what the enterprise may not even see. The callers have checked their own subject already, and nothing
    read here is handed back to them. Must be inside a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('gf.role', true), set_config('gf.role', 'system', true)")
        before = cursor.fetchone()[0] or ""
    try:
        yield
    finally:
        # After a database error the transaction is gone and so are its settings: nothing to restore.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("select set_config('gf.role', %s, true)", [before])
