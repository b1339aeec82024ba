"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """The room monitoring."""

    name = "apps.monitoring"
    label = "monitoring"
    verbose_name = "动态管理"

    def ready(self) -> None:
        """Register the kinds of deadlines, and that a title's file follows its enterprise."""
        from apps.accounts.services import FOLLOWERS
        from apps.deadlines.forecast import register_forecast
        from apps.monitoring.forecast import annual_forms
        from apps.monitoring.services.following import follow_enterprise

        import_module("apps.monitoring.deadlines")
        register_forecast(annual_forms)
        if follow_enterprise not in FOLLOWERS:
            FOLLOWERS.append(follow_enterprise)
