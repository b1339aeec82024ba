"""The catalogue behind the wall: drafts are the city's alone, what is published everybody's; only the city writes."""

from django.db import migrations

from apps.core.rls import wall

#: Writing is not reading: a district, an enterprise, an expert, the auditor and the public write nothing here. Row
#: locks need the update policy, too.
WRITERS = "gf_role() in ('system', 'municipal')"
TABLES = {"scoring_scheme": "status <> 'draft'", "scoring_benchmarkvalue": "retired_on is null"}


def _city_writes(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
create policy gf_insert on {table} as restrictive for insert with check ({WRITERS});
create policy gf_update on {table} as restrictive for update using ({WRITERS});
create policy gf_delete on {table} as restrictive for delete using ({WRITERS});
""",
        f"""
drop policy gf_delete on {table};
drop policy gf_update on {table};
drop policy gf_insert on {table};
""",
    )


class Migration(migrations.Migration):
    dependencies = [("scoring", "0003_wall"), ("core", "0001_initial")]
    operations = [
        step
        for table, readable in TABLES.items()
        for step in (
            wall(table, citywide=False, extra=f"gf_role() = 'municipal' or {readable}"),
            _city_writes(table),
        )
    ]
