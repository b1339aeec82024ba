"""Invitations belong to the enterprise, changes also to the districts concerned, calendars to their person."""

from django.db import migrations

from apps.core.rls import wall


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_members_and_changes"), ("core", "0001_initial")]
    operations = [
        wall("accounts_invitation", citywide=False, enterprise="enterprise_id = gf_enterprise()"),
        wall(
            "accounts_enterprisechange",
            enterprise="enterprise_id = gf_enterprise()",
            district="district_id = gf_district() or from_district_id = gf_district()",
        ),
        wall("accounts_calendarfeed", citywide=False, user="user_id = gf_user()"),
    ]
