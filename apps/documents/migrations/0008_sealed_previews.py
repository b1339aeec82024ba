"""Cells shown while an import waits are sealed: they may hold names and telephone numbers."""

from django.db import migrations

import apps.core.fields
from apps.core.sealing import seal, unseal

COLUMNS = ["findings", "preview"]


class Migration(migrations.Migration):
    dependencies = [("documents", "0007_upward_kind")]

    operations = [
        migrations.AlterField(
            model_name="importbatch",
            name="findings",
            field=apps.core.fields.SealedPartsField(default=list, parts=["value"], verbose_name="问题"),
        ),
        migrations.AlterField(
            model_name="importbatch",
            name="preview",
            field=apps.core.fields.SealedPartsField(default=dict, parts=["cells"], verbose_name="预览"),
        ),
        migrations.RunPython(
            seal("documents", "ImportBatch", COLUMNS), unseal("documents", "ImportBatch", COLUMNS)
        ),
    ]
