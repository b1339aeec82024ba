"""Production: refuses to start with defaults; HTTPS only; second factor for all staff."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from suzhou_greenfactory.settings import env
from suzhou_greenfactory.settings.base import *  # noqa: F403  (settings modules extend the base by design)
from suzhou_greenfactory.settings.base import GF_LOG_DAYS as _GF_LOG_DAYS
from suzhou_greenfactory.settings.base import GF_LOG_DIR as _GF_LOG_DIR
from suzhou_greenfactory.settings.base import SECRET_KEY as _SECRET_KEY
from suzhou_greenfactory.settings.components.logs import logging_config

_MINIMUM_SECRET_LENGTH = 50
if len(_SECRET_KEY) < _MINIMUM_SECRET_LENGTH:
    msg = "GF_SECRET_KEY 未设置或过短（至少 50 个字符）。"
    raise ImproperlyConfigured(msg)
ALLOWED_HOSTS = env.words("GF_ALLOWED_HOSTS")
if not ALLOWED_HOSTS:
    msg = "GF_ALLOWED_HOSTS 未设置。"
    raise ImproperlyConfigured(msg)

GF_DEMO = False
GF_REQUIRE_SECOND_FACTOR = True
SECURE_SSL_REDIRECT = True
# Probes ask the process itself, behind the proxy; a redirect would look like health.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^workz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
globals().update(env.email(env.text("GF_EMAIL_URL", "smtp://localhost:25")))
# Containers' own logs go with the container and by size: what the law wants kept lies in the state folder.
LOGGING = logging_config(folder=_GF_LOG_DIR, days=_GF_LOG_DAYS)
# A file reaches no phone: short messages are offered once an operator's class is named.
GF_SMS_BACKEND = env.text("GF_SMS_BACKEND", "")
