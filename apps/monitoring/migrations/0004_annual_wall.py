"""An annual form is its enterprise's and its district's."""

from django.db import migrations

from apps.core.rls import own


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0003_annual_form"), ("core", "0001_initial")]
    operations = [own("monitoring_annualform")]
