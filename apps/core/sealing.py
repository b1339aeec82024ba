"""Sealing a column that held plain text, and opening it again, as the two directions of a migration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Field, JSONField

Step = Callable[[StateApps, BaseDatabaseSchemaEditor], None]
_BATCH = 500
_AS_SYSTEM = "select set_config('gf.role', 'system', true)"


def seal(app: str, model: str, columns: Sequence[str]) -> Step:
    """Return the step that writes every row again: the columns, sealed by now, seal what they write.

    It comes after the `AlterField` of the columns. The owner of the tables sees their rows only as the system.
    """

    def step(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        schema_editor.execute(_AS_SYSTEM)
        rows = apps.get_model(app, model)._default_manager
        for row in rows.only("pk", *columns).order_by("pk").iterator(chunk_size=_BATCH):
            rows.filter(pk=row.pk).update(**{column: getattr(row, column) for column in columns})

    return step


def unseal(app: str, model: str, columns: Sequence[str]) -> Step:
    """Return the step back: the opened values are written past the fields, which would seal them again.

    The key that sealed them must still be known. Without it (KeyError) the way back is a backup.
    """

    def step(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        schema_editor.execute(_AS_SYSTEM)
        found = apps.get_model(app, model)
        fields = [found._meta.get_field(column) for column in columns]
        quoted = schema_editor.quote_name
        wanted = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
        statement = (
            f"update {quoted(found._meta.db_table)} set {wanted} where {quoted(found._meta.pk.column)} = %s"  # noqa: S608  (quoted names of our own models)
        )
        with schema_editor.connection.cursor() as cursor:
            for row in found._default_manager.only("pk", *columns).order_by("pk").iterator(chunk_size=_BATCH):
                cursor.execute(statement, [*[_plain(field, row, schema_editor) for field in fields], row.pk])

    return step


def _plain(field: Field[Any, Any], row: Any, schema_editor: BaseDatabaseSchemaEditor) -> Any:
    value = getattr(row, field.attname)
    if isinstance(field, JSONField):
        return JSONField().get_db_prep_value(value, schema_editor.connection)
    return value
