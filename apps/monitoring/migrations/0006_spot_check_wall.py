"""Draws of spot checks are the city's; a district sees which of its results were drawn."""

from django.db import migrations

from apps.core.rls import wall


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0005_spot_checks"), ("core", "0001_initial")]
    operations = [
        wall("monitoring_spotcheckdraw"),
        wall("monitoring_spotcheck", district="district_id = gf_district()"),
    ]
