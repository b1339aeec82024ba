"""App configuration."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The room jobs."""

    name = "apps.jobs"
    label = "jobs"
    verbose_name = "后台任务"
