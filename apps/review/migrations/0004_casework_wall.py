"""Who may see what an office keeps beside a case: the district and the city; an enterprise the words meant for it."""

from django.db import migrations

from apps.core.rls import wall

_OWN = "district_id = gf_district()"


class Migration(migrations.Migration):
    dependencies = [("review", "0003_casework")]
    operations = [
        wall("review_caseholder", district=_OWN),
        wall(
            "review_caseremark",
            district=_OWN,
            enterprise="enterprise_id = gf_enterprise() and audience = 'enterprise'",
        ),
        wall("review_returnmark", district=_OWN),
        wall("review_sitephoto", district=_OWN),
    ]
