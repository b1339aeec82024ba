"""App configuration."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """The room scoring."""

    name = "apps.scoring"
    label = "scoring"
    verbose_name = "评分"
