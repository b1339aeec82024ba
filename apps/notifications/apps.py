"""App configuration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The room notifications."""

    name = "apps.notifications"
    label = "notifications"
    verbose_name = "通知"
