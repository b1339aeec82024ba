"""A job and its result belong to the person who started it."""

from django.db import migrations

from apps.core.rls import wall


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("core", "0001_initial")]
    operations = [wall("jobs_job", citywide=False, user="owner_id = gf_user()")]
