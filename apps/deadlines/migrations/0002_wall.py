"""An obligation is seen where its subject is: by the enterprise, its district, the city, and the expert who owes it."""

from django.db import migrations

from apps.core.rls import own


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0001_initial"), ("core", "0001_initial")]
    operations = [own("deadlines_obligation", expert="expert_id = gf_expert()")]
