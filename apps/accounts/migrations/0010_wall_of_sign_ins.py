"""A sign-in is its owner's; the sweep runs as the system."""

from django.db import migrations

from apps.core.rls import wall


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_sign_ins")]
    operations = [wall("accounts_signin", citywide=False, user="user_id = gf_user()")]
