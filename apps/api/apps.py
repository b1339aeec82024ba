"""App configuration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The REST interface."""

    name = "apps.api"
    label = "api"
    verbose_name = "接口"
