"""Districts see their own titles' monitoring; enterprises what concerns them."""

from django.db import migrations

from apps.core.rls import child, own, wall


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0001_initial"),
        ("core", "0001_initial"),
    ]
    operations = [
        wall(
            "monitoring_recheck",
            district="district_id = gf_district()",
            enterprise="enterprise_id = gf_enterprise() and state in ('planned', 'reported')",
        ),
        own("monitoring_rectification"),
        child("monitoring_rectificationitem", "monitoring_rectification", "rectification_id"),
        child("monitoring_rectificationattempt", "monitoring_rectification", "rectification_id"),
        own("monitoring_cancellation"),
    ]
