"""An arrangement is seen by the two people concerned, by the security administrator who keeps it and by the auditor."""

from django.db import migrations

from apps.core.rls import wall


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_delegations")]
    operations = [
        wall(
            "accounts_delegation",
            citywide=False,
            user="absent_id = gf_user() or delegate_id = gf_user()",
            extra="gf_role() in ('security_admin', 'auditor')",
        ),
    ]
