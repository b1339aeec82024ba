"""When a round was announced: the public call bears that hour; rounds announced before bear the hour they were made."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give every announced round its hour; the owner sees the rows only as the system."""
    schema_editor.execute("select set_config('gf.role', 'system', true)")
    apps.get_model("applications", "Round").objects.exclude(state="draft").update(
        announced_at=F("created_at")
    )


class Migration(migrations.Migration):
    dependencies = [("applications", "0015_sealed_contacts")]

    operations = [
        migrations.AddField("round", "announced_at", models.DateTimeField("发布时间", null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
