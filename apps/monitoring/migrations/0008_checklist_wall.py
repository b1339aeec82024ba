"""What a visit notes item by item is the bureau's that visits; the enterprise reads the reported result only."""

from django.db import migrations

from apps.core.rls import wall

_ITS_DISTRICT = """exists (select 1 from monitoring_recheck visit
    where visit.id = recheck_id and visit.district_id = gf_district())"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0007_checklist"), ("core", "0001_initial")]
    operations = [
        wall("monitoring_recheckcheck", district=_ITS_DISTRICT),
        wall("monitoring_recheckphoto", district=_ITS_DISTRICT),
    ]
