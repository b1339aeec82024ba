"""The Celery application; tasks are found in every room's `tasks.py`."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suzhou_greenfactory.settings.local")

app = Celery("suzhou_greenfactory")
app.config_from_object("django.conf:settings", namespace="CELERY")
# The application is otherwise current in the thread that made it only; server threads would get another one.
app.set_default()
app.autodiscover_tasks()
