"""What the city keeps for itself (credit reports) is seen by no district, expert or enterprise."""

from django.db import migrations

CITY = "gf_role() in ('system', 'municipal', 'auditor')"
WALL = f"""
create policy gf_citys_own on evidence_evidencefile as restrictive using (origin <> 'city' or {CITY});
create policy gf_citys_own on evidence_evidenceuse as restrictive using (origin <> 'city' or {CITY});
"""
DROP = """
drop policy gf_citys_own on evidence_evidencefile;
drop policy gf_citys_own on evidence_evidenceuse;
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0005_citys_own")]
    operations = [migrations.RunSQL(WALL, DROP)]
