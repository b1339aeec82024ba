"""Self-tests belong to the enterprise alone: no bureau, expert or auditor reads them."""

from django.db import migrations

from apps.core.rls import wall


class Migration(migrations.Migration):
    dependencies = [("scoring", "0005_trial_sheet")]
    operations = [
        wall("scoring_trialsheet", citywide=False, enterprise="enterprise_id = gf_enterprise()"),
    ]
