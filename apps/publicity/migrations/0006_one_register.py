"""Objection numbers enter the one register of numbers."""

import re

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from apps.numbering.absorbing import Borne, absorb
from apps.numbering.kinds import OBJECTION, Register

_NUMBER = re.compile(r"YY-(\d{4})-(\d{4,})\Z")


def enter(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Enter every objection number as it is; the owner sees the rows only as the system."""
    schema_editor.execute("select set_config('gf.role', 'system', true)")
    borne, last = [], {}
    rows = apps.get_model("publicity", "Objection").objects.select_related("entry").order_by("pk")
    for row in rows:
        found = _NUMBER.match(row.receipt_no)
        if found is None:
            continue
        register, ordinal = Register(OBJECTION, "YY", int(found[1])), int(found[2])
        last[register] = max(last.get(register, 0), ordinal)
        purpose = f"公示异议：{row.entry.enterprise_name}"
        borne.append(Borne(register, ordinal, row.receipt_no, purpose, row.filed_at))
    absorb(apps, schema_editor, borne=borne, last=last)


class Migration(migrations.Migration):
    dependencies = [("publicity", "0005_provisional_decisions"), ("numbering", "0005_taking")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
