"""System checks: what must be true of the database before the site may serve anybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
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


_CLAMD = re.compile(r"^(unix:/\S+|tcp:[^\s:/]+:\d{1,5}|tcp:\[[0-9A-Fa-f:]+\]:\d{1,5})$")


@register(Tags.security)
def virus_scanner_is_reachable_by_its_address(**_: Any) -> list[CheckMessage]:
    """A malformed GF_CLAMD would leave every upload waiting for a scanner that cannot be asked: say so at the start."""
    address = str(settings.GF_CLAMD)
    if not address or _CLAMD.match(address):
        return []
    return [
        Error(
            f"GF_CLAMD 的写法不对：{address}",
            hint="写成 unix:/路径 或 tcp:HOST:PORT（主机名和端口）；不接病毒扫描则留空。",
            id="gf.E002",
        )
    ]
