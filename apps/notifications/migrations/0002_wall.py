"""A message is seen by whom it is addressed to; deliveries by the worker and the system administrator's log."""

from django.db import migrations

from apps.core.rls import wall

#: Everybody may write to everybody (through the services); reading back is for the recipient.
APPEND = "create policy gf_append on notifications_message for insert with check (true);"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("core", "0001_initial")]
    operations = [
        wall(
            "notifications_message",
            citywide=False,
            enterprise="to_enterprise_id = gf_enterprise()",
            district="to_district_id = gf_district()",
            expert="to_expert_id = gf_expert()",
            user="to_user_id = gf_user()",
            extra="(to_municipal and gf_role() = 'municipal') or (to_admins and gf_role() = 'system_admin')",
        ),
        migrations.RunSQL(APPEND, "drop policy gf_append on notifications_message;"),
        wall("notifications_delivery", citywide=False, extra="gf_role() = 'system_admin'"),
        wall("notifications_messageread", citywide=False, user="user_id = gf_user()"),
        wall("notifications_mailpreference", citywide=False, user="user_id = gf_user()"),
    ]
