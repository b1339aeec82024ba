"""What the public tells is the bureau's: never the enterprise's, and not the public's to read back."""

from django.db import migrations

from apps.core.rls import child, wall


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0012_incidents"), ("core", "0001_initial")]
    operations = [
        wall("monitoring_incidentreport", district="district_id = gf_district()"),
        child("monitoring_incidentpaper", "monitoring_incidentreport", "report_id"),
    ]
