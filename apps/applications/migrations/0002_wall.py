"""Applications are walled; bureaus see none before submission; experts see what was granted to them, row by row."""

from django.db import migrations

from apps.core.rls import child, own, wall

#: The same condition as `GrantedScope`: a grant of exactly this permission to this person on this row.
GRANTED = """exists (
        select 1 from applications_applicationuserobjectpermission held
          join auth_permission permission on permission.id = held.permission_id
         where held.content_object_id = applications_application.id
           and held.user_id = gf_expert() and permission.codename = 'score_application')"""

#: Whoever may see an application may read the enterprise behind it: its experts, and a district that handles it
#: although the enterprise has moved since. Reading only: nothing here lets them write.
ENTERPRISE_BEHIND_CASE = """
create policy gf_case on accounts_enterprise for select using (
    gf_role() in ('expert', 'district')
    and exists (select 1 from applications_application held where held.enterprise_id = accounts_enterprise.id)
);
"""
ROUNDS_ANNOUNCED = """
create policy gf_announced on applications_round for select using (gf_role() is not null and state <> 'draft');
create policy gf_announced on applications_round_schemes for select using (
    exists (select 1 from applications_round parent where parent.id = applications_round_schemes.round_id)
);
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial"), ("accounts", "0002_wall"), ("core", "0001_initial")]
    operations = [
        wall(
            "applications_application",
            citywide=False,
            enterprise="enterprise_id = gf_enterprise()",
            district="district_id = gf_district() and submitted_at is not null",
            expert=f"submitted_at is not null and {GRANTED}",
            extra="gf_role() in ('municipal', 'auditor') and submitted_at is not null",
        ),
        # not a child of the application: the application's own wall reads this table
        wall("applications_applicationuserobjectpermission", user="user_id = gf_user()"),
        child("applications_applicationversion", "applications_application", "application_id"),
        child("applications_returneditem", "applications_application", "application_id"),
        own("applications_exemption"),
        own("applications_windowextension"),
        wall("applications_round"),
        wall("applications_round_schemes"),
        # numbers are given where an enterprise hands in, nowhere else
        wall("applications_numberseries", citywide=False, enterprise="true"),
        migrations.RunSQL(
            ROUNDS_ANNOUNCED,
            "drop policy gf_announced on applications_round_schemes; drop policy gf_announced on applications_round;",
        ),
        migrations.RunSQL(ENTERPRISE_BEHIND_CASE, "drop policy gf_case on accounts_enterprise;"),
    ]
