"""The staff of a 板块 see the applications it is asked about, the enterprise behind them and its own opinions."""

from django.db import migrations

OWN = "gf_role() = 'sub_area' and district_id = gf_district() and sub_area = gf_sub_area()"
#: What was handed in before carries the 板块 its enterprise gave.
FILL = """
select set_config('gf.role', 'system', true);
update applications_application held set sub_area = e.sub_area
  from accounts_enterprise e where e.id = held.enterprise_id and held.submitted_at is not null and e.sub_area <> '';
select set_config('gf.role', '', true);
"""
POLICIES = """
create policy gf_sub_area on applications_application using (OWN and submitted_at is not null);
create policy gf_sub_area on applications_subareaopinion using (OWN);
drop policy gf_case on accounts_enterprise;
create policy gf_case on accounts_enterprise for select using (
    gf_role() in ('expert', 'district', 'sub_area')
    and exists (select 1 from applications_application held where held.enterprise_id = accounts_enterprise.id)
);
""".replace("OWN", OWN)
BACK = """
drop policy gf_sub_area on applications_application;
drop policy gf_sub_area on applications_subareaopinion;
drop policy gf_case on accounts_enterprise;
create policy gf_case on accounts_enterprise for select using (
    gf_role() in ('expert', 'district')
    and exists (select 1 from applications_application held where held.enterprise_id = accounts_enterprise.id)
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0012_application_sub_area"),
        ("accounts", "0014_staff_of_sub_areas"),
        ("core", "0003_sub_area"),
    ]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop), migrations.RunSQL(POLICIES, BACK)]
