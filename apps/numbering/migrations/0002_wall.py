"""A bureau sees its own registers and numbers, the city all of them."""

from django.db import migrations

from apps.core.rls import wall


class Migration(migrations.Migration):
    dependencies = [("numbering", "0001_initial"), ("core", "0001_initial")]
    operations = [
        wall("numbering_numberseries", district="district_id = gf_district()"),
        wall("numbering_issuednumber", district="district_id = gf_district()"),
    ]
