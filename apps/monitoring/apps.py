"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """The room monitoring."""

    name = "apps.monitoring"
    label = "monitoring"
    verbose_name = "动态管理"

    def ready(self) -> None:
        """Register the kinds of deadlines."""
        import_module("apps.monitoring.deadlines")
