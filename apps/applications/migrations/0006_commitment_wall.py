"""A stamped commitment is seen by whoever sees its application."""

from django.db import migrations

from apps.core.rls import child


class Migration(migrations.Migration):
    dependencies = [("applications", "0005_commitment_scan"), ("core", "0001_initial")]
    operations = [child("applications_commitmentscan", "applications_application", "application_id")]
