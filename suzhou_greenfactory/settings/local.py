"""The demo and development on one machine: embedded services, no TLS, second factor optional."""

from __future__ import annotations

from suzhou_greenfactory.settings.base import *  # noqa: F403  (settings modules extend the base by design)
from suzhou_greenfactory.settings.base import GF_CREDIT_SERVICE as _GF_CREDIT_SERVICE
from suzhou_greenfactory.settings.base import GF_LOG_DAYS as _GF_LOG_DAYS
from suzhou_greenfactory.settings.base import GF_LOG_DIR as _GF_LOG_DIR
from suzhou_greenfactory.settings.base import GF_SEAL as _GF_SEAL
from suzhou_greenfactory.settings.base import SECRET_KEY as _SECRET_KEY
from suzhou_greenfactory.settings.components.logs import logging_config

SECRET_KEY = _SECRET_KEY or "local-development-only"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Compressing every file at start-up cost minutes (PACKAGES 0); the release image does it once.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
#: Papers of the demo carry a signature of a self-made certificate.
GF_SEAL = _GF_SEAL or "apps.documents.sealing.SelfMadeSeal"
GF_DEMO = True
#: The demo's credit service is a folder in the state directory.
GF_CREDIT_SERVICE = _GF_CREDIT_SERVICE or "apps.publicity.credit_service.file_drop.FileDrop"
LOGGING = logging_config(folder=_GF_LOG_DIR, days=_GF_LOG_DAYS)
