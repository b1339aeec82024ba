"""App configuration."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """The room monitoring."""

    name = "apps.monitoring"
    label = "monitoring"
    verbose_name = "动态管理"
