"""The only reader of environment variables: typed, listed in `.env.example`, secrets also by `<NAME>_FILE`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env

_env = Env()
ROOT: Final = Path(__file__).resolve().parents[2]

#: Every variable the product reads; `.env.example` and a test keep in step with this table.
KNOWN: Final = (
    "DATABASE_URL",
    "REDIS_URL",
    "GF_ALLOWED_HOSTS",
    "GF_ADMIN_ALLOWED_NETWORKS",
    "GF_CHROMIUM",
    "GF_CLAMD",
    "GF_CREDIT_FOLDER",
    "GF_CREDIT_SERVICE",
    "GF_DATABASE_OWNER_URL",
    "GF_DATABASE_ROLE",
    "GF_DEMO_PASSWORD",
    "GF_EMAIL_FROM",
    "GF_FIELD_KEYS",
    "GF_LOG_DAYS",
    "GF_EMAIL_URL",
    "GF_METRICS_TOKEN",
    "GF_OFFICE_CONVERTER",
    "GF_PAGE_CACHE_MB",
    "GF_PG_BIN",
    "GF_PUBLIC_URL",
    "GF_SEAL",
    "GF_SECRET_KEY",
    "GF_SMS_BACKEND",
    "GF_STATE_DIR",
    "GF_TEST_DATABASE",
    "GF_TRUSTED_PROXIES",
    "GF_X_ACCEL_PREFIX",
)

#: Characters of the shortest secret a key may be made from.
_SHORTEST_SECRET = 32


def text(name: str, default: str | None = None) -> str:
    """Return variable *name*; the file named by `<name>_FILE` goes first (secrets by file), a blank counts as not set.

    Compose passes every optional variable on, blank when `.env` says nothing of it: that must mean the default.

    Raises:
        environs.EnvError: the variable is missing and there is no default.
    """
    if name not in KNOWN:
        msg = f"{name} is not listed in suzhou_greenfactory/settings/env.py"
        raise KeyError(msg)
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        found = Path(file_name).read_text(encoding="utf-8").strip()
        return found or default or ""
    if default is None:
        return str(_env.str(name))
    return str(_env.str(name, "")) or default


def words(name: str, default: str = "") -> list[str]:
    """Return variable *name* split at commas, without blanks."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def state_dir() -> Path:
    """Return the folder of everything the running system writes (uploads, results, logs)."""
    return Path(text("GF_STATE_DIR", str(ROOT / "var" / "dev"))).resolve()


def library_paths() -> dict[str, str]:
    """Return the system's own variables under which a child process finds native libraries unpacked for us."""
    names = ("LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
    return {name: os.environ[name] for name in names if name in os.environ}


def email(url: str) -> dict[str, Any]:
    """Return Django's `EMAIL_*` settings from an address such as `smtps://user:password@host:465`."""
    parts = urlsplit(url)
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": 10,
    }


def keyring(name: str) -> dict[str, str]:
    """Return variable *name* (`k2:secret,k3:secret`) as identifier → secret, in the order given.

    Raises:
        ImproperlyConfigured: an entry is no `k<number>:<secret of 32 or more characters>`.
    """
    found: dict[str, str] = {}
    for entry in words(name):
        key_id, _, secret = entry.partition(":")
        if not re.fullmatch(r"k[0-9]{1,4}", key_id) or len(secret) < _SHORTEST_SECRET or key_id in found:
            msg = f"{name} 的每一项须写成 k1:密钥（编号不重复，密钥至少 {_SHORTEST_SECRET} 个字符），以逗号分隔。"
            raise ImproperlyConfigured(msg)
        found[key_id] = secret
    return found
