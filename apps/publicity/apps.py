"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class PublicityConfig(AppConfig):
    """The room publicity."""

    name = "apps.publicity"
    label = "publicity"
    verbose_name = "公示与评定"

    def ready(self) -> None:
        """Register the kinds of deadlines."""
        import_module("apps.publicity.deadlines")
