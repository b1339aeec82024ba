"""Every bureau sees the registers that all of them share (certificates), and in them its own numbers."""

from django.db import migrations

TABLE = "numbering_numberseries"
CONDITION = """
alter policy gf_wall on {table} using (
    gf_role() = 'system' or gf_role() in ('municipal', 'auditor') or (gf_role() = 'district' and ({district}))
);
"""


class Migration(migrations.Migration):
    dependencies = [("numbering", "0003_one_register")]
    operations = [
        migrations.RunSQL(
            CONDITION.format(table=TABLE, district="district_id = gf_district() or joint"),
            CONDITION.format(table=TABLE, district="district_id = gf_district()"),
        )
    ]
