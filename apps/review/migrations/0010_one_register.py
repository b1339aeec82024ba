"""Filing numbers enter the one register of numbers."""

import re

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from apps.numbering.absorbing import Borne, absorb
from apps.numbering.kinds import FILING, Register

_NUMBER = re.compile(r"BA-(\d{4})-(\d{4,})\Z")


def enter(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Enter every filing number as it is; the owner sees the rows only as the system."""
    schema_editor.execute("select set_config('gf.role', 'system', true)")
    borne, last = [], {}
    rows = apps.get_model("review", "Filing").objects.exclude(number="").select_related("district", "round")
    for row in rows.order_by("pk"):
        found = _NUMBER.match(row.number)
        if found is None:
            continue
        register, ordinal = Register(FILING, "BA", int(found[1])), int(found[2])
        last[register] = max(last.get(register, 0), ordinal)
        purpose = f"{row.district.name}{row.round.code}批次1A、2A级备案"
        borne.append(Borne(register, ordinal, row.number, purpose, row.answered_at, None, row.answered_by_id))
    absorb(apps, schema_editor, borne=borne, last=last)


class Migration(migrations.Migration):
    dependencies = [("review", "0009_district_notice_wall"), ("numbering", "0005_taking")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
