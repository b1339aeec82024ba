"""App configuration."""

from django.apps import AppConfig


class CultivationConfig(AppConfig):
    """The room cultivation."""

    name = "apps.cultivation"
    label = "cultivation"
    verbose_name = "培育"
