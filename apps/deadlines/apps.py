"""App configuration."""

from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    """The room deadlines."""

    name = "apps.deadlines"
    label = "deadlines"
    verbose_name = "期限"

    def ready(self) -> None:
        """Let what an enterprise owes follow it to another district."""
        from apps.accounts.services import FOLLOWERS
        from apps.deadlines.services.following import follow_enterprise

        if follow_enterprise not in FOLLOWERS:
            FOLLOWERS.append(follow_enterprise)
