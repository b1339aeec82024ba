"""App configuration."""

from django.apps import AppConfig


class TitlesConfig(AppConfig):
    """The room titles."""

    name = "apps.titles"
    label = "titles"
    verbose_name = "称号"

    def ready(self) -> None:
        """Register what falls due in the life of a title."""
        from apps.titles.services import bans

        bans.register()
