"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The room review."""

    name = "apps.review"
    label = "review"
    verbose_name = "评审"

    def ready(self) -> None:
        """Register the kinds of deadlines, and what follows when a case moves, an expert or an enterprise changes."""
        import_module("apps.review.deadlines")
        import_module("apps.review.transfers")
        import_module("apps.review.rechecks")
