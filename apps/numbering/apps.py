"""App configuration."""

from django.apps import AppConfig


class NumberingConfig(AppConfig):
    """The room numbering."""

    name = "apps.numbering"
    label = "numbering"
    verbose_name = "文号"
