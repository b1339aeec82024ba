"""Certificate numbers enter the one register of numbers; their own series goes."""

import re

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from apps.numbering.absorbing import Borne, absorb
from apps.numbering.kinds import CERTIFICATE, Register

_NUMBER = re.compile(r"(SZLC-[123]A)-(\d{4})-(\d{4,8})\Z")
#: Level awarded by the city.
CITYS = 3


def _register(word: str, year: str) -> Register:
    return Register(CERTIFICATE, word, int(year), joint=True)


def enter(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Enter every certificate number as it is; the owner sees the rows only as the system."""
    schema_editor.execute("select set_config('gf.role', 'system', true)")
    last = {}
    for row in apps.get_model("titles", "CertificateSeries").objects.all():
        word, _, year = row.key.rpartition("-")
        last[_register(word, year)] = row.last
    borne = []
    rows = apps.get_model("titles", "Title").objects.exclude(certificate_no=None).order_by("pk")
    for title in rows.iterator(chunk_size=1000):
        found = _NUMBER.match(title.certificate_no)
        if found is not None:
            borne.append(
                Borne(
                    _register(found[1], found[2]),
                    int(found[3]),
                    title.certificate_no,
                    f"{title.level}A级称号证书：{title.enterprise_name}",
                    title.recorded_at,
                    None if title.level == CITYS else title.district_id,
                )
            )
    absorb(apps, schema_editor, borne=borne, last=last)


def leave(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Going back would lose which numbers were voided: the way back is a backup.

    Raises:
        NotImplementedError: always.
    """
    del apps, schema_editor
    raise NotImplementedError("the register of numbers is not taken apart again; restore a backup")


class Migration(migrations.Migration):
    dependencies = [("titles", "0005_upward_wall"), ("numbering", "0005_taking")]
    operations = [
        migrations.RunPython(enter, leave),
        migrations.DeleteModel(name="CertificateSeries"),
    ]
