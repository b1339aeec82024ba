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
DROP_FUNCTIONS = """
drop function if exists gf_role(); drop function if exists gf_user(); drop function if exists gf_enterprise();
drop function if exists gf_district(); drop function if exists gf_expert();
"""


def functions() -> RunSQL:
    """Return the migration step that makes the helper functions."""
    return RunSQL(FUNCTIONS, DROP_FUNCTIONS)


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
""",
        f"""
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
    return RunSQL(
        # names of our own tables, written in migrations
        f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy gf_wall on {table} using (
    gf_role() = 'system' or exists (select 1 from {parent} parent where parent.id = {table}.{column})
);
""",  # noqa: S608
        f"""
drop policy gf_wall on {table};
alter table {table} no force row level security;
alter table {table} disable row level security;
""",
    )
