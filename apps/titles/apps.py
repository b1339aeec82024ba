"""App configuration."""

from django.apps import AppConfig


class TitlesConfig(AppConfig):
    """The room titles."""

    name = "apps.titles"
    label = "titles"
    verbose_name = "称号"
