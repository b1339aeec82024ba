"""Tests: a database of its own, fast hashing, mail in memory."""

from __future__ import annotations

from suzhou_greenfactory.settings import env
from suzhou_greenfactory.settings.base import *  # noqa: F403  (settings modules extend the base by design)
from suzhou_greenfactory.settings.components.database import database

SECRET_KEY = "tests-only"  # noqa: S105
DATABASES = {"default": database(role="owner")}
DATABASES["default"]["TEST"] = {"NAME": env.text("GF_TEST_DATABASE", "test_gf")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["apps.accounts.hashers.FastTestHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Nothing is collected for tests: static files are looked up, not listed at the start.
WHITENOISE_AUTOREFRESH = True
CELERY_TASK_ALWAYS_EAGER = False
GF_DEMO = True
