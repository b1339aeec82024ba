"""SQL of the second wall: row-level security policies, written once and used by the migrations of every room."""

from __future__ import annotations

from django.db.migrations import RunSQL

#: Functions every policy reads. `nullif`: after a transaction the setting is '' and not NULL.
FUNCTIONS = """
create or replace function gf_role() returns text language sql stable as
  $$ select nullif(current_setting('gf.role', true), '') $$;
create or replace function gf_user() returns bigint language sql stable as
  $$ select nullif(current_setting('gf.user', true), '')::bigint $$;
create or replace function gf_enterprise() returns bigint language sql stable as
  $$ select nullif(current_setting('gf.enterprise', true), '')::bigint $$;
create or replace function gf_district() returns text language sql stable as
  $$ select nullif(current_setting('gf.district', true), '') $$;
create or replace function gf_expert() returns bigint language sql stable as
  $$ select nullif(current_setting('gf.expert', true), '')::bigint $$;
"""
#: Which 板块 a person of the role `sub_area` works in; its district is `gf_district()`.
SUB_AREA_FUNCTION = """
create or replace function gf_sub_area() returns text language sql stable as
  $$ select nullif(current_setting('gf.sub_area', true), '') $$;
"""
#: What a write of the auditor meets in the database itself: three administrators, and this one only reads (R08).
AUDITOR_FUNCTION = """
create or replace function gf_auditor_reads_only() returns trigger language plpgsql as $$
begin
  if nullif(current_setting('gf.role', true), '') = 'auditor' then
    raise exception 'the auditor only reads: % on %', tg_op, tg_table_name using errcode = 'insufficient_privilege';
  end if;
  if tg_level = 'ROW' then return new; end if;
  return null;
end $$;
"""
#: Where an auditor writes as every person does: the trail of the own acts, own work, own messages and sign-ins.
AUDITOR_WRITES = frozenset(
    {
        "accounts_calendarfeed",
        "accounts_personalrequest",
        "accounts_signin",
        "audit_auditevent",
        "jobs_job",
        "notifications_mailpreference",
        "notifications_messageread",
    }
)
DROP_FUNCTIONS = """
drop function if exists gf_auditor_reads_only() cascade;
drop function if exists gf_role(); drop function if exists gf_user(); drop function if exists gf_enterprise();
drop function if exists gf_district(); drop function if exists gf_expert();
drop function if exists gf_sub_area();
"""


def functions() -> RunSQL:
    """Return the migration step that makes the helper functions."""
    return RunSQL(FUNCTIONS + SUB_AREA_FUNCTION + AUDITOR_FUNCTION, DROP_FUNCTIONS)


def _auditor_reads(table: str) -> str:
    """Return the statement that keeps the auditor from writing *table*; "" where the auditor may."""
    if table in AUDITOR_WRITES:
        return ""
    # The function comes along: a database of an earlier version may meet this step before that of its own migration.
    return f"""{AUDITOR_FUNCTION}
create or replace trigger gf_auditor_reads before insert or update or delete on {table}
  for each statement execute function gf_auditor_reads_only();
"""


def wall(
    table: str,
    *,
    enterprise: str | None = None,
    district: str | None = None,
    expert: str | None = None,
    public: str | None = None,
    user: str | None = None,
    citywide: bool = True,
    extra: str | None = None,
) -> RunSQL:
    """Return the migration step that puts *table* behind row-level security.

    Each argument is an SQL condition on the table's own columns (or an EXISTS) for that audience;
    `system` always passes, municipal staff and the auditor pass when *citywide*. `extra` is a condition
    tried for every role. The same condition guards reading and writing.
    """
    parts = ["gf_role() = 'system'"]
    if citywide:
        parts.append("gf_role() in ('municipal', 'auditor')")
    for role, condition in (
        ("enterprise", enterprise),
        ("district", district),
        ("expert", expert),
        ("public", public),
    ):
        if condition:
            parts.append(f"(gf_role() = '{role}' and ({condition}))")
    if user:
        parts.append(f"({user})")
    if extra:
        parts.append(f"({extra})")
    using = "\n    or ".join(parts)
    return RunSQL(
        f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy gf_wall on {table} using (
    {using}
);
"""
        + _auditor_reads(table),
        f"""
drop trigger if exists gf_auditor_reads on {table};
drop policy gf_wall on {table};
alter table {table} no force row level security;
alter table {table} disable row level security;
""",
    )


def own(
    table: str, *, expert: str | None = None, public: str | None = None, extra: str | None = None
) -> RunSQL:
    """Return `wall` for the usual table: it has `enterprise_id` and `district_id` columns of its own."""
    return wall(
        table,
        enterprise="enterprise_id = gf_enterprise()",
        district="district_id = gf_district()",
        expert=expert,
        public=public,
        extra=extra,
    )


def child(table: str, parent: str, column: str) -> RunSQL:
    """Return the wall of a table whose rows are visible exactly when their parent row is (the parent's own wall)."""
    # names of our own tables, written in migrations
    policy = f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy gf_wall on {table} using (
    gf_role() = 'system' or exists (select 1 from {parent} parent where parent.id = {table}.{column})
);
"""  # noqa: S608
    return RunSQL(
        policy + _auditor_reads(table),
        f"""
drop trigger if exists gf_auditor_reads on {table};
drop policy gf_wall on {table};
alter table {table} no force row level security;
alter table {table} disable row level security;
""",
    )
