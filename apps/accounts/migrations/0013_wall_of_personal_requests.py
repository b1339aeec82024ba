"""A request is its person's; members of enterprises accepted the notice when their account was made."""

from django.db import migrations

from apps.core.rls import wall


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_personal_requests")]
    operations = [
        wall("accounts_personalrequest", citywide=False, user="user_id = gf_user()"),
        migrations.RunSQL(
            "update accounts_user set notice_version = '2026-1' where role = 'enterprise'",
            migrations.RunSQL.noop,
        ),
    ]
