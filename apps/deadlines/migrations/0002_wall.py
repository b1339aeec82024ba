"""An obligation is seen where its subject is: by the enterprise, its district, the city, and the expert who owes it.

The calendar concerns everybody; the city's bureau and the system administrator keep it.
"""

from django.db import migrations

from apps.core.rls import own, wall

READ = "create policy gf_read on deadlines_calendarday for select using (true);"


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0001_initial"), ("core", "0001_initial")]
    operations = [
        own("deadlines_obligation", expert="expert_id = gf_expert()"),
        wall("deadlines_calendarday", citywide=False, extra="gf_role() in ('municipal', 'system_admin')"),
        migrations.RunSQL(READ, "drop policy gf_read on deadlines_calendarday;"),
    ]
