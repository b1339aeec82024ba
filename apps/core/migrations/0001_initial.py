"""Extensions, the functions that row-level security reads, and what the application role may do."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

from apps.core.rls import functions

#: `gf_app` is the documented application role: plain, bound by row-level security, owner of nothing.
GRANTS = """
grant usage on schema public to gf_app;
alter default privileges in schema public grant select, insert, update, delete on tables to gf_app;
alter default privileges in schema public grant usage, select on sequences to gf_app;
grant select, insert, update, delete on all tables in schema public to gf_app;
grant usage, select on all sequences in schema public to gf_app;
"""
REVOKES = """
alter default privileges in schema public revoke select, insert, update, delete on tables from gf_app;
alter default privileges in schema public revoke usage, select on sequences from gf_app;
"""


class Migration(migrations.Migration):
    initial = True
    run_before = [
        ("contenttypes", "0001_initial"),
        ("auth", "0001_initial"),
        ("sessions", "0001_initial"),
        ("accounts", "0001_initial"),
        ("audit", "0001_initial"),
        ("account", "0001_initial"),
        ("mfa", "0001_initial"),
        ("guardian", "0001_initial"),
    ]
    dependencies = []
    operations = [
        TrigramExtension(),
        BtreeGistExtension(),
        functions(),
        migrations.RunSQL(GRANTS, REVOKES),
    ]
