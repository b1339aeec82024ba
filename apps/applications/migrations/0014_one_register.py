"""Application numbers and the numbers of supplement notices enter the one register; their own series goes."""

import re

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from apps.core.moment import Moment
from apps.numbering.absorbing import Borne, absorb
from apps.numbering.kinds import APPLICATION, SUPPLEMENT, Register

_NUMBER = re.compile(r"(GF[123]A-[^-]+-([^-]+))-(\d{4,})\Z")


def enter(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Enter every number as it is; the owner sees the rows only as the system."""
    schema_editor.execute("select set_config('gf.role', 'system', true)")
    given = dict(apps.get_model("applications", "NumberSeries").objects.values_list("key", "last"))
    rows = apps.get_model("applications", "Application").objects.exclude(number=None)
    borne, last = [], {}
    for row in rows.select_related("round", "enterprise").order_by("pk").iterator(chunk_size=1000):
        found = _NUMBER.match(row.number)
        if found is None:
            continue
        # The number names the district that was handed in to; the case may have moved since.
        register = Register(APPLICATION, found[1], row.round.year, found[2])
        last[register] = given.get(found[1], 0)
        purpose = f"{row.level}A级申报：{row.enterprise.name}"
        borne.append(
            Borne(
                register, int(found[3]), row.number, purpose, row.submitted_at, found[2], row.submitted_by_id
            )
        )
    absorb(apps, schema_editor, borne=borne, last=last)


def number_notices(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write down the number that each supplement notice had, and enter it in the order of the returns."""
    schema_editor.execute("select set_config('gf.role', 'system', true)")
    model = apps.get_model("applications", "ReturnedItem")
    counts: dict[Register, int] = {}
    borne: dict[str, Borne] = {}
    rows = model.objects.select_related("application__enterprise").order_by("returned_at", "pk")
    for row in rows.iterator(chunk_size=1000):
        case = row.application
        text = f"补正-{case.number}-{row.turn}"
        if text not in borne:
            year = Moment.of(row.returned_at).on.year
            register = Register(SUPPLEMENT, f"补正-{case.district_id}", year, case.district_id)
            counts[register] = counts.get(register, 0) + 1
            purpose = f"补正通知：{case.enterprise.name}（{case.number}）"
            borne[text] = Borne(
                register,
                counts[register],
                text,
                purpose,
                row.returned_at,
                case.district_id,
                row.returned_by_id,
            )
        model.objects.filter(pk=row.pk).update(notice_no=text)
    absorb(apps, schema_editor, borne=borne.values(), last=counts)


def leave(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Going back would lose which numbers were voided: the way back is a backup.

    Raises:
        NotImplementedError: always.
    """
    del apps, schema_editor
    # No reverse at all would only say that it is irreversible; this says what to do instead.
    raise NotImplementedError("the register of numbers is not taken apart again; restore a backup")


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0013_wall_of_sub_areas"),
        ("numbering", "0005_taking"),
    ]
    operations = [
        migrations.AddField(
            model_name="returneditem",
            name="notice_no",
            field=models.CharField(default="", max_length=60, verbose_name="补正通知编号"),
            preserve_default=False,
        ),
        migrations.RunPython(enter, leave),
        migrations.RunPython(number_notices, migrations.RunPython.noop),
        migrations.DeleteModel(name="NumberSeries"),
    ]
