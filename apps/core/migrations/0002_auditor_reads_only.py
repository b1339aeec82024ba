"""Tables of before `apps.core.rls` gave every wall its trigger: the auditor only reads them, too (SECURITY R08)."""

from django.db import migrations

from apps.core.rls import AUDITOR_FUNCTION, AUDITOR_WRITES

WALLED = """
do $$
declare walled record;
begin
  for walled in
    select relname from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r' and relrowsecurity
       and relname not in (EXEMPT)
  loop
    execute format('create or replace trigger gf_auditor_reads before insert or update or delete on %I '
                   'for each statement execute function gf_auditor_reads_only()', walled.relname);
  end loop;
end $$;
""".replace("EXEMPT", ", ".join(f"'{table}'" for table in sorted(AUDITOR_WRITES)))
#: Without a wall, because sign-in reads them before anybody is known. An auditor keeps the own account's password.
PEOPLE = """
create or replace trigger gf_auditor_reads before insert or update or delete on accounts_district
  for each statement execute function gf_auditor_reads_only();
create or replace trigger gf_auditor_reads before insert or update or delete on accounts_expert
  for each statement execute function gf_auditor_reads_only();
create or replace trigger gf_auditor_reads before insert or update or delete on accounts_expertlink
  for each statement execute function gf_auditor_reads_only();
create or replace trigger gf_auditor_reads before insert or update or delete on accounts_user_groups
  for each statement execute function gf_auditor_reads_only();
create or replace trigger gf_auditor_reads before insert or update or delete on accounts_user_user_permissions
  for each statement execute function gf_auditor_reads_only();
create or replace trigger gf_auditor_reads before insert or delete on accounts_user
  for each statement execute function gf_auditor_reads_only();
create or replace trigger gf_auditor_own before update on accounts_user
  for each row when (new.id is distinct from nullif(current_setting('gf.user', true), '')::bigint)
  execute function gf_auditor_reads_only();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial"), ("accounts", "0013_wall_of_personal_requests")]
    operations = [migrations.RunSQL(AUDITOR_FUNCTION + WALLED + PEOPLE, migrations.RunSQL.noop)]
