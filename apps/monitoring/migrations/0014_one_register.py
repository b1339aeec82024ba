"""Receipt numbers of reports enter the one register of numbers."""

import re

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from apps.numbering.absorbing import Borne, absorb
from apps.numbering.kinds import INCIDENT, Register

_NUMBER = re.compile(r"JB-(\d{4})-(\d{4,})\Z")


def enter(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Enter every receipt number as it is; the owner sees the rows only as the system."""
    schema_editor.execute("select set_config('gf.role', 'system', true)")
    borne, last = [], {}
    for row in apps.get_model("monitoring", "IncidentReport").objects.select_related("title").order_by("pk"):
        found = _NUMBER.match(row.receipt_no)
        if found is None:
            continue
        register, ordinal = Register(INCIDENT, "JB", int(found[1])), int(found[2])
        last[register] = max(last.get(register, 0), ordinal)
        purpose = f"举报线索：{row.title.enterprise_name}"
        borne.append(Borne(register, ordinal, row.receipt_no, purpose, row.filed_at))
    absorb(apps, schema_editor, borne=borne, last=last)


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0013_incident_wall"), ("numbering", "0006_incidents")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
