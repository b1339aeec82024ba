"""A file of an explanation is seen by whoever sees the inquiry: its enterprise and the city."""

from django.db import migrations

from apps.core.rls import child


class Migration(migrations.Migration):
    dependencies = [("publicity", "0011_credit_statement_files")]
    operations = [child("publicity_creditstatementfile", "publicity_creditinquiry", "inquiry_id")]
