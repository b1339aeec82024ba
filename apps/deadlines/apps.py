"""App configuration."""

from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    """The room deadlines."""

    name = "apps.deadlines"
    label = "deadlines"
    verbose_name = "期限"
