"""Recommendations to the province and the nation behind the wall: the city's papers, read by the auditor too."""

from django.db import migrations

from apps.core.rls import child, wall


class Migration(migrations.Migration):
    dependencies = [("titles", "0004_upward_lists"), ("core", "0001_initial")]
    operations = [
        wall("titles_upwardlist"),
        child("titles_upwardentry", "titles_upwardlist", "upward_id"),
    ]
