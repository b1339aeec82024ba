"""App configuration."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """The room scoring."""

    name = "apps.scoring"
    label = "scoring"
    verbose_name = "评分"

    def ready(self) -> None:
        """Register the kinds of long work."""
        from apps.scoring.services import impact

        impact.register()
