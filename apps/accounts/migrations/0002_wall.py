"""Enterprises are seen by themselves, by the district where they produce and by the city."""

from django.db import migrations

from apps.core.rls import wall


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("core", "0001_initial")]
    operations = [
        wall(
            "accounts_enterprise",
            enterprise="id = gf_enterprise()",
            district="district_id = gf_district()",
        ),
    ]
