"""Files and their uses are walled like the cases they prove; what a bureau brought in is not the enterprise's."""

from django.db import migrations

from apps.core.rls import wall


def granted(table: str) -> str:
    return f"""exists (
        select 1 from applications_applicationuserobjectpermission held
         where held.content_object_id = {table}.application_id and held.user_id = gf_user())"""  # noqa: S608  (a table name of this file)


#: A file is seen where it is used: the uses' own wall decides which of them count.
USED = "exists (select 1 from evidence_evidenceuse used where used.file_id = evidence_evidencefile.id)"
ON_A_VISIBLE_USE = (
    "exists (select 1 from evidence_evidenceuse used where used.id = evidence_evidencemark.use_id)"
)
#: An auditor and the public read at most; an expert adds site photographs and marks but changes no file.
WRITE_WALL = """
create policy gf_update on evidence_evidencefile as restrictive for update
    using (gf_role() in ('system', 'enterprise', 'district', 'municipal'));
create policy gf_delete on evidence_evidencefile as restrictive for delete
    using (gf_role() in ('system', 'enterprise', 'district', 'municipal'));
create policy gf_own_marks on evidence_evidencemark as restrictive for update
    using (gf_role() = 'system' or marked_by_id = gf_user());
create policy gf_own_marks_insert on evidence_evidencemark as restrictive for insert
    with check (gf_role() = 'system' or marked_by_id = gf_user());
create policy gf_own_marks_delete on evidence_evidencemark as restrictive for delete
    using (gf_role() in ('system', 'enterprise') or marked_by_id = gf_user());
"""
DROP_WRITE_WALL = """
drop policy gf_own_marks_delete on evidence_evidencemark;
drop policy gf_own_marks_insert on evidence_evidencemark;
drop policy gf_own_marks on evidence_evidencemark;
drop policy gf_delete on evidence_evidencefile;
drop policy gf_update on evidence_evidencefile;
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial"), ("applications", "0001_initial"), ("core", "0001_initial")]
    operations = [
        wall(
            "evidence_evidenceuse",
            enterprise="enterprise_id = gf_enterprise() and origin = 'enterprise'",
            district="district_id = gf_district()",
            expert=granted("evidence_evidenceuse"),
        ),
        wall(
            "evidence_evidencefile",
            enterprise="enterprise_id = gf_enterprise() and origin = 'enterprise'",
            district=f"district_id = gf_district() or {USED}",
            expert=f"uploaded_by_id = gf_user() or {USED}",
        ),
        wall(
            "evidence_evidencemark",
            citywide=True,
            district=f"role = 'district' and {ON_A_VISIBLE_USE}",
            expert=f"(role = 'district' or marked_by_id = gf_user()) and {ON_A_VISIBLE_USE}",
        ),
        migrations.RunSQL(WRITE_WALL, DROP_WRITE_WALL),
    ]
