"""A district's notices and the objections it received are its own and the city's; the public reads through the system."""

from django.db import migrations

from apps.core.rls import child, wall


class Migration(migrations.Migration):
    dependencies = [("review", "0008_district_notice"), ("core", "0001_initial")]
    operations = [
        wall("review_districtnotice", district="district_id = gf_district()"),
        child("review_districtnoticeentry", "review_districtnotice", "notice_id"),
        wall("review_districtobjection", district="district_id = gf_district()"),
    ]
