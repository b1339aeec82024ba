"""App configuration."""

from django.apps import AppConfig


class TitlesConfig(AppConfig):
    """The room titles."""

    name = "apps.titles"
    label = "titles"
    verbose_name = "称号"

    def ready(self) -> None:
        """Register what falls due in the life of a title, and that titles follow their enterprise."""
        from apps.accounts.services import FOLLOWERS
        from apps.titles.services import bans
        from apps.titles.services.following import follow_enterprise

        bans.register()
        if follow_enterprise not in FOLLOWERS:
            FOLLOWERS.append(follow_enterprise)
