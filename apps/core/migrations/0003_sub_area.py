"""The walls can tell the 板块 of a person; databases of before get the function they ask."""

from django.db import migrations

from apps.core.rls import SUB_AREA_FUNCTION


class Migration(migrations.Migration):
    dependencies = [("core", "0002_auditor_reads_only")]
    operations = [migrations.RunSQL(SUB_AREA_FUNCTION, migrations.RunSQL.noop)]
