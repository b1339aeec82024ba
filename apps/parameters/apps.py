"""App configuration."""

from django.apps import AppConfig


class ParametersConfig(AppConfig):
    """The room parameters."""

    name = "apps.parameters"
    label = "parameters"
    verbose_name = "裁量参数"
