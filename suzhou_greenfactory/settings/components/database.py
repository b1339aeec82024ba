"""PostgreSQL connection: the application role by default, the owner role for migrations."""

from __future__ import annotations

from typing import Any

import dj_database_url

from suzhou_greenfactory.settings import env

#: Milliseconds. A page that waits longer is answered 503 rather than piling up workers (SECURITY R47).
_LIMITS = {"statement_timeout": 30_000, "lock_timeout": 5_000, "idle_in_transaction_session_timeout": 60_000}
TIMEOUTS = " ".join(f"-c {name}={value}" for name, value in (*_LIMITS.items(), ("TimeZone", "UTC")))


def database(*, role: str | None = None) -> dict[str, Any]:
    """Return Django's `DATABASES` entry.

    *role* (default: `GF_DATABASE_ROLE`): `owner` selects the owner URL, for migrations and for making the
    test database; the tests themselves then `SET ROLE gf_app` (tests/conftest.py).
    """
    role = role or env.text("GF_DATABASE_ROLE", "app")
    url = env.text("GF_DATABASE_OWNER_URL", "") if role == "owner" else ""
    config: dict[str, Any] = dict(
        dj_database_url.parse(url or env.text("DATABASE_URL", "postgres://gf_app@localhost/gf"))
    )
    config["CONN_MAX_AGE"] = 60
    config["CONN_HEALTH_CHECKS"] = True
    config["ATOMIC_REQUESTS"] = True
    options = config.setdefault("OPTIONS", {})
    options["application_name"] = "suzhou_greenfactory"
    if role != "owner":
        options["options"] = TIMEOUTS
    return config
