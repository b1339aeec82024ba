"""Contact persons of enterprises and mail addresses of accounts are sealed; an address is found by its digest."""

from django.db import migrations, models

import apps.core.fields
from apps.core.sealing import seal, unseal


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_staff_of_sub_areas")]

    operations = [
        migrations.AlterField(
            model_name="enterprise",
            name="contact_name",
            field=apps.core.fields.SealedTextField(verbose_name="联系人"),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=apps.core.fields.FindableSealedField(blank=True, verbose_name="邮箱"),
        ),
        migrations.RunPython(
            seal("accounts", "Enterprise", ["contact_name"]),
            unseal("accounts", "Enterprise", ["contact_name"]),
        ),
        migrations.RunPython(seal("accounts", "User", ["email"]), unseal("accounts", "User", ["email"])),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(apps.core.fields.LookupDigest("email"), name="user_email_digest_idx"),
        ),
    ]
