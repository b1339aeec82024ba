"""The register may be read by everybody; bans and marks are the enterprise's, its district's and the city's."""

from django.db import migrations

from apps.core.rls import own, wall

#: Reading only: the register is public (its columns are frozen for that), writing stays behind the wall.
REGISTER = """
create policy gf_register on titles_title for select using (gf_role() is not null);
"""


class Migration(migrations.Migration):
    dependencies = [("titles", "0001_initial"), ("core", "0001_initial")]
    operations = [
        own("titles_title"),
        migrations.RunSQL(REGISTER, "drop policy gf_register on titles_title;"),
        own("titles_ban"),
        own("titles_standingmark"),
        # imported lists have no jurisdiction column: they are the city's business
        wall("titles_externallist"),
        wall("titles_externallistrow"),
        # certificates are numbered by those who award
        wall("titles_certificateseries", district="true"),
    ]
