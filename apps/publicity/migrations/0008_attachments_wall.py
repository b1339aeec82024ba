"""A file kept with a credit check is seen by whoever sees the check: the city."""

from django.db import migrations

from apps.core.rls import child


class Migration(migrations.Migration):
    dependencies = [("publicity", "0007_credit_attachments"), ("evidence", "0006_citys_own_wall")]
    operations = [child("publicity_creditattachment", "publicity_creditcheck", "check_record_id")]
