"""The Celery application; tasks are found in every room's `tasks.py`."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suzhou_greenfactory.settings.local")

app = Celery("suzhou_greenfactory")
app.config_from_object("django.conf:settings", namespace="CELERY")
# The application is otherwise current in the thread that made it only; server threads would get another one.
app.set_default()
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logs(**_: Any) -> None:
    """Whoever answers this signal keeps Celery from replacing the handlers of `LOGGING`: worker and beat log as web."""
