"""What is the same everywhere. Each place (`local`, `test`, `production`) imports this and adds its own."""

from __future__ import annotations

from typing import Any

from csp.constants import NONE, SELF

from suzhou_greenfactory.settings import env
from suzhou_greenfactory.settings.components import logs
from suzhou_greenfactory.settings.components.celery import CELERY
from suzhou_greenfactory.settings.components.database import database
from suzhou_greenfactory.settings.components.evidence import EVIDENCE

BASE_DIR = env.ROOT
STATE_DIR = env.state_dir()
SECRET_KEY = env.text("GF_SECRET_KEY", "")
#: Keys of encrypted columns, the one in use last; empty: a key made from SECRET_KEY (`manage.py rotate_keys`).
GF_FIELD_KEYS = env.keyring("GF_FIELD_KEYS")
DEBUG = False
ALLOWED_HOSTS = env.words("GF_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
#: Dotted path of the class that signs issued papers (apps.documents.sealing.Seal); empty: unsigned.
GF_SEAL = env.text("GF_SEAL", "")
PUBLIC_URL = env.text("GF_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")

ROOMS = [
    "core",
    "audit",
    "accounts",
    "notifications",
    "jobs",
    "numbering",
    "parameters",
    "deadlines",
    "scoring",
    "evidence",
    "titles",
    "cultivation",
    "applications",
    "review",
    "monitoring",
    "publicity",
    "documents",
]
INSTALLED_APPS = [
    "suzhou_greenfactory",
    *[f"apps.{room}" for room in ROOMS],
    "apps.portals.base",
    "apps.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_cotton",
    "django_htmx",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "django_linear_migrations",
]
MIDDLEWARE = [
    "apps.core.middleware.RequestIdMiddleware",
    "apps.core.slow.SlowRequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.portals.base.middleware.NoStoreMiddleware",
    "apps.portals.base.middleware.AudienceMiddleware",
    "apps.portals.base.middleware.LeftoversMiddleware",
]
ROOT_URLCONF = "suzhou_greenfactory.urls"
WSGI_APPLICATION = "suzhou_greenfactory.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.messages.context_processors.messages",
                "apps.portals.base.context.shell",
            ],
        },
    }
]
#: Components see their own attributes and the context processors only.
COTTON_ISOLATE_BY_DEFAULT = True
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Login throttles must work while the broker is down: the cache lives in PostgreSQL, like everything that matters.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["apps.accounts.hashers.TunedArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "apps.accounts.passwords.LengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "apps.accounts.passwords.CommonValidator"},
    {
        "NAME": "apps.accounts.passwords.SimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "email"]},
    },
    {"NAME": "apps.accounts.passwords.CharacterClassesValidator"},
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
ACCOUNT_ADAPTER = "apps.portals.base.account.AccountAdapter"
MFA_ADAPTER = "apps.portals.base.account.MFAAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
#: Seconds after which a high-risk act asks again who the person is (SECURITY R61).
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
#: Subjects of mails stand alone, as those of messages do.
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/15m/key", "login": "60/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "苏州绿色工厂平台"
MFA_TOTP_TOLERANCE = 1
#: Staff, experts and administrators must have a second factor (production); optional in the demo.
GF_REQUIRE_SECOND_FACTOR = False

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 8 * 3600
# How long a session lasts without a request, and at the longest, are parameters of the bureau (SECURITY R31).
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "apps.portals.base.errors.csrf_failure"

#: What the child that makes PDF must inherit to find its native libraries; it inherits nothing else.
GF_LIBRARY_PATHS = env.library_paths()

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["suzhou_greenfactory.formats"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = STATE_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = STATE_DIR / "files"
MEDIA_URL = "/nowhere/"
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1500
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_PERMISSIONS = 0o600
#: Prefix of the proxy's internal location for protected files; empty: Django streams them itself.
GF_X_ACCEL_PREFIX = env.text("GF_X_ACCEL_PREFIX", "")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": ["self"],
    "geolocation": ["self"],
    "microphone": [],
    "payment": [],
    "usb": [],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = STATE_DIR / "mail"
#: Class of the operator of short messages; empty: none are offered. The file gateway writes them into the folder.
GF_SMS_BACKEND = env.text("GF_SMS_BACKEND", "apps.notifications.sms.FileGateway")
GF_SMS_FOLDER = STATE_DIR / "sms"
DEFAULT_FROM_EMAIL = env.text("GF_EMAIL_FROM", "greenfactory@example.invalid")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.api.auth.PortalSessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["apps.api.permissions.DeclaredAudience"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.api.parsing.StrictJSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_PAGINATION_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "apps.api.schema.DomainSchema",
    "EXCEPTION_HANDLER": "apps.api.exceptions.problem_response",
    "DEFAULT_THROTTLE_CLASSES": ["apps.api.throttling.RoleThrottle"],
    "DEFAULT_THROTTLE_RATES": {"public": "60/min", "user": "600/min"},
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "苏州市绿色工厂评价管理平台 API",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # Two kinds of decision are taken under this name; each has its own component.
    "ENUM_NAME_OVERRIDES": {"ProvisionalDecision": "apps.api.v1.provisional.DECISIONS"},
}
#: How credit queries reach a service (apps.publicity.credit_service); empty: none is asked.
GF_CREDIT_SERVICE = env.text("GF_CREDIT_SERVICE", "")
GF_CREDIT_FOLDER = env.text("GF_CREDIT_FOLDER", str(STATE_DIR / "credit"))
#: Bearer token of the metrics scraper; empty: `/metrics` does not exist.
GF_METRICS_TOKEN = env.text("GF_METRICS_TOKEN", "")
GF_DEMO = False
#: Demo only: the accounts' password, made anew for every state folder.
GF_DEMO_PASSWORD = env.text("GF_DEMO_PASSWORD", "")
# Where and how long logs are kept; `production` and `local` write them there, tests write none.
GF_LOG_DIR = STATE_DIR / logs.FOLDER
GF_LOG_DAYS = logs.days_kept(env.text("GF_LOG_DAYS", ""))
LOGGING = logs.logging_config()
globals().update(CELERY)
globals().update(EVIDENCE)
