"""A paper is read by those it is meant for; published ones by everybody. Paper rows never change (trigger in 0001)."""

from django.db import migrations

from apps.core.rls import own


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("core", "0001_initial")]
    operations = [own("documents_storeddocument", extra="public")]
