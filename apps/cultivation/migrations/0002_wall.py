"""Published events are everybody's; who takes part, plans and engagements belong to enterprise and bureau."""

from django.db import migrations

from apps.core.rls import own, wall


class Migration(migrations.Migration):
    dependencies = [("cultivation", "0001_initial"), ("core", "0002_auditor_reads_only")]
    operations = [
        wall("cultivation_event", district="district_id = gf_district()"),
        wall(
            "cultivation_participation",
            enterprise="enterprise_id = gf_enterprise()",
            district="host = gf_district()",
        ),
        own("cultivation_buildingplan"),
        wall("cultivation_servicebody"),
        # Reading only: writing is the bureaus', by the wall.
        migrations.RunSQL(
            "create policy gf_read on cultivation_event for select using (state <> 'draft');"
            "create policy gf_read on cultivation_servicebody for select using (true);",
            "drop policy gf_read on cultivation_event; drop policy gf_read on cultivation_servicebody;",
        ),
        own("cultivation_engagement"),
    ]
