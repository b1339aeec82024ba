"""App configuration."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The room evidence."""

    name = "apps.evidence"
    label = "evidence"
    verbose_name = "证明材料"
