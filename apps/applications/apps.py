"""App configuration."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """The room applications."""

    name = "apps.applications"
    label = "applications"
    verbose_name = "申报"
