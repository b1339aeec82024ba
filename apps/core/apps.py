"""App configuration."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The kernel."""

    name = "apps.core"
    label = "core"
    verbose_name = "核心"
