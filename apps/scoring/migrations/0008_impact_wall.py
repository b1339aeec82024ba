"""Impact simulations behind the wall: the city's working papers, read by the auditor too."""

from django.db import migrations

from apps.core.rls import child, wall


class Migration(migrations.Migration):
    dependencies = [("scoring", "0007_scheme_drafting"), ("core", "0001_initial")]
    operations = [
        wall("scoring_schemeimpact"),
        child("scoring_schemeimpactrow", "scoring_schemeimpact", "impact_id"),
    ]
