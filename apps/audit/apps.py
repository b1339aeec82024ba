"""App configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The room audit."""

    name = "apps.audit"
    label = "audit"
    verbose_name = "审计"
