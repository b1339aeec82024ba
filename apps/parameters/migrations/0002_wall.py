"""What is in force concerns everybody; only the city's bureau may choose it."""

from django.db import migrations

from apps.core.rls import wall

READ = "create policy gf_read on parameters_parametervalue for select using (true);"


class Migration(migrations.Migration):
    dependencies = [("parameters", "0001_initial"), ("core", "0001_initial")]
    operations = [
        wall("parameters_parametervalue", citywide=False, extra="gf_role() = 'municipal'"),
        migrations.RunSQL(READ, "drop policy gf_read on parameters_parametervalue;"),
    ]
