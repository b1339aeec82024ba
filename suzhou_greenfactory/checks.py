"""System checks: what must be true of the database before the site may serve anybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.database)
def application_role_is_bound(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The connection's role must obey row-level security: a superuser or BYPASSRLS role silently ignores it."""
    problems: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "select rolsuper or rolbypassrls, rolname from pg_roles where rolname = current_user",
            )
            bypasses, name = cursor.fetchone()
        if bypasses:
            problems.append(
                Error(
                    f"数据库角色 {name} 会绕过行级安全策略。",
                    hint="请用非超级用户角色(gf_app)连接，迁移另用 gf_owner。",
                    id="gf.E001",
                )
            )
    return problems
