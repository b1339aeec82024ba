"""An upload that is to be imported belongs to the person who sent it, whatever the role."""

from django.db import migrations

from apps.core.rls import wall


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_import_batch")]
    operations = [wall("documents_importbatch", citywide=False, user="owner_id = gf_user()")]
