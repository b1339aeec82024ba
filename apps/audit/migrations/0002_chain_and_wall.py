"""The chain is written by the database at commit; the application role may only append events."""

from django.db import migrations

from apps.core.rls import wall

CHAIN = """
create or replace function audit_chain_link() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    last_sequence bigint;
    last_digest text;
begin
    -- held only while committing: orders the chain without ever dead-locking two use-cases
    perform pg_advisory_xact_lock(7391);
    select sequence, digest into last_sequence, last_digest
      from audit_auditlink order by sequence desc limit 1;
    insert into audit_auditlink (event_id, sequence, previous, digest) values (
        new.id, coalesce(last_sequence, 0) + 1, coalesce(last_digest, repeat('0', 64)),
        encode(sha256(convert_to(coalesce(last_digest, repeat('0', 64)) || new.canonical, 'UTF8')), 'hex')
    );
    return null;
end $$;
create constraint trigger audit_chain after insert on audit_auditevent
    deferrable initially deferred for each row execute function audit_chain_link();
revoke update, delete, truncate on audit_auditevent from gf_app;
revoke insert, update, delete, truncate on audit_auditlink from gf_app;
"""
UNCHAIN = """
drop trigger audit_chain on audit_auditevent;
drop function audit_chain_link();
grant update, delete on audit_auditevent to gf_app;
grant insert, update, delete on audit_auditlink to gf_app;
"""
#: Everybody may append; what a role may read back is its own acts (needed by INSERT … RETURNING) and its jurisdiction.
APPEND = """
create policy gf_append on audit_auditevent for insert with check (true);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("core", "0001_initial")]
    operations = [
        migrations.RunSQL(CHAIN, UNCHAIN),
        wall(
            "audit_auditevent",
            district="district_id = gf_district()",
            public="actor_role = 'public'",
            extra="actor_user_id = gf_user()",
        ),
        migrations.RunSQL(APPEND, "drop policy gf_append on audit_auditevent;"),
    ]
