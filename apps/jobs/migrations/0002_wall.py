"""A job and its result belong to the person who started it; the pulse is written by the system and read by the probes."""

from django.db import migrations

from apps.core.rls import wall

READ = "create policy gf_read on jobs_heartbeat for select using (true);"


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("core", "0001_initial")]
    operations = [
        wall("jobs_job", citywide=False, user="owner_id = gf_user()"),
        wall("jobs_heartbeat", citywide=False),
        migrations.RunSQL(READ, "drop policy gf_read on jobs_heartbeat;"),
    ]
