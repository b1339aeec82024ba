"""The project itself as a Django app: connects Celery and the system checks."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Imports the Celery application so that `shared_task` is bound in every process."""

    name = "suzhou_greenfactory"
    verbose_name = "苏州市绿色工厂评价管理平台"

    def ready(self) -> None:
        """Bind Celery and register the deploy checks."""
        from suzhou_greenfactory import celery, checks

        _ = (celery, checks)
