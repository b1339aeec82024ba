"""App configuration."""

from django.apps import AppConfig


class PublicityConfig(AppConfig):
    """The room publicity."""

    name = "apps.publicity"
    label = "publicity"
    verbose_name = "公示与评定"
