"""Titles are public in their frozen columns; bans and marks are the enterprise's, its district's and the city's."""

from django.db import migrations

from apps.core.rls import own, wall


class Migration(migrations.Migration):
    dependencies = [("titles", "0001_initial"), ("core", "0001_initial")]
    operations = [
        own("titles_title", public="true"),
        own("titles_ban"),
        own("titles_standingmark"),
        # imported lists carry no jurisdiction column: they are the city's business
        wall("titles_externallist"),
        wall("titles_externallistrow"),
    ]
