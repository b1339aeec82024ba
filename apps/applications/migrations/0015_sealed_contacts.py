"""Contact persons, telephones and mail addresses in profiles and in what was handed in are sealed."""

import pgtrigger
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import apps.core.fields
from apps.core.sealing import Step, seal, unseal

_PARTS = [
    "contact_email",
    "contact_mobile",
    "contact_name",
    "contact_phone",
    "legal_phone",
    "tp_contact",
    "tp_phone",
]


def past_the_lock(step: Step) -> Step:
    """Return *step* with the trigger off that refuses changes: what a version says, and its digest, stay the same."""

    def unlocked(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        with pgtrigger.ignore("applications.ApplicationVersion:version_append_only"):
            step(apps, schema_editor)

    return unlocked


class Migration(migrations.Migration):
    dependencies = [("applications", "0014_one_register")]

    operations = [
        migrations.AlterField(
            model_name="application",
            name="profile",
            field=apps.core.fields.SealedPartsField(
                blank=True, default=dict, parts=_PARTS, verbose_name="基本信息表"
            ),
        ),
        migrations.AlterField(
            model_name="applicationversion",
            name="snapshot",
            field=apps.core.fields.SealedPartsField(parts=_PARTS, verbose_name="内容"),
        ),
        migrations.RunPython(
            seal("applications", "Application", ["profile"]),
            unseal("applications", "Application", ["profile"]),
        ),
        migrations.RunPython(
            past_the_lock(seal("applications", "ApplicationVersion", ["snapshot"])),
            past_the_lock(unseal("applications", "ApplicationVersion", ["snapshot"])),
        ),
    ]
