"""What an enterprise says about a doubt is seen by whoever sees its application."""

from django.db import migrations

from apps.core.rls import child


class Migration(migrations.Migration):
    dependencies = [("applications", "0010_doubt_notes"), ("core", "0001_initial")]
    operations = [child("applications_doubtnote", "applications_application", "application_id")]
