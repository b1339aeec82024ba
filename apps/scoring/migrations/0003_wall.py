"""Blind scoring as a wall: the same conditions as `SheetScope`, and who may write which kind of sheet."""

from django.db import migrations

from apps.core.rls import child, wall

HANDED_IN = "(kind = 'self' and (state = 'signed' or turn > 1))"
GRANTED = """exists (
        select 1 from applications_applicationuserobjectpermission held
         where held.content_object_id = scoring_scoresheet.application_id and held.user_id = gf_user())"""

#: Reading is not writing: an enterprise writes its self sheet only, an expert its own sheet only, the auditor and
#: the public nothing. Row locks need this policy, too, so nobody holds up another person's sheet.
WRITERS = """(
        gf_role() in ('system', 'municipal', 'district')
        or (gf_role() = 'enterprise' and kind = 'self' and enterprise_id = gf_enterprise())
        or (gf_role() = 'expert' and kind = 'expert' and owner_id = gf_user())
    )"""
WRITE_WALL = f"""
create policy gf_insert on scoring_scoresheet as restrictive for insert with check {WRITERS};
create policy gf_update on scoring_scoresheet as restrictive for update using {WRITERS};
create policy gf_delete on scoring_scoresheet as restrictive for delete using {WRITERS};
"""
DROP_WRITE_WALL = """
drop policy gf_delete on scoring_scoresheet;
drop policy gf_update on scoring_scoresheet;
drop policy gf_insert on scoring_scoresheet;
"""
PARENT_WRITERS = f"""(exists (
        select 1 from scoring_scoresheet parent where parent.id = scoring_scoreentry.sheet_id and {WRITERS}))"""  # noqa: S608  (constants of this file)
ENTRY_WRITE_WALL = f"""
create policy gf_insert on scoring_scoreentry as restrictive for insert with check {PARENT_WRITERS};
create policy gf_update on scoring_scoreentry as restrictive for update using {PARENT_WRITERS};
create policy gf_delete on scoring_scoreentry as restrictive for delete using {PARENT_WRITERS};
"""
DROP_ENTRY_WRITE_WALL = """
drop policy gf_delete on scoring_scoreentry;
drop policy gf_update on scoring_scoreentry;
drop policy gf_insert on scoring_scoreentry;
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_sheets"), ("applications", "0001_initial"), ("core", "0001_initial")]
    operations = [
        wall(
            "scoring_scoresheet",
            citywide=False,
            enterprise="enterprise_id = gf_enterprise() and (kind = 'self' or released_to_enterprise)",
            district=f"""district_id = gf_district() and ({HANDED_IN} or kind in ('district', 'recheck')
                or (kind = 'expert' and released_to_panel))""",
            expert=f"""{GRANTED} and ((kind = 'expert' and (owner_id = gf_user() or released_to_panel))
                or (kind in ('self', 'district') and state = 'signed'))""",
            extra=f"gf_role() = 'auditor' or (gf_role() = 'municipal' and ({HANDED_IN} or kind <> 'self'))",
        ),
        migrations.RunSQL(WRITE_WALL, DROP_WRITE_WALL),
        child("scoring_scoreentry", "scoring_scoresheet", "sheet_id"),
        migrations.RunSQL(ENTRY_WRITE_WALL, DROP_ENTRY_WRITE_WALL),
    ]
