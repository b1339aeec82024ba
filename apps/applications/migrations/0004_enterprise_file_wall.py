"""The enterprise file is the enterprise's alone: bureaus see what was filed."""

from django.db import migrations

from apps.core.rls import wall

OWN = "enterprise_id = gf_enterprise()"


class Migration(migrations.Migration):
    dependencies = [("applications", "0003_enterprise_file")]
    operations = [
        wall("applications_yearrecord", citywide=False, enterprise=OWN),
        wall("applications_holding", citywide=False, enterprise=OWN),
    ]
