"""The mail address of a delivery is sealed; one delivery for each mailbox is counted by the address's digest."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import apps.core.fields
from apps.core.sealing import seal, unseal


def one_a_mailbox(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Keep the first of two deliveries of a message whose addresses differ in letter case only: one mailbox."""
    del apps
    schema_editor.execute("select set_config('gf.role', 'system', true)")
    schema_editor.execute(
        "delete from notifications_delivery late using notifications_delivery first"
        " where first.id < late.id and first.message_id = late.message_id and first.channel = late.channel"
        " and first.person_id is null and late.person_id is null"
        " and split_part(first.address, '.', 3) = split_part(late.address, '.', 3)"
    )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_sms_and_digest")]

    operations = [
        migrations.RemoveConstraint(model_name="delivery", name="delivery_once_per_mailbox"),
        migrations.RemoveIndex(model_name="delivery", name="delivery_digest_idx"),
        migrations.AlterField(
            model_name="delivery",
            name="address",
            field=apps.core.fields.FindableSealedField(verbose_name="地址"),
        ),
        migrations.RunPython(
            seal("notifications", "Delivery", ["address"]), unseal("notifications", "Delivery", ["address"])
        ),
        migrations.RunPython(one_a_mailbox, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                apps.core.fields.LookupDigest("address"),
                condition=models.Q(("digest", True), ("state", "waiting")),
                name="delivery_digest_idx",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                models.F("message"),
                models.F("channel"),
                apps.core.fields.LookupDigest("address"),
                condition=models.Q(("person", None)),
                name="delivery_once_per_mailbox",
            ),
        ),
    ]
