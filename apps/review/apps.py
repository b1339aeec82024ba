"""App configuration."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The room review."""

    name = "apps.review"
    label = "review"
    verbose_name = "评审"
