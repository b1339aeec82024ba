"""A district's choices and the opinions it was given are its own and the city's."""

from django.db import migrations

from apps.core.rls import wall


class Migration(migrations.Migration):
    dependencies = [("applications", "0007_sub_area_opinions"), ("core", "0001_initial")]
    operations = [
        wall("applications_districtpractice", district="district_id = gf_district()"),
        wall("applications_subareaopinion", district="district_id = gf_district()"),
    ]
